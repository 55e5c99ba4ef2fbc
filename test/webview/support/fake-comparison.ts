/** A made-up extension behind the page of a comparison, over the real connection and its checks. */
import type { Message } from "vscode-jsonrpc/node";
import { messageFrom } from "../../../src/client/comparison/messages.js";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import type { ComparisonPlace, FromComparisonPage, OfComparisonPage, ShownComparison } from "../../../src/protocol/comparison-page.js";
import type { BuildComparisonView, ComparedRow } from "../../../src/protocol/requests/builds.js";
import type { FunctionChangeRow, Page } from "../../../src/protocol/views.js";

export type ComparisonScenario = "edit" | "many" | "same" | "failed" | "restricted";

const PLACE: ComparisonPlace = { from: { run: "r1" }, to: { run: "r2" } };
const STAGES = ["thin-lto-input", "thin-lto-after-import", "thin-lto-after-pm"] as const;
const AT_ONCE = 50;

function rowOf(name: string, fields: Partial<ComparedRow> = {}): ComparedRow {
  const detail = "The key equals that of the previous session.";
  return {
    ...{ name, shortName: name, crate: "textstats", place: "workspace", only: null, differs: ["verdict"] },
    verdict: { from: "re-compiled", to: "re-used" },
    reason: { from: { kind: "no-previous-keys", detail: "There is no earlier session." }, to: { kind: "key-equal", detail } },
    stages: STAGES.map((stage, index) => ({
      stage,
      bytes: { from: 4000 + index, to: 4000 + index },
      instructions: { from: 90 + index, to: 90 + index },
    })),
    imports: { from: 3, to: 3, onlyFrom: { total: 0, shown: [] }, onlyTo: { total: 0, shown: [] } },
    places: { from: { subject: { run: "r1" }, module: name }, to: { subject: { run: "r2" }, module: name } },
    ...fields,
  };
}

const EDITED = rowOf("textstats::bars", {
  differs: ["size", "imports"],
  verdict: { from: "re-compiled", to: "re-compiled" },
  stages: STAGES.map((stage) => ({ stage, bytes: { from: 4096, to: 4200 }, instructions: { from: 99, to: 121 } })),
  imports: {
    ...{ from: 3, to: 4 },
    onlyFrom: { total: 1, shown: [{ name: "text_core::words::split", symbol: "_split", source: "text_core::words" }] },
    onlyTo: { total: 2, shown: [{ name: "<img src=x onerror=alert(1)>", symbol: "_x", source: "text_core::words" }] },
  },
});

const GONE = rowOf("textstats::old", {
  ...{ only: "from", differs: ["presence"], verdict: { from: "re-compiled", to: null }, imports: null },
  reason: { from: { kind: "key-changed", detail: "Its key differs." }, to: null },
  stages: [{ stage: "thin-lto-input", bytes: { from: 12, to: null }, instructions: { from: 2, to: null } }],
  places: { from: { subject: { run: "r1" }, module: "textstats::old" }, to: null },
});

const FUNCTIONS: Page<FunctionChangeRow> = {
  ...{ total: 120, offset: 0 },
  rows: [
    {
      ...{ left: "_bar", right: "_bar", demangled: "textstats::bars::bar", change: "changed", parts: ["body"] },
      instructions: { before: 99, after: 121 },
    },
    { left: null, right: "_new", demangled: "textstats::bars::new", change: "added", parts: [], instructions: { before: null, after: 7 } },
  ],
};

function rowsOf(scenario: ComparisonScenario): readonly ComparedRow[] {
  if (scenario === "same") return [];
  if (scenario !== "many") return [EDITED, GONE, rowOf("textstats::map")];
  return [EDITED, ...Array.from({ length: 119 }, (_, index) => rowOf(`core::part${index}`))];
}

export class FakeComparison {
  /** Everything that the page has sent. */
  readonly sent: FromComparisonPage[] = [];
  readonly refused: string[] = [];
  readonly #rows: readonly ComparedRow[];
  readonly #scenario: ComparisonScenario;
  readonly #connection: EditorPageConnection<ComparisonPlace, OfComparisonPage, ShownComparison>;
  #receive: (message: Message) => void = () => undefined;

  constructor(post: (message: unknown) => void, scenario: ComparisonScenario) {
    this.#scenario = scenario;
    this.#rows = rowsOf(scenario);
    this.#connection = new EditorPageConnection(
      {
        postMessage: (message) => {
          post(structuredClone(message));
        },
        onDidReceiveMessage: (listener) => {
          this.#receive = listener;
          return { dispose: () => undefined };
        },
      },
      {
        toldByAny: (message) => {
          this.#take(message);
        },
        told: (message) => {
          this.#take(message);
        },
        refused: (why) => this.refused.push(why),
      },
      messageFrom,
    );
  }

  receive(message: Message): void {
    this.#receive(message);
  }

  #take(message: FromComparisonPage): void {
    this.sent.push(message);
    const { place } = { place: PLACE };
    if (message.type === "ready" || message.type === "again") {
      if (this.#scenario === "restricted") this.#connection.tell({ type: "restricted", place });
      else if (this.#scenario === "failed") {
        const report = { name: "UnknownRun", message: "There is no run r2 in the store.", help: "Run thin LTO again." } as const;
        this.#connection.tell({ type: "failed", place, report });
      } else this.#connection.tell({ type: "comparison", place, summary: this.#summary(), differs: null, page: this.#page(null, 0) });
    }
    if (message.type === "list") {
      const { differs, offset } = message;
      const page = this.#page(differs, offset);
      if (offset > 0) this.#connection.tell({ type: "rows", differs, page });
      else this.#connection.tell({ type: "comparison", place, summary: this.#summary(), differs, page });
    }
    if (message.type === "functions") {
      const { module, stage } = message;
      this.#connection.tell({ type: "functions", module, stage, page: FUNCTIONS, report: null });
    }
  }

  #page(differs: (FromComparisonPage & { readonly type: "list" })["differs"], offset: number): Page<ComparedRow> {
    const rows = differs === null ? this.#rows : this.#rows.filter((row) => row.differs.includes(differs));
    return { total: rows.length, offset, rows: rows.slice(offset, offset + AT_ONCE) };
  }

  #summary(): BuildComparisonView["summary"] {
    const unit = { id: "u", name: "textstats (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" } as const;
    const side = (name: string, title: string): BuildComparisonView["summary"]["from"] => ({
      ...{ name, title, unit, at: "2026-11-22T21:16:17Z", llvm: "22.1.2" },
    });
    const count = (what: ComparedRow["differs"][number]): number => this.#rows.filter(({ differs }) => differs.includes(what)).length;
    return {
      ...{ from: side("r1", "first build"), to: side("r2", "edit of textstats::bars::bar") },
      counts: {
        ...{ modules: { from: 120, to: 120 }, same: 120 - this.#rows.length, different: this.#rows.length },
        differ: { presence: count("presence"), verdict: count("verdict"), size: count("size"), imports: count("imports") },
      },
      stages: STAGES.map((stage) => ({ stage, bytes: { from: 8_164_468, to: 8_164_572 }, instructions: { from: 164_822, to: 164_844 } })),
      warnings: { total: 1, shown: ["Imports are not compared: the run kept no keys."] },
    };
  }
}
