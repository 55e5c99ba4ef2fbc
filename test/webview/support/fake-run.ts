/** A run of any size, the same every time: a report like the engine's. */
import type { ModuleReport, Reason, RunManifest, RunReport, StageReport, Timing, Verdict } from "../../../src/protocol/runs.js";
import { PIPELINES, type Stage } from "../../../src/protocol/pipelines.js";

export interface FakeRunOptions {
  readonly modules: number;
  readonly threads?: number;
  readonly fidelity?: RunReport["fidelity"];
  /** The build differs from the user's own. */
  readonly deviates?: boolean;
  /** Modules on which the engine failed. */
  readonly failed?: number;
}

export interface FakeRun {
  readonly report: RunReport;
  readonly manifest: RunManifest;
}

const CRATES = [
  "textstats",
  "core",
  "std",
  "alloc",
  "serde",
  "serde_json",
  "regex_automata",
  "aho_corasick",
  "memchr",
  "clap_builder",
  "anstream",
];
const CGUS = 16;

const DETAILS: Readonly<Record<string, string>> = {
  "key-equal": "rustc had this module in its incremental cache, and its key equals the previous session's.",
  "key-equal-but-not-cached":
    "The key equals the previous session's, but rustc never caches upstream and allocator modules and compiles them every time.",
  "key-changed": "The key differs from the previous session's: the module, or something that it imports or exports, has changed.",
  "new-module": "The previous session did not have this module.",
  failed: "LLVM stopped in this module.",
};

const { stages: STAGES, optimized: OPTIMIZED } = PIPELINES.thin;

