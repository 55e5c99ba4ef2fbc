/** Plays the extension for the page of a comparison of settings. */
import type { Message } from "vscode-jsonrpc/browser";
import { messageFrom } from "../../../src/client/advice/messages.js";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import type { AdvisedEdits, AdvisedSetting, AdviseReport, BenchmarkResult, CriterionResults } from "../../../src/protocol/advise.js";
import type { AdvicePlace, FromAdvicePage, OfAdvicePage, ShownAdvice } from "../../../src/protocol/advice-page.js";
import type { AdviceView, SavedAdvice } from "../../../src/protocol/requests/advice.js";

export type AdviceScenario = "bench" | "replays" | "criterion" | "failed" | "restricted";

const PLACE: AdvicePlace = { id: "textstats-bin-01234567@2/20261122T211617000Z-00000000" };

function run(medianMillis: number, verdict: BenchmarkResult["verdict"], ratio: BenchmarkResult["ratio"]): BenchmarkResult {
  return {
    medianMillis,
    quartiles: [medianMillis * 0.98, medianMillis * 1.03],
    runs: 15,
    userMillis: medianMillis * 0.9,
    instructions: null,
    verdict,
    ratio,
  };
}

const EDITS: AdvisedEdits = { modules: 346, reusable: 127, functions: 1205, median: 3, most: 41, mostBy: "textstats::words::count" };

type Varied = Pick<AdvisedSetting, "name" | "by" | "lto" | "ltoMillis" | "fileBytes" | "textBytes" | "benchmark"> & Partial<AdvisedSetting>;

function setting(varied: Varied): AdvisedSetting {
  return {
    ...{ unit: "textstats-bin-01234567@2", optLevel: "3", llvmArgs: [], buildMillis: null, linkMillis: 120, identical: true },
    ...{ peakMemoryBytes: varied.ltoMillis === null ? null : 3.1e8, sections: [], crates: [], output: "/store/output/textstats" },
    ...{ edits: EDITS, symbols: [], inlined: null },
    ...{ sameOutputAs: null, snippet: `# Cargo.toml\n[profile.release]\n${varied.name.replace("=", " = ")}`, kept: false },
    ...varied,
  };
}

const SETTINGS: readonly AdvisedSetting[] = [
  setting({
    ...{ name: "as built", by: "replayed", lto: "thin", ltoMillis: 2400, fileBytes: 5_240_112, textBytes: 1_802_240, snippet: null },
    benchmark: run(412, "baseline", null),
  }),
  setting({
    ...{ name: "lto=off", by: "built", lto: "off", ltoMillis: null, fileBytes: 5_900_400, textBytes: 2_100_992, unit: null, edits: null },
    benchmark: run(451, "slower", [1.08, 1.11]),
  }),
  setting({
    ...{ name: "lto=fat", by: "captured", lto: "fat", ltoMillis: 9800, fileBytes: 4_410_200, textBytes: 1_511_424 },
    edits: { modules: 346, reusable: 0, functions: 0, median: 0, most: 0, mostBy: null },
    symbols: [
      { name: "textstats::words::count", before: 4_120, after: 9_344 },
      { name: "<alloc::vec::Vec<T> as core::iter::traits::collect::Extend<T>>::extend", before: 2_210, after: 0 },
    ],
    inlined: [{ name: "textstats::words::is_word", before: 3, after: 17 }],
    benchmark: run(388, "faster", [0.93, 0.95]),
  }),
  setting({
    ...{ name: "opt-level=s", by: "captured", lto: "thin", optLevel: "s", ltoMillis: 1900, fileBytes: 4_102_000, textBytes: 1_305_600 },
    benchmark: run(530, "slower", [1.25, 1.31]),
  }),
  setting({
    ...{ name: "import-instr-limit=10", by: "replayed", lto: "thin", ltoMillis: 2010, fileBytes: 5_010_800, textBytes: 1_733_632 },
    ...{ llvmArgs: ["-import-instr-limit=10"], benchmark: run(413, "no-difference", [0.99, 1.01]) },
    snippet: '# .cargo/config.toml\n[build]\nrustflags = ["-Cllvm-args=-import-instr-limit=10"]',
  }),
  setting({
    ...{ name: "lto=thin", by: "replayed", lto: "thin", ltoMillis: 2400, fileBytes: 5_240_112, textBytes: 1_802_240 },
    ...{ sameOutputAs: "as built", kept: true, benchmark: run(412, "baseline", null) },
  }),
];

