/** Import decisions as the engine packs them, in a form to work with. */
import type { ImportDecisionsResult, ImportLimits, ImportsOfModule } from "../../../protocol/engine/calls.js";
import type { Hotness, ImportReason } from "../../../protocol/calls.js";
import type { OpenUnit } from "../../replay/open.js";
import { symbolOf } from "../rebuild/key-index.js";

/** Modules per message: no message between processes may be unbounded in size. */
const MODULES_AT_ONCE = 64;

/** `CalleeInfo::HotnessType` of LLVM, in its order. */
const HOTNESS: readonly Hotness[] = ["unknown", "cold", "none", "hot", "critical"];

/** `FunctionImporter::ImportFailureReason` of LLVM, in its order. "None": there was no copy to look at. */
const REFUSALS: readonly ImportReason[] = [
  "no-bitcode",
  "variable",
  "not-live",
  "too-large",
  "interposable",
  "local-elsewhere",
  "not-eligible",
  "no-inline",
];

export interface ImportAttempt {
  /** Symbols. */
  readonly caller: string;
  readonly callee: string;
  readonly limit: number;
  readonly level: number;
  readonly hotness: Hotness;
  readonly parent: ImportAttempt | undefined;
}

export interface ImportDecision {
  readonly symbol: string;
  /** undefined: refused. */
  readonly from: string | undefined;
  readonly reason: ImportReason;
  readonly size: number | null;
  /** undefined: a variable. */
  readonly attempt: ImportAttempt | undefined;
  readonly attempts: number;
  readonly hotness: Hotness;
  readonly callers: readonly string[];
}

export interface ModuleImports {
  readonly module: string;
  readonly entries: number;
  /** undefined: LLVM decided by other rules. */
  readonly decisions: readonly ImportDecision[] | undefined;
}

/** What a unit's modules import, and why. @throws LtoError Cancelled, EngineCrashed, EngineFailed */
export async function importsOf(
  { analyzed }: OpenUnit,
  signal?: AbortSignal,
): Promise<{ readonly limits: ImportLimits | null; readonly modules: readonly ModuleImports[] }> {
  const names = analyzed.result.modules.map(({ name }) => name);
  const firsts = Array.from({ length: Math.ceil(names.length / MODULES_AT_ONCE) }, (_, part) => part * MODULES_AT_ONCE);
  // The engine answers several requests at a time.
  const parts = await Promise.all(firsts.map((first) => analyzed.importDecisions(first, MODULES_AT_ONCE, signal)));
  const modules = parts.flatMap((part) => part.modules.map((module) => unpacked(module, part, names)));
  return { limits: parts[0]?.limits ?? null, modules };
}

function unpacked(
  { name, entries, decided }: ImportsOfModule,
  { symbols }: ImportDecisionsResult,
  modules: readonly string[],
): ModuleImports {
  if (decided === null) return { module: name, entries, decisions: undefined };
  const symbol = (number: number | undefined): string => symbolOf(symbols[number ?? -1] ?? "");
  const attempts: ImportAttempt[] = [];
  for (const [caller, callee, limit = 0, level = 0, parent = -1, hotness = 0] of decided.attempts) {
    const how = HOTNESS[hotness] ?? "unknown";
    attempts.push({ caller: symbol(caller), callee: symbol(callee), limit, level, parent: attempts[parent], hotness: how });
  }
  const decisions = decided.decisions.map((row): ImportDecision => {
    const [number, from = -1, refusal = 0, , size = -1, always, attempt = -1, tries = 0, hotness = 0, ...callers] = row;
    const decisive = attempts[attempt];
    const imported = decisive === undefined ? "referenced" : always === 1 && size > decisive.limit ? "always-inline" : "within-limit";
    return {
      symbol: symbol(number),
      from: modules[from],
      reason: from < 0 ? (REFUSALS[refusal] ?? "not-eligible") : imported,
      size: size < 0 ? null : size,
      attempt: decisive,
      attempts: tries,
      hotness: HOTNESS[hotness] ?? "unknown",
      callers: callers.map(symbol),
    };
  });
  return { module: name, entries, decisions };
}
