/** Groups the modules that changed through one edit: they share a changed function, file or type, or rustc made one of their symbols internal. */
import { globalState } from "../../../protocol/keys.js";
import type { ChainStep, Difference } from "../../../protocol/explain.js";
import type { BuildComparison, Pair } from "./compare.js";
import { symbolOf, type DefinedGlobal, type IndexedModule, type KeyIndex } from "./key-index.js";
import type { WrittenChanges } from "./written.js";

/** Modules that changed together. */
export interface EditedModules {
  readonly modules: readonly Pair[];
  /** Module → how the edit of another module reaches it; symbols are between backticks. */
  readonly links: ReadonlyMap<string, readonly ChainStep[]>;
}

type Own = ReadonlyMap<string, readonly Difference[]>;
type Written = ReadonlyMap<string, WrittenChanges>;

export interface KnownChanges {
  readonly own: Own;
  readonly written: Written;
  /** An edited file contains no function that debug info knows. */
  readonly elsewhere: boolean;
}

/** @param pairs modules that exist on both sides and whose own code changed */
export function editedTogether(
  comparison: BuildComparison,
  pairs: readonly Pair[],
  { own, written, elsewhere }: KnownChanges,
): EditedModules[] {
  const groups = new Groups(pairs.map(({ name }) => name));
  for (const { name } of pairs) for (const key of sharedKeys(own.get(name) ?? [], written.get(name))) groups.add(name, key);
  const links = new Map<string, readonly ChainStep[]>();
  for (const pair of pairs) {
    const link = internalLink(comparison, pair, own, written);
    if (link === undefined) continue;
    links.set(pair.name, [link.step]);
    groups.join(link.from, pair.name);
  }
  joinTheRest(groups, pairs, written);
  if (elsewhere) joinWithoutFile(groups, written);
  return groups.all().map((names) => {
    const modules = pairs.filter(({ name }) => names.includes(name));
    // Modules with the edit itself come first.
    const ordered = [...modules.filter(({ name }) => !links.has(name)), ...modules.filter(({ name }) => links.has(name))];
    return { modules: ordered, links: new Map([...links].filter(([name]) => names.includes(name))) };
  });
}

/** A generic function has copies in several modules; code of a file or type is in several modules, too. */
function sharedKeys(own: readonly Difference[], written: WrittenChanges | undefined): string[] {
  const functions = [...own, ...(written?.functions ?? [])].filter(({ what }) => what === "function");
  return [
    ...functions.flatMap(({ symbol }) => symbol ?? []),
    ...(written?.files ?? []).map((file) => `file ${file}`),
    ...(written?.types ?? []).map(({ name }) => `type ${name}`),
  ];
}

/**
 * If debug info shows that only one group was edited, attributes changes elsewhere to that edit unless they are in an edited file: no other cause
 * is known.
 */
function joinTheRest(groups: Groups, pairs: readonly Pair[], written: Written): void {
  const edited = (name: string): boolean => {
    const changes = written.get(name);
    return changes !== undefined && changes.files.length + changes.types.length > 0;
  };
  const withEdit = groups.all().filter((names) => names.some(edited));
  const [first = []] = withEdit;
  if (withEdit.length !== 1 || !pairs.every(({ name }) => written.get(name)?.known === true)) return;
  for (const { name } of pairs) if (first[0] !== undefined) groups.join(first[0], name);
}

/** Changes in no file known to debug info are attributed to the one module that was edited elsewhere. */
function joinWithoutFile(groups: Groups, written: Written): void {
  const [first, ...others] = groups.all().filter((names) => names.every((name) => (written.get(name)?.files.length ?? 0) === 0));
  for (const [name] of others) if (first?.[0] !== undefined && name !== undefined) groups.join(first[0], name);
}

/** Sets of modules that are joined. */
class Groups {
  readonly #parent: Map<string, string>;
  readonly #byKey = new Map<string, string>();

  constructor(names: readonly string[]) {
    this.#parent = new Map(names.map((name) => [name, name]));
  }

