/** What would change a decision: only what follows from LLVM's and rustc's rules. */
import type { ImportLimits } from "../../../protocol/engine/calls.js";
import type { InlineDecision } from "./inline-decision.js";
import type { ImportAttempt, ImportDecision } from "./import-rows.js";

/** Whose attributes nobody who reads this can change. */
const STANDARD = /^(?:<*)(?:core|alloc|std|compiler_builtins|hashbrown|addr2line|gimli|miniz_oxide|rustc_demangle)::/;

/** A method of a type of the language is the standard library's, unless it is of another crate's trait: "<str as core::fmt::Debug>::fmt". */
const OF_LANGUAGE_TYPE = /^<+(?:&|mut |dyn |\*const |\*mut )*(?:(?!dyn |mut )[a-z]\w*(?!\w*::)|[[(!])/;
const OTHER_TRAIT = / as (?!core::|alloc::|std::)\w+::/;

function canBeEdited(name: string): boolean {
  if (!name.includes("::") || STANDARD.test(name)) return false;
  return !OF_LANGUAGE_TYPE.test(name) || OTHER_TRAIT.test(name);
}

/** @param name the readable name of the symbol */
export function importHelp(decision: ImportDecision, name: string, limits: ImportLimits): string[] {
  if (decision.reason === "too-large") return [...limitHelp(decision, limits), ...sizeHelp(name)];
  if (decision.reason === "no-inline" && canBeEdited(name)) return [`Without \`#[inline(never)]\` on \`${name}\`, it could be imported.`];
  return [];
}

function sizeHelp(name: string): string[] {
  if (!canBeEdited(name)) return [];
  return [
    `\`#[inline]\` on \`${name}\` makes rustc compile a copy into each crate that calls it, which needs no import.`,
    `\`#[inline(always)]\` does the same, and its cost does not count.`,
  ];
}

/** The smallest `-import-instr-limit` that would do, if no profile changes limits on the way. */
function limitHelp({ size, attempt }: ImportDecision, limits: ImportLimits): string[] {
  if (size === null || attempt === undefined || !wayOf(attempt).every(({ hotness }) => hotness === "unknown" || hotness === "none")) {
    return [];
  }
  const limit = smallestLimit(size, attempt.level, limits.evolution);
  return limit === undefined
    ? []
    : [`The smallest limit that it fits into is \`-C llvm-args=-import-instr-limit=${limit}\`; others up to that size are imported too.`];
}

/** The attempts that lead to one, the module's own first. */
export function wayOf(attempt: ImportAttempt): ImportAttempt[] {
  return [...(attempt.parent === undefined ? [] : wayOf(attempt.parent)), attempt];
}

/** LLVM multiplies in single precision and drops the fraction at every level. */
export function decayed(limit: number, level: number, factor: number): number {
  let left = limit;
  for (let at = 0; at < level; at++) left = Math.trunc(Math.fround(Math.fround(left) * Math.fround(factor)));
  return left;
}

function smallestLimit(size: number, level: number, factor: number): number | undefined {
  if (!(factor > 0)) return level === 0 ? size : undefined;
  for (let limit = Math.max(size, Math.floor(size / factor ** level) - level - 1); limit < 1e7; limit++) {
    if (decayed(limit, level, factor) >= size) return limit;
  }
  return undefined;
}

/** A call that was not inlined. */
export function inlineHelp({ remark, reason, callee, cost, threshold }: InlineDecision, nameOf: (symbol: string) => string): string[] {
  if (callee === null) return [];
  const name = nameOf(callee);
  if (!canBeEdited(name)) return [];
  if (reason === "noinline function attribute") return [`Without \`#[inline(never)]\` on \`${name}\`, its cost would decide.`];
  if (remark === "TooCostly" && cost !== null && threshold !== null) {
    return [`With \`#[inline(always)]\` on \`${name}\`, its cost does not count.`];
  }
  if (reason === "conflicting attributes") {
    return ["LLVM inlines a function only into one that has all of its target features: see `#[target_feature]` and `-C target-feature`."];
  }
  return [];
}
