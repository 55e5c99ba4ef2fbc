/** Changes between two stages of a module, function by function. The engine's hashes decide; no text is printed. */
import type { FunctionInfo, FunctionsResult, GlobalInfo } from "../../protocol/engine/ir.js";
import type { FunctionChange, FunctionPart, FunctionSide, GlobalChange, StageChanges } from "../../protocol/ir.js";

export interface PairedItems<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Compares two stages. A function that ThinLTO promoted (`.llvm.<n>`) is the same function under another name. */
export function stageChanges(before: FunctionsResult, after: FunctionsResult): StageChanges {
  const functions = pairUp(before.functions, after.functions);
  const changes: FunctionChange[] = [];
  let unchanged = 0;
  const declarations = { added: 0, removed: 0, changed: 0 };
  for (const pair of functions) {
    const change = functionChange(pair);
    if (change !== undefined) changes.push(change);
    else if (pair.before?.declaration === false && pair.after?.declaration === false) unchanged += 1;
    else if (pair.before === undefined) declarations.added += 1;
    else if (pair.after === undefined) declarations.removed += 1;
    else if (pair.before.headerHash !== pair.after.headerHash || pair.before.name !== pair.after.name) declarations.changed += 1;
  }
  return {
    functions: changes.sort(byWeight),
    unchanged,
    globals: pairUp(before.globals, after.globals).flatMap((pair) => globalChange(pair) ?? []),
    declarations,
    instructions: { before: total(before.functions), after: total(after.functions) },
  };
}

/** A symbol without ThinLTO's promotion suffix. */
export function withoutPromotionSuffix(symbol: string): string {
  return symbol.replace(/\.llvm\.\d+$/, "");
}

/** Pairs by name, then the rest by the name without promotion suffix if that is unique. In the order of before, then of after. */
export function pairUp<T extends { readonly name: string }>(before: readonly T[], after: readonly T[]): PairedItems<T>[] {
  const later = new Map(after.map((item) => [item.name, item]));
  const earlier = new Set(before.map((item) => item.name));
  const newStems = uniqueStems(after.filter((item) => !earlier.has(item.name)));
  const goneStems = uniqueStems(before.filter((item) => !later.has(item.name)));
  const pairs: PairedItems<T>[] = [];
  const paired = new Set<T>();
  for (const item of before) {
    const stem = withoutPromotionSuffix(item.name);
    const partner = later.get(item.name) ?? (goneStems.get(stem) === item ? newStems.get(stem) : undefined);
    if (partner !== undefined) paired.add(partner);
    pairs.push({ before: item, after: partner });
  }
  for (const item of after) if (!paired.has(item)) pairs.push({ before: undefined, after: item });
  return pairs;
}

/** Stem → the only item with it. */
function uniqueStems<T extends { readonly name: string }>(items: readonly T[]): Map<string, T | undefined> {
  const stems = new Map<string, T | undefined>();
  for (const item of items) {
    const stem = withoutPromotionSuffix(item.name);
    if (stem !== "") stems.set(stem, stems.has(stem) ? undefined : item);
  }
  return stems;
}

function functionChange({ before, after }: PairedItems<FunctionInfo>): FunctionChange | undefined {
  const [left, right] = [sideOf(before), sideOf(after)];
  const shown = after ?? before;
  if (shown === undefined || (left === null && right === null)) return undefined;
  const parts = before !== undefined && after !== undefined && left !== null && right !== null ? differingParts(before, after) : [];
  if (left !== null && right !== null && parts.length === 0) return undefined;
  const change = left === null ? "added" : right === null ? "removed" : "changed";
  return { name: shown.name, demangled: shown.demangled, change, before: left, after: right, parts };
}

/** Only a definition counts as a side. */
function sideOf(info: FunctionInfo | undefined): FunctionSide | null {
  return info === undefined || info.declaration ? null : { name: info.name, linkage: info.linkage, instructions: info.instructions };
}

function differingParts(before: FunctionInfo, after: FunctionInfo): FunctionPart[] {
  const parts: FunctionPart[] = [];
  if (before.name !== after.name) parts.push("name");
  if (before.hash !== after.hash) parts.push("body");
  if (before.headerHash !== after.headerHash) parts.push("header");
  if (before.textHash !== after.textHash && before.hash === after.hash && before.headerHash === after.headerHash) parts.push("metadata");
  return parts;
}

function globalChange({ before, after }: PairedItems<GlobalInfo>): GlobalChange | undefined {
  const shown = after ?? before;
  const [left, right] = [stateOf(before), stateOf(after)];
  if (shown === undefined || (left === right && before?.name === after?.name && before?.hash === after?.hash)) return undefined;
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return { name: shown.name, demangled: shown.demangled, kind: shown.kind, change, before: left, after: right };
}

function stateOf(info: GlobalInfo | undefined): string | null {
  return info === undefined ? null : `${info.linkage}${info.declaration ? ", declared" : ""}`;
}

function total(functions: readonly FunctionInfo[]): number {
  return functions.reduce((sum, info) => sum + info.instructions, 0);
}

/** Functions that changed first, imported copies that were removed last; within each, the largest change first. */
function byWeight(left: FunctionChange, right: FunctionChange): number {
  const ranks = rank(left) - rank(right);
  const difference = ranks === 0 ? weight(right) - weight(left) : ranks;
  if (difference !== 0) return difference;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

const COPY = "available_externally";

function rank({ change, before, after }: FunctionChange): number {
  if (change === "changed") return 0;
  if (change === "added") return after?.linkage === COPY ? 3 : 1;
  return before?.linkage === COPY ? 4 : 2;
}

function weight(change: FunctionChange): number {
  return Math.abs((change.after?.instructions ?? 0) - (change.before?.instructions ?? 0));
}
