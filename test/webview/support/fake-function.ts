/** A made-up extension behind the page of a function, over the real connection and its checks. */
import type { Message } from "vscode-jsonrpc/node";
import { messageFrom } from "../../../src/client/function/messages.js";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import type {
  FromFunctionPage,
  FunctionCell,
  FunctionCopy,
  FunctionDecision,
  FunctionPlace,
  FunctionRemark,
  FunctionView,
  OfFunctionPage,
  ShownFunction,
} from "../../../src/protocol/function-page.js";
import { THIN_STAGES, stageLabel } from "../../../src/protocol/stages.js";

export type FunctionScenario = "bar" | "gone" | "failed" | "restricted";

const PLACE: FunctionPlace = { run: "r1", symbol: "_RNvBar", name: "textstats::bars::bar" };

function copyOf(fields: Partial<FunctionCopy>): FunctionCopy {
  return {
    ...{ module: "textstats.bars", shortName: "textstats::bars", symbol: "_RNvBar", copy: "own", origin: "its own" },
    ...{ fate: "kept", label: "Kept", cause: "it is visible outside of its module", inlined: 0 },
    ...fields,
  };
}

const COPIES = [
  copyOf({}),
  copyOf({
    ...{ module: "textstats.rows", shortName: "textstats::rows", copy: "imported", origin: "imported from textstats::bars" },
    ...{ fate: "inlined", label: "Gone after inlining", cause: "inlined into `textstats::rows::row`", inlined: 2 },
  }),
] as const;

function decisionOf(fields: Partial<FunctionDecision>): FunctionDecision {
  return {
    ...{ verdict: "not-inlined", other: "textstats::main", otherSymbol: "_RNvMain", short: "cost 265 > 225" },
    text: "In `textstats::main`, `textstats::bars::bar` was not inlined at src/main.rs:12:5: cost 265 > threshold 225 (by 40).",
    help: ["With `#[inline(always)]` on `textstats::bars::bar`, its cost does not count."],
    shown: { module: "textstats.main", function: "_RNvMain" },
    source: { file: "/w/src/main.rs", line: 12, column: 5 },
    ...fields,
  };
}

/** A name that looks like markup. */
const ODD = "<img src=x onerror=alert(1)>::<Parser<'_>>";

const VIEW: FunctionView = {
  ...{ name: PLACE.name, symbol: PLACE.symbol },
  headline: "Defined in textstats::bars; imported into 1 CGU, refused by 1; 2 calls of it inlined, 1 not.",
  stages: THIN_STAGES.map((stage) => ({ stage, label: stageLabel(stage) })),
  copies: { total: 14, shown: COPIES },
  imports: {
    total: 1,
    shown: [
      decisionOf({
        ...{ verdict: "not-imported", other: "textstats::table", otherSymbol: null, short: "104 of 100 instructions", source: null },
        text: "`textstats::bars::bar` was not imported into textstats::table: 104 instructions, the limit is 100.",
      }),
    ],
  },
  incoming: { total: 2, shown: [decisionOf({}), decisionOf({ verdict: "inlined", other: ODD, short: "cost 40 < 225", help: [] })] },
  outgoing: { total: 0, shown: [] },
};

const GONE: FunctionView = { ...VIEW, headline: "No module defines it.", copies: { total: 0, shown: [] } };

function cellsOf(copy: number): readonly FunctionCell[] {
  return THIN_STAGES.map((stage, index): FunctionCell => {
    const isThere = copy === 0 || index === THIN_STAGES.length - 2;
    return { stage, state: isThere ? "defined" : index === 0 ? "declared" : "absent", instructions: isThere ? 99 - index : 0 };
  });
}

function remarkOf(fields: Partial<FunctionRemark>): FunctionRemark {
  return {
    ...{ pass: "loop-vectorize", kind: "passed", shortName: "textstats::bars", text: "vectorized loop (vectorization width: 4)" },
    ...{ inlinedAt: ["src/rows.rs:30"], source: { file: "/w/src/bars.rs", line: 9, column: 5 }, times: 2 },
    ...fields,
  };
}

const REMARKS = [
  remarkOf({}),
  remarkOf({ pass: "gvn", kind: "missed", text: `load of \`${ODD}\` not eliminated`, inlinedAt: [], source: null, times: 1 }),
  remarkOf({ pass: "licm", kind: "missed", text: "failed to hoist load", inlinedAt: [], times: 1 }),
  remarkOf({ pass: "asm-printer", kind: "analysis", text: "12 instructions in function", inlinedAt: [], source: null, times: 1 }),
] as const;

export class FakeFunction {
  readonly sent: FromFunctionPage[] = [];
  readonly refused: string[] = [];
  readonly #connection: EditorPageConnection<FunctionPlace, OfFunctionPage, ShownFunction>;
  readonly #scenario: FunctionScenario;
  #receive: (message: Message) => void = () => undefined;

  constructor(post: (message: unknown) => void, scenario: FunctionScenario) {
    this.#scenario = scenario;
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
          this.sent.push(message);
          if (message.type === "ready") this.#show();
        },
        told: (message) => {
          this.sent.push(message);
          if (message.type !== "listen") return;
          const missing = ["textstats::rows: The replay that listened gave other code."];
          this.#connection.tell({ type: "remarks", remarks: { remarks: { total: 600, shown: REMARKS }, missing }, problem: null });
        },
        refused: (why) => this.refused.push(why),
      },
      messageFrom,
    );
  }

  receive(message: Message): void {
    this.#receive(message);
  }

  #show(): void {
    const place = PLACE;
    if (this.#scenario === "restricted") this.#connection.tell({ type: "restricted", place });
    else if (this.#scenario === "failed") {
      const report = { name: "UnknownRun", message: "There is no run r1 in the store.", help: "Run thin LTO again." } as const;
      this.#connection.tell({ type: "failed", place, report });
    } else {
      const view = this.#scenario === "gone" ? GONE : VIEW;
      this.#connection.tell({ type: "function", place, view });
      for (const copy of view.copies.shown.keys()) {
        const source = { file: "/w/src/bars.rs", line: 7, column: 0 };
        this.#connection.tell({ type: "stages", copy, stages: { cells: cellsOf(copy), source }, problem: null });
      }
    }
  }
}
