/** Where a build's changes began: modules whose own code changed, grouped by the functions that changed in them, and modules that came or went. */
import type { Cause, CauseKind, Difference } from "../../protocol/explain.js";
import type { Comparison, Pair } from "./compare.js";
import { symbolOf } from "./key-index.js";
import { editedTogether, type EditedModules } from "./one-edit.js";
import { isUsers, type WrittenChanges } from "./written.js";

/** The beginnings of a cause, before it is known what they reach. */
export interface Root {
  readonly id: string;
  readonly kind: CauseKind;
  readonly title: string;
  readonly crates: readonly string[];
  readonly changes: readonly Difference[];
  readonly modules: readonly string[];
  /** Module → how the edit of another one of {@link modules} reaches it. */
  readonly links?: ReadonlyMap<string, readonly string[]>;
  /** Files that were edited are known. */
  readonly edited?: boolean;
  readonly note?: string;
}

/** How many rows a cause shows of what changed. */
const MOST_CHANGES = 100;

/** Names that a title spells out. */
const MOST_NAMES = 2;

/** Module → what changed in its own code. */
export type OwnChanges = ReadonlyMap<string, readonly Difference[]>;

/** The roots of a comparison in which settings and LLVM are the same. */
export function codeRoots(
  comparison: Comparison,
  own: OwnChanges,
  written: ReadonlyMap<string, WrittenChanges> = new Map(),
  workspace = "",
): Root[] {
  const pairs = [...comparison.pairs.values()];
  const both = pairs.filter((pair) => pair.own && pair.before !== undefined && pair.after !== undefined);
  const edits = editedTogether(comparison, both, own, written);
  const roots = edits.map((edit, index) => changedRoot(edit, { own, written, workspace }, `code-${index + 1}`));
  return withMoved(roots, [
    ...moved(
      "new-module",
      pairs.filter(({ before }) => before === undefined),
    ),
    ...moved(
      "gone-module",
      pairs.filter(({ after }) => after === undefined),
    ),
  ]);
}

/** Codegen units come and go with the functions in them: where one edit is all that is known of a crate, it is what moved them. */
function withMoved(roots: readonly Root[], units: readonly Root[]): Root[] {
  const [edit] = roots;
  if (edit === undefined || roots.length > 1 || !edit.edited) return [...roots, ...units];
  const its = units.filter(({ crates }) => crates.every((crate) => edit.crates.includes(crate)));
  const joined = { ...edit, modules: [...edit.modules, ...its.flatMap(({ modules }) => modules)] };
  return [joined, ...units.filter((unit) => !its.includes(unit))];
}

interface Known {
  readonly own: OwnChanges;
  readonly written: ReadonlyMap<string, WrittenChanges>;
  /** Files below it are named relative to it. */
  readonly workspace: string;
}

function changedRoot({ modules, links }: EditedModules, { own, written, workspace }: Known, id: string): Root {
  const crates = cratesOf(modules);
  // What follows from the edit of another module is not what was edited.
  const edited = modules.filter(({ name }) => !links.has(name));
  const debug = edited.flatMap(({ name }) => written.get(name) ?? []);
  const code = usersFirst(callersLast(distinct(edited.flatMap(({ name }) => own.get(name) ?? [])), modules));
  const after = modules.filter(({ name }) => links.has(name)).flatMap(({ name }) => own.get(name) ?? []);
  const types = distinct(debug.flatMap((changes) => changes.types));
  const functions = distinct(debug.flatMap((changes) => changes.functions));
  const files = [...new Set(debug.flatMap((changes) => changes.files))].map((file) => relativeTo(workspace, file));
  const named =
    types.length > 0 ? types : functions.length > 0 ? [...functions, ...code.filter(({ change }) => change !== "changed")] : code;
  const fileRows = files.map((name): Difference => ({ what: "file", change: "changed", name }));
  const known = debug.length > 0 && debug.every((changes) => changes.known);
  return {
    id,
    kind: "code-changed",
    title: editTitle(files, titleOf(distinct(named), crates)),
    crates,
    changes: distinct([...types, ...functions, ...fileRows, ...code, ...after]).slice(0, MOST_CHANGES),
    modules: modules.map(({ name }) => name),
    links,
    edited: files.length > 0,
    ...noteOf(known, files, code),
  };
}

