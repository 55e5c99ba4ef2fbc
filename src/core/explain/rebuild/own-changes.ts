/** Finds changes in a module's own code: functions by structural hash, so that renumbering does not count; then variables, order and metadata. */
import { counted } from "../../../protocol/words.js";
import type { FunctionInfo, FunctionsResult, GlobalInfo } from "../../../protocol/engine/ir.js";
import type { Difference } from "../../../protocol/explain.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";

/** The maximum number of rows for variables: many constants come and go, and they tell little. */
const MOST_VARIABLES = 50;

/** Most relevant first: changed bodies; functions that came, went or were renamed; variables; last, changes that no function shows. */
export function ownChanges(before: FunctionsResult, after: FunctionsResult): Difference[] {
  const functions = functionChanges(before.functions, after.functions);
  const variables = variableChanges(before.globals, after.globals);
  // Functions that use a nameless variable show its changes: their hashes contain its content.
  const named = variables.filter(({ symbol = "" }) => !isNameless(symbol));
  const telling = functions.length > 0 || named.length > 0 ? named : variables;
  const found = [...functions, ...telling.slice(0, MOST_VARIABLES)];
  if (found.length > 0) return found;
  const order = (side: FunctionsResult): string => [...side.functions, ...side.globals].map(({ name }) => name).join("\n");
  if (order(before) !== order(after)) {
    return [{ what: "order", change: "changed", name: "the order of its functions and variables" }];
  }
  return [{ what: "metadata", change: "changed", name: "module flags, metadata or debug info that no function shows" }];
}

function functionChanges(before: readonly FunctionInfo[], after: readonly FunctionInfo[]): Difference[] {
  const [old, now] = [defined(before), defined(after)];
  const changed: Difference[] = [];
  for (const [name, info] of now) {
    const left = old.get(name);
    const parts = left === undefined ? [] : differingParts(left, info);
    if (left !== undefined && parts.length > 0) changed.push(functionDifference("changed", left, info, parts));
  }
  const came = [...now.values()].filter(({ name }) => !old.has(name));
  const went = [...old.values()].filter(({ name }) => !now.has(name));
  return [...changed.sort(byParts), ...comingAndGoing(came, went)];
}

function defined<T extends { readonly name: string; readonly declaration: boolean }>(list: readonly T[]): Map<string, T> {
  return new Map(list.filter(({ declaration }) => !declaration).map((info) => [info.name, info]));
}

function differingParts(before: FunctionInfo, after: FunctionInfo): string[] {
  const parts: string[] = [];
  if (before.hash !== after.hash) parts.push("body");
  if (before.headerHash !== after.headerHash) parts.push("header");
  if (parts.length === 0 && before.textHash !== after.textHash) parts.push("metadata");
  return parts;
}

function byParts(left: Difference, right: Difference): number {
  const rank = ({ parts }: Difference): number => (parts?.includes("body") === true ? 0 : parts?.includes("header") === true ? 1 : 2);
  return rank(left) - rank(right);
}

/** Pairs functions that went with functions that came: equal code means a new name, an equal path means a new signature. */
function comingAndGoing(came: readonly FunctionInfo[], went: readonly FunctionInfo[]): Difference[] {
  const left = new Set(went);
  const take = (fits: (old: FunctionInfo) => boolean): FunctionInfo | undefined => {
    const fitting = [...left].filter(fits);
    const found = fitting.length === 1 ? fitting[0] : undefined;
    if (found !== undefined) left.delete(found);
    return found;
  };
  const found: Difference[] = [];
  const rest: FunctionInfo[] = [];
  for (const info of came) {
    const samePath = take((old) => withoutPromotionSuffix(old.demangled) === withoutPromotionSuffix(info.demangled));
    if (samePath !== undefined) found.push(functionDifference("changed", samePath, info, [...differingParts(samePath, info), "symbol"]));
    else rest.push(info);
  }
  const unique = rest.filter((info) => rest.filter(({ hash }) => hash === info.hash).length === 1);
  for (const info of rest) {
    const renamed = unique.includes(info) ? take((old) => old.hash === info.hash && old.headerHash === info.headerHash) : undefined;
    if (renamed !== undefined) found.push({ ...functionDifference("renamed", renamed, info, []), before: renamed.demangled });
    else found.push(functionDifference("came", undefined, info, []));
  }
  for (const info of left) found.push(functionDifference("went", info, undefined, []));
  const rank: readonly Difference["change"][] = ["changed", "renamed", "came", "went"];
  return found.sort((a, b) => rank.indexOf(a.change) - rank.indexOf(b.change));
}

function functionDifference(
  change: Difference["change"],
  before: FunctionInfo | undefined,
  after: FunctionInfo | undefined,
  parts: readonly string[],
): Difference {
  const shown = after ?? before;
  const source = after?.source ?? before?.source ?? null;
  return {
    what: "function",
    change,
    name: shown?.demangled ?? "",
    symbol: shown?.name ?? "",
    ...(before === undefined ? {} : { before: counted(before.instructions, "instruction") }),
    ...(after === undefined ? {} : { after: counted(after.instructions, "instruction") }),
    ...(before === undefined || after === undefined || before.name === after.name ? {} : { previousSymbol: before.name }),
    ...(parts.length === 0 ? {} : { parts }),
    ...(source === null ? {} : { source }),
  };
}

/** "anon.<hash>.<n>" (LLVM), "alloc_<hash>" (rustc), and LLVM's own lists. */
export function isNameless(symbol: string): boolean {
  return /^(?:anon\.[0-9a-f]{32}\.\d+|alloc_[0-9a-f]{32}|llvm\.(?:compiler\.)?used|vtable\.\w+)(?:\.llvm\.\d+)?$/.test(symbol);
}

/** Leaves out nameless variables that both sides have, under any name. */
function withoutTwins(list: readonly GlobalInfo[], others: readonly GlobalInfo[]): GlobalInfo[] {
  const hashes = new Set(others.filter(({ name }) => isNameless(name)).map(({ hash }) => hash));
  return list.filter(({ name, hash }) => !isNameless(name) || !hashes.has(hash));
}

function variableChanges(before: readonly GlobalInfo[], after: readonly GlobalInfo[]): Difference[] {
  const [old, now] = [defined(withoutTwins(before, after)), defined(withoutTwins(after, before))];
  const row = (change: Difference["change"], { kind, demangled, name }: GlobalInfo): Difference => {
    return { what: kind, change, name: demangled, symbol: name };
  };
  return [
    ...[...now.values()].filter(({ name, hash }) => old.has(name) && old.get(name)?.hash !== hash).map((info) => row("changed", info)),
    ...[...now.values()].filter(({ name }) => !old.has(name)).map((info) => row("came", info)),
    ...[...old.values()].filter(({ name }) => !now.has(name)).map((info) => row("went", info)),
  ];
}
