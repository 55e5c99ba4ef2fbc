/** Variations of a run. */
import type { FakeExtension } from "../support/fake-extension.js";
import { fakeFatRun } from "../support/fake-fat-run.js";
import type { FakeRun, FakeRunOptions } from "../support/fake-run.js";

const LOST = {
  name: "Internal",
  message: "The server exited before it answered.",
  help: "Try again; if it happens again, see the log (LTO: Show Log).",
} as const;

const NOT_LINKED =
  "textstats (bin) was not linked: its build failed during or after LTO (error: linking with `cc` failed: exit status: 1; undefined symbol: missing).";

/** @param make makes a run of a given size */
export function prepare(extension: FakeExtension, scenario: string, make: (options: Partial<FakeRunOptions>) => FakeRun): void {
  switch (scenario) {
    case "empty":
      extension.use(null);
      break;
    case "no-cargo":
    case "restricted":
      extension.use(null);
      extension.because = scenario;
      break;
    case "fat":
      extension.use(fakeFatRun(84));
      break;
    case "verified":
      extension.use(make({ fidelity: "verified" }));
      break;
    case "deviates":
      extension.use(make({ fidelity: "other LLVM", deviates: true, failed: 3 }), {
        warnings: { total: 3, shown: ["The capture is older than src/main.rs.", "3 modules were written by another LLVM (21.1.8)."] },
      });
      break;
    case "not-linked":
      extension.use(make({}), { notLinked: NOT_LINKED, outputBytes: null });
      break;
    case "died": {
      const none = { modules: 0, reused: 0, recompiled: 0, failed: 0, fromStore: 0, groups: {} };
      const error = {
        name: "EngineCrashed",
        message: "The engine ended while it made the index of all modules.",
        help: "Run again.",
      } as const;
      extension.use(make({}), { state: "died", hasReport: false, counts: none, error, millis: null });
      break;
    }
    case "failing":
      extension.use(make({}));
      for (const name of ["modules", "timeline", "stageTotals"] as const) extension.failing.set(name, LOST);
      break;
    default:
      extension.use(make({}));
  }
}