function editTitle(files: readonly string[], changed: string): string {
  if (files.length === 0) return changed;
  const shown = files.slice(0, MOST_NAMES).map(quoted).join(" and ");
  const more = files.length - MOST_NAMES;
  return `${shown}${more > 0 ? ` and ${more} more files` : ""} ${files.length === 1 ? "was" : "were"} edited: ${changed}`;
}

/** What a reader has to know of how far the title can be trusted. */
function noteOf(known: boolean, files: readonly string[], code: readonly Difference[]): { note?: string } {
  if (!code.some(({ what, parts }) => what === "function" && parts?.includes("body") === true)) return {};
  if (!known) {
    return {
      note: 'There is no debug info: what was edited may be a function that was copied into one of these before LTO. Set `debug = "line-tables-only"` in the profile to see which.',
    };
  }
  return files.length > 0
    ? {}
    : {
        note: "No file in which these functions were written changed: what they use from elsewhere did (a constant, a type or a macro of another file, a dependency or a setting).",
      };
}

function relativeTo(workspace: string, file: string): string {
  return workspace !== "" && file.startsWith(`${workspace}/`) ? file.slice(workspace.length + 1) : file;
}

function cratesOf(modules: readonly Pair[]): string[] {
  return [...new Set(modules.flatMap(({ before, after }) => (after ?? before)?.stored.crate ?? []))];
}

function distinct(changes: readonly Difference[]): Difference[] {
  return [...new Map(changes.map((change) => [`${change.what} ${change.change} ${change.symbol ?? change.name}`, change])).values()];
}

/**
 * A function whose callee changed may have changed only because the callee was copied into it before LTO, or has another name: what others call comes
 * first.
 */
function callersLast(changes: readonly Difference[], modules: readonly Pair[]): Difference[] {
  const code = changes.filter(isCode);
  const symbols = new Set(code.map(({ symbol }) => symbol ?? ""));
  const calls = new Map<string, readonly string[]>();
  for (const global of modules.flatMap(({ before, after }) => [...(before?.globals.values() ?? []), ...(after?.globals.values() ?? [])])) {
    const symbol = symbolOf(global.symbol);
    if (!symbols.has(symbol)) continue;
    const uses = global.uses.map(symbolOf).filter((used) => used !== symbol && symbols.has(used));
    calls.set(symbol, [...(calls.get(symbol) ?? []), ...uses]);
  }
  const depth = (symbol: string, seen: readonly string[]): number => {
    const next = (calls.get(symbol) ?? []).filter((callee) => !seen.includes(callee));
    return next.length === 0 || seen.length > 8 ? 0 : 1 + Math.max(...next.map((callee) => depth(callee, [...seen, callee])));
  };
  const depths = new Map([...symbols].map((symbol) => [symbol, depth(symbol, [symbol])]));
  const rank = ({ symbol }: Difference): number => depths.get(symbol ?? "") ?? 0;
  return [...code.sort((left, right) => rank(left) - rank(right)), ...changes.filter((change) => !isCode(change))];
}

/** What was written in the standard library or in a downloaded dependency changed with what was edited. */
function usersFirst(changes: readonly Difference[]): Difference[] {
  const foreign = ({ source }: Difference): boolean => source !== undefined && !isUsers(source.file);
  return [...changes.filter((change) => !foreign(change)), ...changes.filter(foreign)];
}

/** A body that changed, a function that came or has another name. Those that went stand last: something else called them. */
function isCode({ what, change, parts }: Difference): boolean {
  return what === "function" && (change === "renamed" || change === "came" || parts?.includes("body") === true);
}