const REPORT: AdviseReport = {
  ...{ schema: 1, command: "advise" },
  unit: { id: "textstats-bin-01234567@2", name: "textstats (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" },
  settings: SETTINGS,
  criterion: null,
  inlining: { code: { equal: 4_210, different: 0 }, notAvailable: [] },
  failed: [
    {
      name: "opt-level=0",
      error: {
        ...{
          name: "BuildFailed",
          message: "Cargo could not build <img src=x onerror=alert(1)>.",
          output: "error: linking with `cc` failed",
        },
        help: "Leave the setting out.",
      },
    },
  ],
  bench: { command: "{} input.txt", rounds: 15, startMillis: 1.1, error: 0.01, noise: [0.996, 1.004] },
  notVaried: ["target-cpu", "panic", "debug", "profile-use", "linker"],
  warnings: ["`import-instr-limit=10` is a setting of LTO and code generation alone."],
};

function savedOf(id: string, savedAt: string, { settings, bench }: Pick<AdviseReport, "settings" | "bench">): SavedAdvice {
  const names = settings.slice(1).map(({ name }) => name);
  return {
    id,
    savedAt,
    unit: "textstats-bin-01234567@2",
    name: "textstats (bin)",
    settings: names,
    bench: bench?.command ?? null,
    inlined: false,
  };
}

const CRITERION: CriterionResults = {
  command: "{} --bench",
  benchmarks: [
    {
      id: "count/words/1000",
      noise: [0.99, 1.02],
      estimates: [
        { setting: "as built", nanos: 812.5, interval: [809, 816], verdict: "baseline", ratio: null },
        { setting: "lto=fat", nanos: 640.2, interval: [637, 644], verdict: "faster", ratio: [0.78, 0.8] },
      ],
    },
  ],
};

function viewOf(scenario: AdviceScenario): AdviceView {
  const report =
    scenario === "bench"
      ? REPORT
      : {
          ...REPORT,
          bench: null,
          criterion: scenario === "criterion" ? CRITERION : null,
          failed: [],
          settings: SETTINGS.map((one) => ({ ...one, benchmark: null })),
        };
  const earlier = { bench: null, settings: SETTINGS.slice(0, 3) };
  return {
    saved: savedOf(PLACE.id, "2026-11-22T21:16:17Z", report),
    report,
    others: [savedOf("textstats-bin-01234567@1/20261120T080000000Z-00000000", "2026-11-20T08:00:00Z", earlier)],
  };
}

export class FakeAdvice {
  /** Everything that the page has sent. */
  readonly sent: FromAdvicePage[] = [];
  readonly refused: string[] = [];
  readonly #scenario: AdviceScenario;
  readonly #connection: EditorPageConnection<AdvicePlace, OfAdvicePage, ShownAdvice>;
  #receive: (message: Message) => void = () => undefined;

  constructor(post: (message: unknown) => void, scenario: AdviceScenario) {
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

  #take(message: FromAdvicePage): void {
    this.sent.push(message);
    if (message.type !== "ready" && message.type !== "again") return;
    if (this.#scenario === "restricted") this.#connection.tell({ type: "restricted", place: PLACE });
    else if (this.#scenario === "failed") {
      const report = {
        name: "NothingToInspect",
        message: "There is no saved comparison: it was removed.",
        help: "Compare again.",
      } as const;
      this.#connection.tell({ type: "failed", place: PLACE, report });
    } else this.#connection.tell({ type: "advice", place: PLACE, view: viewOf(this.#scenario) });
  }
}
