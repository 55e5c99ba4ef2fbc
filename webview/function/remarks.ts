/** What LLVM's other passes say about the function: looked for on demand, then filtered by pass and kind. */
import * as l10n from "../../src/protocol/l10n.js";
import type { FunctionRemark, FunctionRemarks, OfFunctionPage } from "../../src/protocol/function-page.js";
import type { RemarkKind } from "../../src/protocol/remarks.js";
import { number } from "../../src/protocol/words.js";
import { h, link, replace, setText, withCode } from "../dom.js";
import { icon, type IconName } from "../icons.js";
import { button, dropdown, setDisabled } from "../toolkit.js";

type Tell = (message: OfFunctionPage) => void;

const ALL = "";

const KINDS: Readonly<Record<RemarkKind, readonly [word: string, sign: IconName]>> = {
  passed: [l10n.t("done"), "check"],
  missed: [l10n.t("not possible"), "warning"],
  analysis: [l10n.t("analysis"), "info"],
};

export class Remarks {
  readonly element: HTMLElement;
  readonly #tell: Tell;
  readonly #body: HTMLElement;
  readonly #status = h("p", { class: "dim", role: "status" });
  readonly #listen: HTMLElement;
  readonly #rows = h("ul", { class: "rows" });
  #known: readonly FunctionRemark[] = [];
  #pass = ALL;
  #kind = ALL;

  constructor(tell: Tell) {
    this.#tell = tell;
    this.#listen = button(l10n.t("Look for Remarks"), {
      onClick: () => {
        setDisabled(this.#listen, true);
        setText(this.#status, l10n.t("Listening to the passes…"));
        tell({ type: "listen" });
      },
    });
    this.#body = h("div", {}, this.#listen);
    this.element = h(
      "section",
      { class: "section", "aria-labelledby": "remarks" },
      h("h2", { id: "remarks" }, l10n.t("What other passes say")),
      h(
        "p",
        { class: "dim" },
        l10n.t("What they vectorised, unrolled, hoisted or removed in it, and what they could not, in LLVM's words."),
      ),
      this.#body,
      this.#status,
    );
  }

  /** @param remarks null: they are not known, because of the problem, or because the user cancelled */
  show(remarks: FunctionRemarks | null, problem: string | null): void {
    if (remarks === null) {
      setDisabled(this.#listen, false);
      setText(this.#status, problem ?? "");
      return;
    }
    this.#known = remarks.remarks.shown;
    const tools = this.#known.length === 0 ? null : this.#filters();
    const left = remarks.remarks.total - this.#known.length;
    replace(
      this.#body,
      tools,
      this.#rows,
      left > 0 ? h("p", { class: "dim" }, l10n.t("… and {0} more, which lto-inspector remarks prints.", number(left))) : null,
      ...remarks.missing.map((text) => h("p", { class: "note" }, icon("warning"), h("span", {}, text))),
    );
    this.#list();
  }

  #filters(): HTMLElement {
    const count = (of: (remark: FunctionRemark) => boolean): string => number(this.#known.filter(of).length);
    const pass = dropdown(l10n.t("Pass"), (chosen) => {
      this.#pass = chosen;
      this.#list();
    });
    const passes = [...new Set(this.#known.map((remark) => remark.pass))].sort();
    pass.offer(
      [
        { value: ALL, label: l10n.t("All passes") },
        ...passes.map((name) => ({ value: name, label: `${name} (${count((remark) => remark.pass === name)})` })),
      ],
      ALL,
    );
    const kind = dropdown(l10n.t("Kind"), (chosen) => {
      this.#kind = chosen;
      this.#list();
    });
    const kinds = (Object.keys(KINDS) as RemarkKind[]).filter((name) => this.#known.some((remark) => remark.kind === name));
    kind.offer(
      [
        { value: ALL, label: l10n.t("All kinds") },
        ...kinds.map((name) => ({ value: name, label: `${KINDS[name][0]} (${count((remark) => remark.kind === name)})` })),
      ],
      ALL,
    );
    return h("div", { class: "tools" }, pass.element, kind.element);
  }

  #list(): void {
    const rows = [...this.#known.entries()].filter(
      ([, { pass, kind }]) => (this.#pass === ALL || pass === this.#pass) && (this.#kind === ALL || kind === this.#kind),
    );
    replace(this.#rows, ...rows.map(([index, remark]) => this.#row(remark, index)));
    const all = this.#known.length;
    setText(
      this.#status,
      all === 0
        ? l10n.t("No other pass says anything about it.")
        : rows.length === all
          ? ""
          : l10n.t("{0} of {1} remarks", number(rows.length), number(all)),
    );
  }

  #row({ pass, kind, shortName, text, inlinedAt, source, times }: FunctionRemark, index: number): HTMLElement {
    const [word, sign] = KINDS[kind];
    const place = source === null ? "" : `${source.file.split("/").at(-1) ?? source.file}:${source.line}`;
    const open = source === null ? null : link(place, source.file, () => this.#tell({ type: "remark", index }));
    open?.setAttribute("aria-label", l10n.t("Open {0}", place));
    const where = [shortName, ...inlinedAt.map((one) => l10n.t("inlined at {0}", one)), ...(times > 1 ? [`${number(times)}×`] : [])];
    return h(
      "li",
      { class: "remark" },
      h("span", { class: `row-fact remark-${kind}` }, icon(sign), h("span", {}, word)),
      " ",
      h("span", { class: "row-name" }, pass),
      " ",
      h("span", { class: "remark-text" }, ...withCode(text)),
      " ",
      h("span", { class: "dim" }, where.join(" · ")),
      " ",
      open,
    );
  }
}