/** "`a` came and `b` changed in crate `c`" */
export function titleOf(changes: readonly Difference[], crates: readonly string[]): string {
  const [first] = changes;
  const where = crates.length === 0 ? "" : ` in ${crates.length === 1 ? "crate" : "crates"} ${crates.map(quoted).join(", ")}`;
  if (first === undefined) return `The code${where} changed`;
  if (first.what === "order" || first.what === "metadata") return `${capital(first.name)}${where} changed`;
  const alike = distinctNames(changes.filter(({ what }) => (what === "function") === (first.what === "function")));
  const shown = alike.slice(0, MOST_NAMES);
  const more = alike.length - shown.length;
  const same = shown.every((change) => verbOf(change) === verbOf(first) && change.change !== "renamed");
  const listed = same
    ? `${shown.map(({ name }) => quoted(name)).join(" and ")}${where} ${verbOf(first)}`
    : `${shown.map(clause).join(" and ")}${where}`;
  return more > 0 ? `${listed}, and ${more} more` : listed;
}

function distinctNames(changes: readonly Difference[]): Difference[] {
  return [...new Map(changes.map((change) => [`${change.name} ${change.change}`, change])).values()];
}

function clause(change: Difference): string {
  if (change.change === "renamed") return `${quoted(change.before ?? "")} became ${quoted(change.name)}`;
  return `${quoted(change.name)} ${verbOf(change)}`;
}

function verbOf(change: Difference): string {
  const verb = { came: "came", went: "went", changed: "changed", renamed: "was renamed", "source-changed": "changed" }[change.change];
  return `${verb}${partOf(change)}`;
}

/** What of a function changed, where it is not its body. */
function partOf({ what, change, parts = [] }: Difference): string {
  if (what !== "function" || change !== "changed" || parts.includes("body")) return "";
  return parts.includes("header")
    ? " (linkage, visibility or attributes)"
    : parts.includes("symbol")
      ? " (its symbol)"
      : " (debug info or metadata only)";
}

export function quoted(name: string): string {
  return `\`${name}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Modules that came or went, a crate's together. */
function moved(kind: "new-module" | "gone-module", pairs: readonly Pair[]): Root[] {
  const crates = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const crate = (pair.after ?? pair.before)?.stored.crate ?? "";
    crates.set(crate, [...(crates.get(crate) ?? []), pair]);
  }
  return [...crates].map(([crate, modules]) => {
    const [count, noun] = [modules.length, modules.length === 1 ? "codegen unit" : "codegen units"];
    const verb = kind === "new-module" ? (count === 1 ? "is new" : "are new") : count === 1 ? "has gone" : "have gone";
    return {
      id: `${kind}-${crate}`,
      kind,
      title: `${count} ${noun} of crate ${quoted(crate)} ${verb}`,
      crates: [crate],
      changes: [],
      modules: modules.map(({ name }) => name),
    };
  });
}

/** The words behind a cause's title: whom it made rustc compile anew. */
export function effectOf(kind: CauseKind, { itself, importers, others }: Pick<Cause, "itself" | "importers" | "others">): string {
  const ofCode = kind === "code-changed" || kind === "new-module" || kind === "gone-module";
  const own =
    itself.length === 0
      ? ""
      : `${modules(itself.length)} re-compiled${ofCode ? ` for ${itself.length === 1 ? "itself" : "themselves"}` : ""}`;
  const importing = importers.length === 1 ? "it imports" : "they import";
  const parts = [
    own,
    importers.length === 0 ? "" : `${importers.length} because ${importing} from ${itself.length > 1 ? "them" : "it"}`,
    others.length === 0 ? "" : `${others.length} that ${others.length === 1 ? "depends" : "depend"} on it otherwise`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function modules(count: number): string {
  return `${count} module${count === 1 ? "" : "s"}`;
}
