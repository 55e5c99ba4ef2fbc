/** What LLVM prints about imports that failed (`-print-import-failures`), compared with the engine's decisions. */
import type { Compared } from "../../../protocol/calls.js";
import type { ImportDecision, ModuleImports } from "./import-rows.js";

export const PRINTS_FAILURES = "-print-import-failures";

/** Names of `FunctionImporter::ImportFailureReason` as LLVM prints them. */
const REASONS: Readonly<Record<string, string>> = {
  "no-bitcode": "None",
  variable: "GlobalVar",
  "not-live": "NotLive",
  "too-large": "TooLarge",
  interposable: "InterposableLinkage",
  "local-elsewhere": "LocalLinkageNotInModule",
  "not-eligible": "NotEligible",
  "no-inline": "NoInline",
};

const HEADING = "Missed imports into module ";
const FAILURE = /: Reason = (\w+), Threshold = (\d+), Size = -?\d+, MaxHotness = (\w+), Attempts = (\d+)$/;

/**
 * Compares refusals module by module. LLVM names functions by numbers of its own, so the two lists are compared as such: reason, limit, hotness and attempts
 * of each entry.
 *
 * @param printed LLVM's output during the analysis
 */
export function compareFailures(printed: string, modules: readonly ModuleImports[]): Compared {
  const theirs = failuresIn(printed);
  let [equal, different] = [0, 0];
  for (const { module, decisions = [] } of modules) {
    const left = theirs.get(module) ?? [];
    const ours = decisions.filter(({ from }) => from === undefined).map(spelled);
    for (const one of ours) {
      const at = left.indexOf(one);
      if (at < 0) different += 1;
      else {
        equal += 1;
        left.splice(at, 1);
      }
    }
    different += left.length;
    theirs.delete(module);
  }
  for (const left of theirs.values()) different += left.length;
  return { equal, different };
}

function spelled({ reason, attempt, hotness, attempts }: ImportDecision): string {
  return [REASONS[reason] ?? reason, attempt?.limit ?? 0, hotness, attempts].join(" ");
}

function failuresIn(printed: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let module: string[] = [];
  for (const line of printed.split("\n")) {
    if (line.startsWith(HEADING)) {
      const name = line.slice(HEADING.length);
      module = found.get(name) ?? [];
      found.set(name, module);
    }
    const failure = FAILURE.exec(line);
    if (failure !== null) module.push(failure.slice(1).join(" "));
  }
  return found;
}