/** Reproducible numbers between 0 and 1 (xorshift32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function letters(roll: () => number, count: number, alphabet: string): string {
  return Array.from({ length: count }, () => alphabet[Math.floor(roll() * alphabet.length)] ?? "0").join("");
}

const HEX = "0123456789abcdef";

function crateOf(index: number): string {
  if (index % 3 === 0) return "textstats";
  const number = 1 + Math.floor(index / CGUS / 2);
  const name = CRATES[number % CRATES.length] ?? "core";
  return number < CRATES.length ? name : `${name}_${Math.floor(number / CRATES.length)}`;
}

export function fakeRun(options: FakeRunOptions): FakeRun {
  const roll = dice(20_261_122);
  const modules = Array.from({ length: options.modules }, (_, index) => moduleOf(roll, index, index < (options.failed ?? 0)));
  const unit = { id: "textstats-bin-09ab6f10@2", name: "textstats (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" } as const;
  const report: RunReport = {
    schema: 1,
    command: "thin",
    unit,
    llvm: {
      path: "/opt/rust/lib/libLLVM.so.22.1-rust-1.95.0-stable",
      version: "22.1.2-rust-1.95.0-stable",
      revision: "",
      matchesProducer: options.fidelity !== "other LLVM",
    },
    fidelity: options.fidelity ?? "same LLVM, not verified",
    deviations: options.deviates ? [{ setting: "incremental", build: "off", used: "on" }] : [],
    settings: {
      optLevel: "3",
      targetCpu: null,
      targetFeatures: "",
      relocationModel: "pic",
      llvmArgs: ["-generate-arange-section", "-mergefunc-use-aliases", "-import-cold-multiplier=0.1"],
      preservedSymbols: 6,
    },
    modules,
    timings: timingsOf(roll, modules, options.threads ?? 8),
    peakMemoryBytes: 612_368_384,
    warnings: options.deviates ? ["The capture is older than src/main.rs."] : [],
  };
  return { report, manifest: manifestOf(report) };
}

function moduleOf(roll: () => number, index: number, failed: boolean): ModuleReport {
  const crate = crateOf(index);
  const local = crate === "textstats";
  const name = local
    ? letters(roll, 25, "0123456789abcdefghijklmnopqrstuvwxyz")
    : `${crate}-${letters(roll, 16, HEX)}.${crate}.${letters(roll, 16, HEX)}-cgu.${index % CGUS}.rcgu.o`;
  const [verdict, reason] = decisionOf(roll, local, failed);
  const key = letters(roll, 40, "0123456789ABCDEF");
  const stages = failed ? [] : stagesOf(roll);
  return {
    name,
    origin: local ? "local" : "upstream",
    crate,
    place: local ? "workspace" : ["core", "std", "alloc"].includes(crate) ? "std" : "dependency",
    source: local ? `inputs/${name}.pre-lto.bc` : `lib${crate}.rlib(${name})`,
    bytes: stages[0]?.bytes ?? 4096,
    verdict,
    reason,
    key,
    previousKey: reason.kind === "key-changed" ? letters(roll, 40, "0123456789ABCDEF") : reason.kind === "new-module" ? null : key,
    fromStore: roll() < 0.1,
    stages,
    ...(failed
      ? {
          error: {
            name: "EngineCrashed",
            message: "The engine ended while it optimised this module (signal SIGSEGV).",
            module: name,
            stage: "thin-lto-after-pm",
            help: "Run again; if it happens again, the bitcode was written by another LLVM.",
          },
        }
      : {}),
  };
}

function decisionOf(roll: () => number, local: boolean, failed: boolean): readonly [Verdict, Reason] {
  const reason = (kind: Reason["kind"]): Reason => ({ kind, detail: DETAILS[kind] ?? kind });
  if (failed) return ["failed", reason("failed")];
  if (!local) return ["re-compiled", reason("key-equal-but-not-cached")];
  const luck = roll();
  if (luck < 0.7) return ["re-used", reason("key-equal")];
  return ["re-compiled", reason(luck < 0.9 ? "key-changed" : "new-module")];
}

function stagesOf(roll: () => number): readonly StageReport[] {
  // Most modules are small, and some are very large.
  const size = Math.round(40 * Math.exp(roll() * 6.2));
  const imported = Math.round(size * (1 + roll() * 2.2));
  const after = Math.round(imported * (0.3 + roll() * 0.6));
  // A stage that is not listed takes almost no time.
  const millis: Readonly<Record<Stage, number>> = {
    "thin-lto-input": 0.3,
    "thin-lto-after-rename": 0.1 + size / 90_000,
    "thin-lto-after-resolve": 0.02,
    "thin-lto-after-import": 0.6 + imported / 900,
    [OPTIMIZED]: 0.4 + imported / 350,
  };
  return STAGES.map(({ tag: stage, imported: hasImported }, index) => {
    const count = stage === OPTIMIZED ? after : hasImported ? imported : size;
    return {
      stage,
      file: null,
      bytes: 2400 + count * 54 + index * 8,
      instructions: count,
      functions: 1 + Math.floor(count / 22),
      millis: millis[stage] ?? 0.01,
      sameAsPrevious: index > 0 && !hasImported && roll() < 0.8,
    };
  });
}

function timingsOf(roll: () => number, modules: readonly ModuleReport[], threads: number): readonly Timing[] {
  const analysis = [
    ["LLVM_lto_generate_symbols_below_threshold", 63_000],
    ["LLVM_thin_lto_global_analysis", 57_000 + modules.length * 40],
  ] as const;
  const timings: Timing[] = [];
  let start = 18_000;
  for (const [activity, durationMicros] of analysis) {
    timings.push({ activity, argument: null, thread: 0, startMicros: start, durationMicros });
    start += durationMicros + 900;
  }
  const free = Array.from({ length: threads }, (_, thread) => start + thread * 400);
  for (const module of modules) {
    const thread = free.indexOf(Math.min(...free));
    for (const { tag, activity } of STAGES) {
      const made = module.stages.find((candidate) => candidate.stage === tag);
      if (made === undefined || activity === null) continue;
      const durationMicros = Math.max(1, Math.round(made.millis * 1000));
      const startMicros = free[thread] ?? start;
      timings.push({ activity, argument: module.name, thread, startMicros, durationMicros });
      free[thread] = startMicros + durationMicros + Math.round(roll() * 400);
    }
  }
  return timings;
}

function manifestOf({ unit, timings }: RunReport): RunManifest {
  const startedAt = "2026-11-22T18:53:07.000Z";
  const micros = Math.max(0, ...timings.slice(-200).map((timing) => timing.startMicros + timing.durationMicros));
  return {
    schema: 1,
    id: "20261122T185307-d4b5def8",
    unit,
    origin: { source: { unit: unit.id }, llvm: "auto", overrides: {}, outputBytes: 3_412_992 },
    state: "done",
    pid: 1,
    startedAt,
    finishedAt: new Date(Date.parse(startedAt) + micros / 1000 + 400).toISOString(),
    saved: {},
  };
}
