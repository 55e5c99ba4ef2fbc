/** Import decisions as the engine packs them, in a form to work with. */
import type { DecidedImports, ImportDecisionsResult, ImportLimits } from "../../../protocol/engine/calls.js";
import type { PackedNumbers } from "../../../protocol/engine/packed-numbers.js";
import type { Hotness, ImportReason } from "../../../protocol/calls.js";
import { PackedReader } from "../../base/packed-numbers.js";
import type { OpenUnit } from "../../replay/open.js";
import { symbolOf } from "../rebuild/key-index.js";

/** Modules per message: no message between processes may be unbounded in size. */
const MODULES_AT_ONCE = 64;

const NOBODY: readonly string[] = [];

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
  const modules = parts.flatMap((part) => unpackedPart(part, names));
  return { limits: parts[0]?.limits ?? null, modules };
}

/** @param modules names, in the order of the analysis */
function unpackedPart(part: ImportDecisionsResult, modules: readonly string[]): ModuleImports[] {
  const symbols = part.symbols.map(symbolOf);
  return part.modules.map(({ name, entries, decided }) => ({
    module: name,
    entries,
    decisions: decided === null ? undefined : unpacked(decided, symbols, modules),
  }));
}

function unpacked(decided: DecidedImports, symbols: readonly string[], modules: readonly string[]): ImportDecision[] {
  const attempts = attemptsOf(decided.attempts, symbols);
  const decisions: ImportDecision[] = [];
  const numbers = new PackedReader(decided.decisions);
  while (!numbers.ended) {
    const symbol = symbols[numbers.next()] ?? "";
    const from = modules[numbers.next()];
    const refusal = REFUSALS[numbers.next()] ?? "not-eligible";
    numbers.next(); // whether anybody has a summary of it
    const size = numbers.next();
    const always = numbers.next() === 1;
    const decisive = attempts[numbers.next()];
    const imported = decisive === undefined ? "referenced" : always && size > decisive.limit ? "always-inline" : "within-limit";
    decisions.push({
      symbol,
      from,
      reason: from === undefined ? refusal : imported,
      size: size < 0 ? null : size,
      attempt: decisive,
      attempts: numbers.next(),
      hotness: HOTNESS[numbers.next()] ?? "unknown",
      callers: callersOf(numbers, symbols),
    });
  }
  return decisions;
}

function callersOf(numbers: PackedReader, symbols: readonly string[]): readonly string[] {
  const count = numbers.next();
  if (count === 0) return NOBODY;
  const callers: string[] = [];
  while (callers.length < count) callers.push(symbols[numbers.next()] ?? "");
  return callers;
}

function attemptsOf(packed: PackedNumbers, symbols: readonly string[]): ImportAttempt[] {
  const attempts: ImportAttempt[] = [];
  const numbers = new PackedReader(packed);
  while (!numbers.ended) {
    attempts.push({
      caller: symbols[numbers.next()] ?? "",
      callee: symbols[numbers.next()] ?? "",
      limit: numbers.next(),
      level: numbers.next(),
      parent: attempts[numbers.next()],
      hotness: HOTNESS[numbers.next()] ?? "unknown",
    });
  }
  return attempts;
}
