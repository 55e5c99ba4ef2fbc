/** Explanations of a made-up report, by the server's own functions, and the extension behind their page. */
import type { Message } from "vscode-jsonrpc";
import { messageFrom } from "../../../src/client/explanation/messages.js";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import { explanationView } from "../../../src/core/views/explanation-view.js";
import type { Cause, Difference, ExplainedModule, ExplainReport, ExplanationView } from "../../../src/protocol/explain.js";
import type {
  ExplanationPlace,
  FromExplanationPage,
  OfExplanationPage,
  ShownExplanation,
  ToExplanationPage,
} from "../../../src/protocol/explanation-page.js";
import { NO_FILTERS } from "../../../src/protocol/uris.js";

const BAR: Difference = {
  ...{ what: "function", change: "changed", name: "textstats::bars::bar", symbol: "_RNvBar", parts: ["body"] },
  ...{ before: "99 instructions", after: "121 instructions", source: { file: "crates/textstats/src/bars.rs", line: 12 } },
} as const;

/** A name that looks like markup. */
const ODD: Difference = { what: "function", change: "came", name: "<img src=x onerror=alert(1)>::<Parser<'_>>", symbol: "_RNvOdd" };

const LIMIT = "`textstats::bars::bar` grew from 99 to 121 instructions; the import limit is 100";

function moduleOf(fields: Partial<ExplainedModule> & Pick<ExplainedModule, "name" | "reason">): ExplainedModule {
  return {
    ...{ origin: "local", crate: "textstats", verdict: "re-compiled", key: "5C".repeat(20), previousKey: "0A".repeat(20) },
    ...{ parts: ["imports"], differences: [], rustc: { verdict: "re-compiled", agrees: true } },
    ...fields,
  };
}

const EDIT: Cause = {
  ...{ id: "code-1", kind: "code-changed", crates: ["textstats"], changes: [BAR, ODD] },
  title: "`crates/textstats/src/bars.rs` was edited: `textstats::bars::bar` in crate `textstats` changed",
  brief: "edit of `textstats::bars::bar`",
  ...{ effect: "1 module re-compiled for itself, 2 because they import from it", itself: ["textstats-bars"] },
  ...{ importers: ["textstats-map"], others: [], note: "There is no debug info: the edited function may have been copied." },
};

const OTHER: Cause = {
  ...{ id: "code-2", kind: "code-changed", crates: ["text_core"], changes: [], effect: "3 modules that depend on it otherwise" },
  brief: "change of `text_core::words::split`",
  ...{ title: "`text_core::words::split` in crate `text_core` changed", itself: [], importers: [], others: ["textstats-map"] },
};

const BARS = moduleOf({
  name: "textstats-bars",
  parts: ["module", "exports"],
  differences: [BAR, ODD],
  reason: {
    ...{ kind: "own-code-changed", fact: { text: `${LIMIT}.`, known: true }, detail: "Its own bitcode changed." },
    ...{ causes: ["code-1"], chain: [EDIT.title], ways: [{ cause: "code-1", steps: [] }] },
  },
});

const IMPORT_STEP = {
  text: "no longer imports `textstats::bars::bar` from `textstats-bars`",
  ...{ module: "textstats-bars", leads: "no longer imports `textstats::bars::bar`" },
} as const;

const IMPORTED: Difference = {
  ...{ what: "import", change: "went", name: "textstats::bars::bar", symbol: "_RNvBar", module: "textstats-bars" },
  ...{ before: "99 instructions", after: "121 instructions" },
} as const;

function importer(
  ways: ExplainedModule["reason"]["ways"],
  fact = `${LIMIT}, so this module no longer imports it from \`textstats-bars\`.`,
): ExplainedModule {
  return moduleOf({
    name: "textstats-map",
    differences: Array.from({ length: 14 }, () => IMPORTED),
    reason: {
      kind: "imports-changed",
      fact: { text: fact, known: true },
      detail: "What it imports changed, or a module that it imports from changed: its key contains the hashes of those modules.",
      ...{ causes: ways.map(({ cause }) => cause), chain: [EDIT.title, IMPORT_STEP.text], ways },
    },
  });
}

