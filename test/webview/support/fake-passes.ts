/** A made-up extension behind the page of passes, over the real connection and its checks. */
import type { Message } from "vscode-jsonrpc/node";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import { messageFrom } from "../../../src/client/passes/messages.js";
import {
  RUNS_AT_ONCE,
  type FromPassPage,
  type FunctionPasses,
  type OfPassPage,
  type PassPlace,
  type PassStep,
  type PassStepRow,
  type ShownPasses,
} from "../../../src/protocol/pass-page.js";
import type { PassRunRow } from "../../../src/protocol/passes.js";
import { DEFAULT_SETTINGS } from "../../../src/protocol/settings.js";

/** `many`: the slider has only the first of the runs that changed the function. */
export type PassesScenario = "sum" | "many" | "idle" | "problem" | "failed" | "restricted";

const PLACE: PassPlace = { run: "r1", module: "textstats.words", symbol: "_RNvSum", name: "textstats::words::sum" };

function runOf(run: number, fields: Partial<PassRunRow> = {}): PassRunRow {
  return { run, pass: "SimplifyCFGPass", subject: "function", changed: [], instructions: 0, millis: 0.0123, ...fields };
}

const CHANGES: readonly PassRunRow[] = [
  runOf(212, { pass: "InferFunctionAttrsPass", subject: "module", changed: ["header"] }),
  runOf(1204, { pass: "InstCombinePass", changed: ["code"], instructions: -3, millis: 1.5 }),
  runOf(2048, { pass: "<img src=x onerror=alert(1)>", subject: "loop", changed: ["code", "header"], instructions: 1 }),
  ...Array.from({ length: 11 }, (_, index) =>
    runOf(3000 + 100 * index, { pass: "InlinerPass", subject: "scc", changed: ["code"], instructions: 40 }),
  ),
];

const ALL: readonly PassRunRow[] = [...CHANGES, ...Array.from({ length: 1300 }, (_, index) => runOf(10_000 + index))];

const VIEW: FunctionPasses = {
  ...{ name: PLACE.name, symbol: PLACE.symbol, module: PLACE.module, moduleName: "textstats::words", runs: ALL.length },
  changes: { total: CHANGES.length, shown: CHANGES },
};

const CHANGES_OF: Readonly<Partial<Record<PassesScenario, Partial<FunctionPasses["changes"]>>>> = {
  idle: { total: 0, shown: [] },
  many: { shown: CHANGES.slice(0, 1) },
};

const LONG = `  %7 = call i64 @"textstats::words::longest::<impl core::iter::traits::iterator::Iterator>"(ptr align 8 dereferenceable(24) %0, i64 %5)`;

/** Line 2 was there before the passes, line 3 is of run 1,204, and line 4 of the run that is shown. */
const rowsAfter = (run: number): readonly PassStepRow[] => [
  { kind: "same", text: "define i64 @sum(ptr %0, i64 %1) {", line: 0 },
  { kind: "fold", lines: 24 },
  { kind: "same", text: "  %5 = load i64, ptr %0, align 8", line: 2 },
  { kind: "same", text: "  %6 = add nuw nsw i64 %5, 1", line: 3 },
  { kind: "removed", text: "  %8 = mul i64 %6, 2 ; <img src=x onerror=alert(1)>", line: null },
  { kind: "added", text: `  %8 = shl i64 %6, 1 ; run ${run}`, line: 4 },
  { kind: "same", text: LONG, line: 5 },
  { kind: "same", text: "}", line: 6 },
  { kind: "same", text: "declare i64 @outside()", line: null },
];

export class FakePasses {
  readonly sent: FromPassPage[] = [];
  readonly refused: string[] = [];
  readonly #connection: EditorPageConnection<PassPlace, OfPassPage, ShownPasses>;
  readonly #scenario: PassesScenario;
  #held: OfPassPage[] | undefined;
  #receive: (message: Message) => void = () => undefined;

  constructor(post: (message: unknown) => void, scenario: PassesScenario) {
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
          if (this.#held === undefined) this.#answer(message);
          else this.#held.push(message);
        },
        refused: (why) => this.refused.push(why),
      },
      messageFrom,
    );
  }

  receive(message: Message): void {
    this.#receive(message);
  }

  /** Answers nothing until `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#answer(message);
  }

  #show(): void {
    const place = PLACE;
    if (this.#scenario === "restricted") this.#connection.tell({ type: "restricted", place });
    else if (this.#scenario === "failed") {
      const report = { name: "UnknownRun", message: "There is no run r1 in the store.", help: "Run thin LTO again." } as const;
      this.#connection.tell({ type: "failed", place, report });
    } else {
      const changes = { ...VIEW.changes, ...CHANGES_OF[this.#scenario] };
      this.#connection.tell({ type: "passes", place, view: { ...VIEW, changes }, filters: DEFAULT_SETTINGS.filters });
    }
  }

  #answer(message: OfPassPage): void {
    switch (message.type) {
      case "runs": {
        const { ask, text, kind, changed, offset } = message;
        const found = (this.#scenario === "idle" ? ALL.slice(CHANGES.length) : ALL).filter(
          (row) =>
            (!changed || row.changed.length > 0) &&
            (kind === null || row.subject === kind) &&
            row.pass.toLowerCase().includes(text.toLowerCase()),
        );
        this.#connection.tell({
          type: "runs",
          ask,
          page: { total: found.length, offset, rows: found.slice(offset, offset + RUNS_AT_ONCE) },
        });
        break;
      }
      case "step":
        if (this.#scenario === "problem") this.#refuse(message.ask);
        else this.#connection.tell({ type: "step", ask: message.ask, step: stepOf(message.at, message.whole) });
        break;
      case "maker": {
        const { ask, at, line } = message;
        const run = line === 2 ? null : line === 3 ? 1204 : at;
        this.#connection.tell({ type: "maker", ask, maker: { run, pass: run === null ? null : "InstCombinePass" } });
        break;
      }
      default:
    }
  }

  #refuse(ask: number): void {
    const message = "The replay that printed sum changed it otherwise than the traced one.";
    this.#connection.tell({ type: "problem", ask, report: { name: "EngineFailed", message, help: "Run verify." } });
  }
}

function stepOf(at: number, whole: boolean): PassStep {
  const rows = rowsAfter(at).filter(({ kind }) => !whole || kind !== "fold");
  return { added: 1, removed: 1, rows: { total: rows.length, shown: rows } };
}
