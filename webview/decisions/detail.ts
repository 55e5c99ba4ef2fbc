/** Details that do not fit in the table: the active module with its full reason, its keys and a button for each stage. */
import * as l10n from "../../src/protocol/l10n.js";
import { PIPELINES, type Pipeline, type Stage, type StageInfo } from "../../src/protocol/pipelines.js";
import type { ModuleRow, StageRow } from "../../src/protocol/views.js";
import { debounced, h, replace, setAttributes, show } from "../dom.js";
import { Latest, type Host } from "../host.js";
import { icon } from "../icons.js";
import { bytes, moduleTimeWords, number, signed } from "../../src/protocol/words.js";
import { VERDICT_SIGNS } from "../words.js";
import { reasonDetail, verdictWords } from "./columns.js";

/** Delays requests, so that moving through the table does not ask about every row. */
const ASK_MILLIS = 120;

export class Detail {
  readonly element = h("section", { class: "detail", "aria-label": l10n.t("Module") });
  readonly #host: Host;
  readonly #latest = new Latest();
  #run = "";
  #pipeline: Pipeline = PIPELINES.thin;
  #row: ModuleRow | undefined;
  #buttons = new Map<Stage, HTMLElement>();
  readonly #ask = debounced(ASK_MILLIS, () => void this.#askStages());

  constructor(host: Host) {
    this.#host = host;
    this.clear();
  }

  get module(): string | undefined {
    return this.#row?.name;
  }

  clear(): void {
    this.#row = undefined;
    this.#latest.forget();
    replace(this.element);
  }

  show(run: string, pipeline: Pipeline, row: ModuleRow): void {
    const same = this.#row?.name === row.name && this.#run === run;
    if (same && this.#row === row) return;
    [this.#run, this.#pipeline, this.#row] = [run, pipeline, row];
    this.#latest.forget();
    replace(this.element, this.#title(row), this.#reason(row), this.#stages(row), facts(row));
    if (hasStages(row)) this.#ask();
  }

  #title(row: ModuleRow): HTMLElement {
    return h(
      "h3",
      {},
      h("span", { class: "path" }, row.name),
      h("span", { class: "dim" }, " ", l10n.t("{0} module of {1}", row.origin, row.crate)),
    );
  }

  #reason(row: ModuleRow): HTMLElement {
    const { verdict, error } = row;
    const help = error?.help === undefined ? "" : ` ${error.help}`;
    return h(
      "p",
      { class: `detail-reason verdict verdict-${verdict ?? "unknown"}` },
      icon(verdict === null ? "question" : VERDICT_SIGNS[verdict]),
      h("span", {}, h("strong", {}, verdictWords(row)), ` — ${reasonDetail(row)}${help}`),
    );
  }

  /** Shows the buttons at once; the numbers of each stage follow. */
  #stages(row: ModuleRow): HTMLElement | null {
    if (!hasStages(row)) return null;
    this.#buttons = new Map(this.#pipeline.stages.map((stage, index) => [stage.tag, this.#button(stage, index)]));
    return h("div", { class: "stage-buttons", role: "group", "aria-label": l10n.t("What each stage changed") }, ...this.#buttons.values());
  }

  #button({ tag: stage, label }: StageInfo, index: number): HTMLElement {
    const title =
      index === 0
        ? l10n.t("Open {0} ({1} in the table)", label, index + 1)
        : l10n.t("What {0} changed ({1} in the table)", label, index + 1);
    const element = h(
      "button",
      { type: "button", class: "stage-button", title },
      h("span", { class: "stage-label" }, label),
      h("span", { class: "stage-note dim" }, " "),
    );
    element.addEventListener("click", () => {
      if (this.#row !== undefined) this.#host.open(this.#run, this.#row.name, stage);
    });
    return element;
  }

  async #askStages(): Promise<void> {
    const row = this.#row;
    if (row === undefined) return;
    const subject = { run: this.#run };
    const outcome = await this.#latest.of((token) => this.#host.ask("stages", { subject, module: row.name, changes: false }, token));
    // The buttons work without the numbers; opening a stage shows the error.
    if (outcome === undefined || !("answer" in outcome)) return;
    let before: StageRow | undefined;
    for (const stage of outcome.answer.stages) {
      this.#note(stage, before);
      before = stage;
    }
  }

  #note(stage: StageRow, before: StageRow | undefined): void {
    const button = this.#buttons.get(stage.stage);
    const note = button?.querySelector(".stage-note");
    if (button === undefined || !note) return;
    replace(note, stageNote(stage, before));
    setAttributes(button, { class: `stage-button${stage.made ? "" : " stage-unmade"}` });
  }
}

/** Whether the module has stages: those that fat LTO linked into the base module have none of their own. */
function hasStages({ reason }: ModuleRow): boolean {
  return reason?.kind !== "linked-into-base";
}

function stageNote({ made, instructions, bytes: size }: StageRow, before: StageRow | undefined): string {
  if (!made || instructions === null) return l10n.t("made when opened");
  const was = before?.instructions ?? null;
  if (was === null) return l10n.t("{0} instr.", number(instructions));
  if (was === instructions) return before?.bytes === size ? l10n.t("same size") : l10n.t("same instr.");
  return l10n.t("{0} instr.", signed(instructions - was));
}

function facts(row: ModuleRow): HTMLElement {
  const rows: (readonly [string, string])[] = [];
  if (row.key !== null) rows.push([l10n.t("Key"), row.key]);
  if (row.previousKey !== null) rows.push([l10n.t("Previous key"), row.previousKey === row.key ? l10n.t("the same") : row.previousKey]);
  if (row.bytes !== null) rows.push([l10n.t("Input"), bytes(row.bytes)]);
  if (hasStages(row)) rows.push([l10n.t("Stages"), row.stageBytes === null ? l10n.t("none were made") : moduleTimeWords(row)]);
  if (row.source !== null) rows.push([l10n.t("Read from"), row.source]);
  const list = h("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: "path" }, value)]));
  show(list, rows.length > 0);
  return list;
}
