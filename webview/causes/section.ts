/** Causes: what made rustc re-compile modules since the previous build, those with the widest reach first. */
import { decisionCount, moduleCount } from "../../src/protocol/counts.js";
import * as l10n from "../../src/protocol/l10n.js";
import type { CauseRow, CausesSummary } from "../../src/protocol/explain.js";
import { pipelineOf } from "../../src/protocol/pipelines.js";
import type { Page, RunView } from "../../src/protocol/views.js";
import { h, replace, setText, show, withCode } from "../dom.js";
import { FailureSlot } from "../failure.js";
import { Latest, type Host } from "../host.js";
import { button } from "../toolkit.js";
import { number } from "../../src/protocol/words.js";
import { CauseItem } from "./cause-item.js";

const CAUSES_AT_ONCE = 10;
const MODULES_AT_ONCE = 50;

export class Causes {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #failure: FailureSlot;
  readonly #latest = new Latest();
  readonly #about = h("p", { class: "causes-about dim", role: "status" });
  readonly #list = h("ol", { class: "cause-list" });
  readonly #more: HTMLElement;
  readonly #notes = h("ul", { class: "cause-notes" });
  /** Causes that the user has expanded. */
  readonly #open = new Set<string>();
  readonly #items = new Map<string, CauseItem>();
  #run: RunView | undefined;
  #largest = 0;

  readonly #onEdits: (byEdit: number) => void;

  /** @param onEdits how many modules only edits made rustc re-compile is known */
  constructor(host: Host, onEdits: (byEdit: number) => void) {
    this.#host = host;
    this.#onEdits = onEdits;
    this.#failure = new FailureSlot({ retry: () => this.refresh(), showLog: () => host.command("showLog") });
    this.#more = button(l10n.t("Show More"), { onClick: () => void this.#load(this.#items.size) });
    show(this.#more, false);
    this.element = h(
      "section",
      { class: "section causes", "aria-labelledby": "causes-title" },
      h("h2", { id: "causes-title" }, l10n.t("Causes")),
      this.#failure.element,
      this.#about,
      this.#list,
      this.#more,
      this.#notes,
    );
  }

  /** Fat LTO always re-compiles everything, so there are no causes to show. */
  show(run: RunView): void {
    const another = this.#run?.id !== run.id;
    this.#run = run;
    show(this.element, pipelineOf(run.unit.mode).keys);
    if (!another) return;
    this.#open.clear();
    this.#clear(l10n.t("Looking for causes…"));
    this.refresh();
  }

  refresh(): void {
    if (this.#run !== undefined && pipelineOf(this.#run.unit.mode).keys) void this.#load(0);
  }

  #clear(about: string): void {
    setText(this.#about, about);
    replace(this.#list);
    replace(this.#notes);
    this.#items.clear();
    this.#largest = 0;
    show(this.#more, false);
    this.#failure.clear();
  }

  async #load(offset: number): Promise<void> {
    const run = this.#run?.id;
    if (run === undefined) return;
    const outcome = await this.#latest.of((token) => this.#host.ask("causes", { subject: { run }, offset, limit: CAUSES_AT_ONCE }, token));
    if (outcome === undefined) return;
    if ("failure" in outcome) {
      const { failure } = outcome;
      // A run without a build, or whose build is no longer stored, is not a failure.
      const nothing = failure.name === "NothingToInspect" || failure.name === "UnknownUnit";
      this.#clear(nothing ? failure.message : "");
      if (!nothing) this.#failure.tell(failure);
      return;
    }
    if (offset === 0) this.#clear("");
    this.#draw(outcome.answer);
    this.#onEdits(outcome.answer.counts.byEdit);
  }

  #draw(page: Page<CauseRow> & CausesSummary): void {
    setText(this.#about, aboutOf(page));
    for (const cause of page.rows) this.#add(cause);
    const left = page.total - this.#items.size;
    show(this.#more, left > 0);
    setText(this.#more, l10n.t("Show More ({0} left)", number(left)));
    replace(
      this.#notes,
      ...page.findings.shown.map(({ kind, module, detail }) =>
        h("li", { class: "finding" }, h("b", {}, kind), ` ${module}: `, ...withCode(detail)),
      ),
      ...page.warnings.shown.map((warning) => h("li", { class: "dim" }, ...withCode(warning))),
    );
  }

  #add(cause: CauseRow): void {
    this.#largest = Math.max(this.#largest, cause.itself + cause.importers + cause.others);
    const item = new CauseItem(cause, this.#largest, this.#open.has(cause.id), {
      more: (id, offset) => void this.#loadCascade(id, offset),
      open: (module) => {
        if (this.#run !== undefined) this.#host.explain(this.#run.id, module);
      },
      toggled: (id, open) => {
        if (open) this.#open.add(id);
        else this.#open.delete(id);
      },
    });
    this.#items.set(cause.id, item);
    this.#list.append(item.element);
  }

  async #loadCascade(cause: string, offset: number): Promise<void> {
    const run = this.#run?.id;
    if (run === undefined) return;
    try {
      const { rows, total } = await this.#host.ask("cascade", { subject: { run }, cause, offset, limit: MODULES_AT_ONCE });
      if (this.#run?.id === run) this.#items.get(cause)?.add(offset, rows, total);
    } catch {
      // This asks for the causes again and shows that failure.
      this.refresh();
    }
  }
}

/** "Since rg-bin-c7e14b06@1: 6 of 346 modules re-compiled because of a change; 221 more are re-compiled by every build. rustc's log agrees on 346 of 346 decisions." */
function aboutOf({ total, against, counts, rustc }: Page<CauseRow> & CausesSummary): string {
  if (against === null) return l10n.t("This is the first known build: there is nothing to compare it with.");
  const { reused, recompiled, neverCached } = counts;
  const own = recompiled - neverCached;
  const found =
    total === 0 && own === 0
      ? l10n.t("Since {0}: nothing had to be re-compiled", against)
      : l10n.t("Since {0}: {1} of {2} re-compiled because of a change", against, number(own), moduleCount(reused + recompiled));
  const log = rustc.known === 0 ? "" : logText(rustc.agreeing, rustc.known);
  return [`${[found, ...neverCachedText(neverCached)].join("; ")}.`, log].filter((sentence) => sentence !== "").join(" ");
}

function neverCachedText(modules: number): readonly string[] {
  if (modules === 0) return [];
  return [
    modules === 1 ? l10n.t("1 more is re-compiled by every build") : l10n.t("{0} more are re-compiled by every build", number(modules)),
  ];
}

function logText(agreeing: number, known: number): string {
  return l10n.t("rustc's log agrees on {0} of {1}.", number(agreeing), decisionCount(known));
}