const STATE_STEPS = [
  { text: "`run` refers to `split`", symbol: "_run", name: "text_core::words::run", leads: "refers to `text_core::words::split`" },
  { text: "`split`: liveness dead → live", symbol: "_split", name: "text_core::words::split", leads: "liveness dead → live" },
];

const MODULES = {
  importer: importer([{ cause: "code-1", steps: [IMPORT_STEP] }]),
  itself: BARS,
  several: importer([
    { cause: "code-1", steps: [IMPORT_STEP] },
    { cause: "code-2", steps: STATE_STEPS },
  ]),
  long: importer([{ cause: "code-1", steps: [{ ...IMPORT_STEP, leads: `imports \`${"very::long::path::".repeat(12)}name\`` }] }]),
  unknown: moduleOf({
    ...{ name: "textstats-map", rustc: null, parts: [], previousKey: null },
    reason: {
      kind: "nothing-to-compare",
      fact: { text: "There is no earlier build of this unit to compare with, so what changed is unknown.", known: false },
      ...{ detail: "There is no earlier build of this unit to compare it with.", causes: [], chain: [], ways: [] },
    },
  }),
} as const;

export type ExplanationScenario = keyof typeof MODULES;

export function fakeView(scenario: ExplanationScenario): ExplanationView {
  const module = MODULES[scenario];
  const unit: ExplainReport["unit"] = { id: "u", name: "textstats", crateTypes: ["bin"], profile: "release", mode: "thin" };
  const side = (name: string): ExplainReport["build"] => ({ name, unit, at: "2026-11-22T21:16:17Z" });
  const report: ExplainReport = {
    ...{ schema: 1, command: "explain", unit, llvm: { version: "22", revision: "" }, build: side("textstats-bin@2") },
    against: scenario === "unknown" ? null : side("textstats-bin@1"),
    ...{ counts: { reused: 29, recompiled: 3, neverCached: 0, byEdit: 0, gone: 0 }, rustc: { known: 32, agreeing: 32 } },
    ...{ causes: [EDIT, OTHER], modules: [BARS, module], findings: [], warnings: [] },
  };
  const sourceUri = ({ file, line }: { readonly file: string; readonly line: number }): string => `file:///ws/${file}#L${line}`;
  return explanationView(report, module, { subject: { run: "r2" }, filters: NO_FILTERS, sourceUri });
}

export class FakeExplanation {
  /** Everything that the page has sent. */
  readonly sent: FromExplanationPage[] = [];
  readonly refused: string[] = [];
  readonly place: ExplanationPlace = { subject: { run: "r2" }, module: "textstats-map", title: "Why textstats-map", unit: "u" };
  readonly #connection: EditorPageConnection<ExplanationPlace, OfExplanationPage, ShownExplanation>;
  #receive: (message: Message) => void = () => undefined;
  #shown: ToExplanationPage;

  constructor(post: (message: unknown) => void, scenario: ExplanationScenario | "failed" | "restricted") {
    const { place } = this;
    if (scenario === "restricted") this.#shown = { type: scenario, place };
    else if (scenario === "failed") {
      const report = { name: "UnknownRun", message: "There is no run r2 in the store.", help: "Run thin LTO again." } as const;
      this.#shown = { type: scenario, place, report };
    } else this.#shown = { type: "explanation", place, view: fakeView(scenario) };
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
          if (message.type === "ready") this.show();
        },
        told: (message) => this.sent.push(message),
        refused: (why) => this.refused.push(why),
      },
      messageFrom,
    );
  }

  show(shown: ToExplanationPage = this.#shown): void {
    this.#shown = shown;
    this.#connection.tell(shown);
  }

  receive(message: Message): void {
    this.#receive(message);
  }
}
