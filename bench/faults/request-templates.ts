/** Requests as a client sends them, at least one of each kind; fuzzed requests are made from these. */
import { pathToFileURL } from "node:url";
import { formatStageUri, NO_FILTERS, type Subject } from "../../src/protocol/uris.js";
import type { RequestName } from "../../src/protocol/requests/all.js";
import type { Corpus } from "./disk/corpus.js";
import type { Json } from "./disk/mutate.js";
import type { Random } from "./random.js";

/** The objects of requests. */
export type Place = Pick<Corpus, "run" | "unit" | "workspace" | "session">;

export interface Template {
  readonly method: string;
  readonly params: Json;
}

/** A run that does not exist: requests that remove something must not find it. */
const NOWHERE = "20200101T000000-00000000";

/** A comparison of settings that does not exist. */
const GONE = "textstats-bin-00000000@1/20200101T000000000Z-00000000";

export function templatesOf(random: Random, { run, unit, workspace, session }: Place): readonly Template[] {
  const subject: Subject = random.pick([{ run }, { unit }, { unit: session }, { run: NOWHERE }]);
  const module = random.pick(["textstats.1a2b3c-cgu.0", "core", "bars", ""]);
  const [range, filters] = [{ offset: 0, limit: 50 }, NO_FILTERS];
  const folder = pathToFileURL(workspace).href;
  const [stage, from, to] = ["thin-lto-after-pm", "thin-lto-input", "thin-lto-after-pm"];
  const byName: Readonly<Record<RequestName, object>> = {
    units: { ...range, all: true },
    unit: { unit },
    refresh: {},
    plan: { folder, packages: ["textstats"], profile: "release", lto: "thin", incremental: true },
    buildChoices: { folder },
    captureCommand: { folder, packages: ["textstats"], bins: ["textstats"], profile: "release", lto: "thin", incremental: true },
    followCapture: { reportFile: `${workspace}/report.json` },
    captureResult: { reportFile: `${workspace}/report.json`, exitCode: 0 },
    thin: { source: random.pick<object>([{ unit }, { files: [folder], mode: "thin" }]), llvm: "auto", analyzeOnly: true },
    beginRun: { unit: random.pick([unit, session]) },
    completeRun: { run: random.pick([run, NOWHERE]) },
    verify: { unit },
    runs: { ...range, unit, scope: "workspace" },
    run: { run },
    removeRun: { run: NOWHERE },
    noteRun: { run: NOWHERE, name: "before", pinned: true },
    deleteRuns: { runs: [NOWHERE] },
    restoreRuns: { runs: [NOWHERE] },
    purgeRuns: { runs: [NOWHERE] },
    compareRuns: { from: run, to: random.pick([run, NOWHERE]) },
    compareBuilds: { from: { run }, to: subject, differs: "size", ...range },
    captures: { unit },
    adviceChoices: { unit, settings: random.pick([["lto=fat"], ["import-instr-limit=10"], []]) },
    planAdvice: { unit, settings: ["import-instr-limit=10"], bench: random.pick([null, "{} --help"]) },
    // A comparison can take minutes.
    advise: { unit: NOWHERE, settings: ["import-instr-limit=10"], bench: null, inlined: false },
    savedAdvice: {},
    adviceView: { id: GONE },
    removeAdvice: { id: GONE },
    exportAdvice: { id: GONE, uri: `${folder}/advice.html`, as: "html" },
    groups: { subject, filter: { text: "core", verdicts: ["re-used"] } },
    crates: { subject, filter: { text: "core" }, sort: "name", descending: true, ...range },
    modules: { subject, filter: { text: "core" }, sort: "name", descending: true, ...range },
    module: { subject, module, query: { sort: "name" } },
    stages: { subject, module, changes: true },
    changedFunctions: { subject, module, from, to, text: "a", ...range },
    functions: { subject, module, stage, text: "a", ...range },
    causes: { subject, ...range },
    cascade: { subject, cause: "cause", ...range },
    explain: { subject, module, filters },
    explainCalls: { run: NOWHERE },
    functionRemarks: { run: NOWHERE, name: "textstats::bars::bar" },
    hierarchyItem: { run, uri: `${folder}/src/main.rs`, text: "fn main() {}", line: 0, column: 3 },
    hierarchyCalls: { run, key: "textstats::main", direction: "incoming" },
    sourceCalls: { run, uri: `${folder}/src/main.rs`, text: "fn main() {}" },
    whyKept: { run: NOWHERE, symbol: "main" },
    assembly: { run: NOWHERE, symbol: "main", module },
    compareAssembly: { run: NOWHERE, symbol: "main", module, against: subject },
    functionsAt: { run: NOWHERE, uri: `${folder}/src/main.rs`, text: "fn main() {}", line: 0 },
    functionPasses: { run: NOWHERE, module, symbol: "main" },
    passRuns: { run: NOWHERE, module, symbol: "main", text: "inst", kind: "function", changed: true, ...range },
    passStep: { run: NOWHERE, module, symbol: "main", at: 7, against: random.pick(["previous", "start", 3]), filters, whole: false },
    passMaker: { run: NOWHERE, module, symbol: "main", at: 7, line: 2, filters },
    passTexts: { run: NOWHERE, module, symbol: "main", at: 7, against: "previous", filters },
    functionView: { run, symbol: "main" },
    functionStages: { subject, module, symbol: "main" },
    functionNames: { run, text: "main" },
    callRows: { run, by: "callee", text: "", parent: { group: "inlined" }, offset: 0, limit: 10 },
    exportCalls: { run: NOWHERE, uri: `${folder}/calls.sarif` },
    headline: { run: NOWHERE },
    decisive: { subject, module },
    compare: {
      subject,
      ...random.pick<object>([{}, { against: run }, { other: { subject: { unit }, module } }]),
      module,
      from,
      to,
      function: "main",
      wholeModule: false,
      filters,
      ...range,
    },
    find: { subject, symbol: "main", stage, limit: 20, filters },
    stageUri: { subject, module, stage, function: random.pick([null, "main"]), filters },
    stageFile: { subject, module, stage },
    cliCommand: random.pick<object>([
      { command: "capture", choice: { folder } },
      { command: "thin", source: { unit } },
      { command: "show", subject, module, stage, function: "main" },
      { command: "diff", subject, module, from, to },
      { command: "compare-llvm", from: run, to: run, module, stage, function: null },
      { command: "find", subject, symbol: "main" },
      { command: "passes", subject, module, function: "main", at: 7 },
    ]),
    sizes: { run, code: false, tiles: 500 },
    profile: { run: NOWHERE, module },
    exportProfile: { run: NOWHERE, uri: `${folder}/profile.json`, as: "json" },
    timeline: { run, bars: 100, from: 0, to: 1000 },
    stageTotals: { run, filter: { text: "core" } },
    doctor: { folder },
    llvmCandidates: { folder },
    store: {},
    // An invalid word, because the store is still needed.
    clearStore: { what: "nothing" },
  };
  const document = formatStageUri({ subject, module, stage: "thin-lto-after-pm", function: null, filters });
  return [
    ...Object.entries(byName).map(([name, params]) => ({ method: `lto/${name}`, params: { ...params, workDoneToken: "token" } })),
    { method: "workspace/textDocumentContent", params: { uri: document } },
  ];
}
