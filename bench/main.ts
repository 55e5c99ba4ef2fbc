/** `npm run bench`: lists the benches, or runs the one that is named. */
import { benchExplain } from "./explain/main.js";
import { BenchFailure, endWith } from "./lib/failure.js";
import { extension } from "./extension/main.js";
import { faults } from "./faults/main.js";
import { speed } from "./speed/main.js";
import { verifyMatrix } from "./verify-matrix/main.js";

interface Bench {
  readonly name: string;
  readonly what: string;
  /** @returns the exit code */
  readonly run: (args: readonly string[], signal: AbortSignal) => Promise<number>;
}

const BENCHES: readonly Bench[] = [
  {
    name: "verify-matrix",
    what: "holds replays of examples/rust and ripgrep 13 against rustc, over build configurations and toolchains (--list, --project, --toolchain, …)",
    run: verifyMatrix,
  },
  {
    name: "speed",
    what: "ripgrep 13: against llvm-lto2 and rustc's own LTO, threads, memory, runs from the store, cost against the number of modules (--help)",
    run: speed,
  },
  {
    name: "extension",
    what: "activation and memory, a tree of 10,000 CGUs, a stage diff of 5,000 lines, the dashboard of 1,000 modules (--help)",
    run: extension,
  },
  {
    name: "faults",
    what: "20,000 damaged files and 200 kills: everything is answered, and the next run is right (--help)",
    run: faults,
  },
  {
    name: "explain",
    what: "what explanations cost on ripgrep 13: taking keys apart, keeping them, explaining an edit",
    run: benchExplain,
  },
];

void endWith(async (signal) => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(`usage: npm run bench -- NAME [OPTIONS]\n\n${BENCHES.map((bench) => `${bench.name.padEnd(16)} ${bench.what}`).join("\n")}`);
    return 0;
  }
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new BenchFailure(`There is no bench ${name}.`, "npm run bench lists them.");
  return bench.run(args, signal);
});