  add(name: string, key: string): void {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, name);
    else this.join(known, name);
  }

  join(one: string, other: string): void {
    this.#parent.set(this.#root(other), this.#root(one));
  }

  all(): string[][] {
    const found = new Map<string, string[]>();
    for (const name of this.#parent.keys()) found.set(this.#root(name), [...(found.get(this.#root(name)) ?? []), name]);
    return [...found.values()];
  }

  #root(name: string): string {
    const parent = this.#parent.get(name) ?? name;
    return parent === name ? name : this.#root(parent);
  }
}

interface Link {
  readonly from: string;
  readonly step: ChainStep;
}

/**
 * rustc makes a function internal when no other codegen unit refers to it any more, and external when one begins to. LLVM's inlining before LTO then
 * changes, and so does a codegen unit whose source did not.
 */
function internalLink(comparison: BuildComparison, pair: Pair, own: Own, written: Written): Link | undefined {
  const changes = own.get(pair.name) ?? [];
  const debug = written.get(pair.name);
  if (pair.before === undefined || pair.after === undefined || (debug !== undefined && debug.files.length > 0)) return undefined;
  const { before, after } = comparison;
  return (
    linkOf(
      { pair, shown: pair.before, hidden: pair.after, there: before, gone: after, verb: ["no longer refers", "made internal"] },
      changes,
    ) ??
    linkOf({ pair, shown: pair.after, hidden: pair.before, there: after, gone: before, verb: ["now refers", "made external"] }, changes)
  );
}

interface Sides {
  readonly pair: Pair;
  /** The side on which others can refer to the symbol. */
  readonly shown: IndexedModule;
  readonly hidden: IndexedModule;
  readonly there: KeyIndex;
  readonly gone: KeyIndex;
  readonly verb: readonly [string, string];
}

function linkOf({ pair, shown, hidden, there, gone, verb }: Sides, changes: readonly Difference[]): Link | undefined {
  const local = new Set([...hidden.globals.values()].filter((global) => !isLocal(global)).map(({ symbol }) => symbol));
  for (const { symbol } of [...shown.globals.values()].filter((global) => !isLocal(global) && !local.has(global.symbol))) {
    const outside = there.users(symbol).filter((user) => there.definers(user).some(({ name }) => name !== pair.name));
    const others = gone.users(symbol).filter((user) => gone.definers(user).some(({ name }) => name !== pair.name));
    const [user] = outside;
    if (user === undefined || others.length > 0 || !changesReach(symbol, changes, [shown, hidden])) continue;
    const [from] = there.definers(user).filter(({ name }) => name !== pair.name);
    if (from === undefined) continue;
    const leads = `${verb[0]} to \`${symbol}\`, which rustc therefore ${verb[1]}`;
    return { from: from.name, step: { text: `\`${user}\` ${leads}`, symbol: user, leads } };
  }
  return undefined;
}

function isLocal({ bits }: DefinedGlobal): boolean {
  const { linkage } = globalState(bits);
  return linkage === "internal" || linkage === "private";
}

/** Whether each changed function calls the symbol, is called by it or is the symbol: then nothing else was edited in the module. */
function changesReach(symbol: string, changes: readonly Difference[], sides: readonly IndexedModule[]): boolean {
  const uses = sides.flatMap(({ globals }) =>
    [...globals.values()].flatMap((global) => global.uses.map((used) => [symbolOf(global.symbol), symbolOf(used)] as const)),
  );
  const near = (next: (edge: readonly [string, string]) => readonly [string, string]): Set<string> => {
    const found = new Set([symbolOf(symbol)]);
    for (const at of found) for (const edge of uses) if (next(edge)[0] === at) found.add(next(edge)[1]);
    return found;
  };
  const [callees, callers] = [near((edge) => edge), near(([user, used]) => [used, user])];
  const functions = changes.filter(({ what }) => what === "function");
  return functions.length > 0 && functions.every(({ symbol: changed = "" }) => callees.has(changed) || callers.has(changed));
}
