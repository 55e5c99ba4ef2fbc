/** `npm run bench`: lists the benches, or runs the named one. */
import { ADVISE_USAGE, benchAdvise } from "./advise/main.js";
import { AT_ONCE_USAGE, atOnce } from "./at-once/main.js";
import { CALLS_USAGE, benchCalls } from "./calls/main.js";
import { EDITS_USAGE, benchEdits } from "./edits/main.js";
import { EXPLAIN_USAGE, benchExplain } from "./explain/main.js";
import { BenchFailure, endWith } from "./lib/failure.js";
import { EXTENSION_USAGE, extension } from "./extension/main.js";
import { FAULTS_USAGE, faults } from "./faults/main.js";
import { NAMES_USAGE, benchNames } from "./names/main.js";
import { benchPasses, PASSES_USAGE } from "./passes/main.js";
import { SCHEDULING_USAGE, scheduling } from "./scheduling/main.js";
import { SPEED_USAGE, speed } from "./speed/main.js";
import { VERIFY_MATRIX_USAGE, verifyMatrix } from "./verify-matrix/main.js";

interface Bench {
  readonly name: string;
  readonly what: string;
  /** Its options, for `--help`. */
  readonly usage: string;
  /** @returns the exit code */
  readonly run: (args: readonly string[], signal: AbortSignal) => Promise<number>;
}

const BENCHES: readonly Bench[] = [
  {
    name: "at-once",
    what: "what the user waits for after a build of ripgrep 13: decisions, stages, explanations",
    usage: AT_ONCE_USAGE,
    run: atOnce,
  },
  {
    name: "names",
    what: "readable names of codegen units, compared with nightly's own",
    usage: NAMES_USAGE,
    run: benchNames,
  },
  {
    name: "verify-matrix",
    what: "compares replays of examples/rust and ripgrep 13 with rustc, over build configurations and toolchains",
    usage: VERIFY_MATRIX_USAGE,
    run: verifyMatrix,
  },
  {
    name: "speed",
    what: "ripgrep 13 compared with llvm-lto2 and rustc's own LTO: threads, memory, runs from the store, cost by number of modules",
    usage: SPEED_USAGE,
    run: speed,
  },
  {
    name: "passes",
    what: "traces of passes on ripgrep 13: their cost and bytes, and the waits of the pass view",
    usage: PASSES_USAGE,
    run: benchPasses,
  },
  {
    name: "scheduling",
    what: "the order of modules on ripgrep 13 and 5,000 generated modules: real runs with 2 workers, simulated ones with up to 64",
    usage: SCHEDULING_USAGE,
    run: scheduling,
  },
  {
    name: "extension",
    what: "activation and memory, a tree of 10,000 CGUs, a stage diff of 5,000 lines, the dashboard of 1,000 modules",
    usage: EXTENSION_USAGE,
    run: extension,
  },
  {
    name: "faults",
    what: "damaged and forged files, fuzzed requests, kills of runs and captures: everything is answered, and later results are correct",
    usage: FAULTS_USAGE,
    run: faults,
  },
  {
    name: "explain",
    what: "the cost of explanations on ripgrep 13: computing and keeping key components, explaining an edit",
    usage: EXPLAIN_USAGE,
    run: benchExplain,
  },
  {
    name: "calls",
    what: "import and inline decisions on examples/rust and ripgrep 13: whether they are LLVM's, and their cost",
    usage: CALLS_USAGE,
    run: benchCalls,
  },
  {
    name: "edits",
    what: "forty edits of a fixture, hexyl and bore: whether the first cause names each",
    usage: EDITS_USAGE,
    run: benchEdits,
  },
  {
    name: "advise",
    what: "eight settings of ripgrep 13 against the sum of their builds and replays; verdicts on programs whose difference is known",
    usage: ADVISE_USAGE,
    run: benchAdvise,
  },
];

/** Whether it is an error of Node's `parseArgs` about unknown options. */
function isOptionsMistake(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

void endWith(async (signal) => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(
      `usage: npm run bench -- NAME [OPTIONS]; NAME --help lists its options\n\n${BENCHES.map((bench) => `${bench.name.padEnd(16)} ${bench.what}`).join("\n")}`,
    );
    return 0;
  }
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new BenchFailure(`There is no bench ${name}.`, "npm run bench lists them.");
  if (args.includes("--help") || args.includes("-h")) {
    console.log(bench.usage);
    return 0;
  }
  try {
    return await bench.run(args, signal);
  } catch (error) {
    if (isOptionsMistake(error)) throw new BenchFailure(error.message, bench.usage);
    throw error;
  }
});
