/** Instructions and size by stage, for all modules or those that pass the table's filter. */
import { moduleCount } from "../../src/protocol/counts.js";
import * as l10n from "../../src/protocol/l10n.js";
import type { RunView, StageTotal } from "../../src/protocol/views.js";
import { h, replace, scrollable, setText, show } from "../dom.js";
import { FailureSlot } from "../failure.js";
import { Latest, type Host } from "../host.js";
import type { Store } from "../state.js";
import { checkbox } from "../toolkit.js";
import { bytes, number, percent, signed, workTime } from "../../src/protocol/words.js";
import { StageChart } from "./chart.js";

export class StagesSection {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #store: Store;
  readonly #chart = new StageChart();
  readonly #body = h("tbody");
  readonly #failure: FailureSlot;
  readonly #only;
  readonly #note = h("p", { class: "found dim", role: "status" });
  readonly #parts: HTMLElement;
  readonly #nothing = h("p", { class: "nothing", hidden: true });
  readonly #latest = new Latest();
  #run: RunView | undefined;

  constructor(host: Host, store: Store) {
    this.#host = host;
    this.#store = store;
    this.#failure = new FailureSlot({ retry: () => this.refresh(), showLog: () => host.command("showLog") });
    this.#only = checkbox(l10n.t("Only modules that match the filter above"), (checked) => {
      store.state.onlyFiltered = checked;
      store.save();
      this.refresh();
    });
    const heads = [
      ...[l10n.t("Stage"), l10n.t("Changed"), l10n.t("Instructions"), ""],
      ...[l10n.t("Functions"), l10n.t("Bitcode"), "", l10n.t("Time")],
    ];
    const spoken: Readonly<Record<number, string>> = {
      1: l10n.t("Modules changed"),
      3: l10n.t("Instructions gained"),
      6: l10n.t("Bitcode gained"),
    };
    const head = heads.map((label, index) =>
      h(
        "th",
        { scope: "col", class: index === 0 ? null : "right", "aria-label": spoken[index], title: spoken[index] },
        label === "" ? "Δ" : label,
      ),
    );
    const table = h("table", {}, h("caption", {}, l10n.t("All stages in numbers")), h("thead", {}, h("tr", {}, ...head)), this.#body);
    const beside = scrollable(h("div", { class: "beside-table" }, table), l10n.t("All stages in numbers"));
    this.#parts = h("div", { class: "beside", hidden: true }, this.#chart.element, beside);
    const title = h("h2", { id: "stages-title" }, l10n.t("Instructions and size by stage"));
    this.element = h(
      "section",
      { class: "section stages", "aria-labelledby": title.id },
      title,
      h("div", { class: "tools" }, this.#only.element, this.#note),
      this.#failure.element,
      this.#nothing,
      this.#parts,
    );
  }

  show(run: RunView): void {
    this.#run = run;
    this.#only.checked = this.#store.state.onlyFiltered;
    this.refresh();
  }

  /** The table's filter changed. */
  filterChanged(): void {
    if (this.#store.state.onlyFiltered) this.refresh();
  }

  refresh(): void {
    void this.#load();
  }

  async #load(): Promise<void> {
    const run = this.#run?.id;
    if (run === undefined) return;
    const filter = this.#store.state.onlyFiltered ? { filter: this.#store.filter } : {};
    const outcome = await this.#latest.of((token) => this.#host.ask("stageTotals", { run, ...filter }, token));
    if (outcome === undefined) return;
    if ("failure" in outcome) {
      this.#failure.tell(outcome.failure);
      return;
    }
    this.#failure.clear();
    this.#draw(outcome.answer.stages);
  }

  #draw(totals: readonly StageTotal[]): void {
    const made = totals.filter(({ modules }) => modules > 0);
    show(this.#parts, made.length > 0);
    show(this.#nothing, made.length === 0);
    setText(
      this.#nothing,
      this.#store.state.onlyFiltered
        ? l10n.t("No stage of these modules was made.")
        : l10n.t("No stage was made yet: a stage is made when you open it."),
    );
    setText(this.#note, note(made));
    this.#chart.show(made);
    replace(this.#body, ...made.map((total, index) => row(total, made[index - 1])));
  }
}

/** Stages made on demand exist for some modules only, so their sums cannot be compared. */
function note(totals: readonly StageTotal[]): string {
  const counts = totals.map(({ modules }) => modules);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (counts.length === 0) return "";
  const kept = Math.max(...totals.map(({ time }) => time.kept));
  const times = kept === 0 ? [] : [l10n.t("the times exclude the stages of {0} modules, which earlier runs made", number(kept))];
  if (least === most) return [moduleCount(most), ...times].join("; ");
  const sums = l10n.t("Each stage was made for between {0} and {1} modules, so the sums cannot be compared", number(least), number(most));
  return `${[sums, ...times].join("; ")}.`;
}

function row(total: StageTotal, before: StageTotal | undefined): HTMLElement {
  const right = (text: string): HTMLElement => h("td", { class: "right" }, text);
  const sizes = before === undefined ? "" : percent({ before: before.bytes, after: total.bytes });
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, total.label),
    right(before === undefined ? "" : number(total.changed)),
    right(number(total.instructions)),
    right(before === undefined ? "" : signed(total.instructions - before.instructions)),
    right(number(total.functions)),
    right(bytes(total.bytes)),
    right(sizes === "0 %" ? "0" : sizes),
    right(workTime({ ...total.time, kept: total.time.kept === total.modules ? total.time.kept : 0 })),
  );
}
