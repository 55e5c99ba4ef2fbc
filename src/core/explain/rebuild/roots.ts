/** The origins of a build's changes: modules whose own code changed, grouped by changed functions, and modules that came or went. */
import type { Cause, CauseKind, ChainStep, Difference } from "../../../protocol/explain.js";
import { isUsers } from "../../base/source-owner.js";
import type { BuildComparison, Pair } from "./compare.js";
import { symbolOf } from "./key-index.js";
import { editedTogether, type EditedModules } from "./one-edit.js";
import { NO_SOURCES, type SourceEdits } from "./source-edits.js";
import { editBrief, editTitle, relativeTo, type EditShown } from "./edit-title.js";
import { distinct, quoted } from "./titles.js";
import type { WrittenChanges } from "./written.js";

/** The origin of a cause, before its effects are known. */
export interface Root {
  readonly id: string;
  readonly kind: CauseKind;
  readonly title: string;
  readonly brief: string;
  readonly crates: readonly string[];
  readonly changes: readonly Difference[];
  readonly modules: readonly string[];
  /** Module → how the edit of another of {@link modules} reaches it. */
  readonly links?: ReadonlyMap<string, readonly ChainStep[]>;
  /** The edited files are known. */
  readonly edited?: boolean;
  /** They are known, and all of them are the user's. */
  readonly byEdit?: boolean;
  readonly note?: string;
}

/** The maximum number of changes that a cause lists. */
const MOST_CHANGES = 100;

/** Module → what changed in its own code. */
export type OwnChanges = ReadonlyMap<string, readonly Difference[]>;

/** The roots of a comparison in which settings and LLVM are the same. */
export function codeRoots(
  comparison: BuildComparison,
  own: OwnChanges,
  known: KnownEdits = { written: new Map(), sources: NO_SOURCES, workspace: "" },
): Root[] {
  const pairs = [...comparison.pairs.values()];
  const both = pairs.filter((pair) => pair.own && pair.before !== undefined && pair.after !== undefined);
  const elsewhere = filesElsewhere(known);
  const edits = editedTogether(comparison, both, { own, written: known.written, elsewhere: elsewhere.length > 0 });
  const roots = edits.map((edit, index) => changedRoot(edit, { ...known, own, elsewhere, alone: edits.length === 1 }, `code-${index + 1}`));
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

/** Codegen units come and go with the functions in them: if a crate has exactly one known edit, that edit moved them. */
function withMoved(roots: readonly Root[], units: readonly Root[]): Root[] {
  const [edit] = roots;
  if (edit === undefined || roots.length > 1 || !edit.edited) return [...roots, ...units];
  const its = units.filter(({ crates }) => crates.every((crate) => edit.crates.includes(crate)));
  const joined = { ...edit, modules: [...edit.modules, ...its.flatMap(({ modules }) => modules)] };
  return [joined, ...units.filter((unit) => !its.includes(unit))];
}

/** Information about an edit from debug info and stored sources. */
export interface KnownEdits {
  readonly written: ReadonlyMap<string, WrittenChanges>;
  readonly sources: SourceEdits;
  /** Files below it are named relative to it. */
  readonly workspace: string;
}

interface Known extends KnownEdits {
  readonly own: OwnChanges;
  readonly elsewhere: readonly string[];
  /** No other root changed. */
  readonly alone: boolean;
}

/** Edited files without functions known to debug info (constants, types and macros); all edited files if there is no debug info. */
function filesElsewhere({ written, sources }: KnownEdits): string[] {
  const there = new Set([...written.values()].flatMap(({ files }) => files));
  return [...sources.edited].filter(([file, items]) => items.length > 0 && !there.has(file)).map(([file]) => file);
}

function changedRoot({ modules, links }: EditedModules, known: Known, id: string): Root {
  const { own, written, sources, workspace } = known;
  const crates = cratesOf(modules);
  // Consequences of an edit in another module are not edits.
  const edited = modules.filter(({ name }) => !links.has(name));
  const debug = edited.flatMap(({ name }) => written.get(name) ?? []);
  const code = usersFirst(callersLast(distinct(edited.flatMap(({ name }) => own.get(name) ?? [])), modules));
  const after = modules.filter(({ name }) => links.has(name)).flatMap(({ name }) => own.get(name) ?? []);
  const types = distinct(debug.flatMap((changes) => changes.types));
  const functions = distinct(debug.flatMap((changes) => changes.functions));
  const shown = debug.flatMap((changes) => changes.files);
  const files = [...new Set([...shown, ...(shown.length === 0 || known.alone ? known.elsewhere : [])])];
  const edit: EditShown = { files, types, functions, code, crates, sources, workspace };
  const byEdit = files.length > 0 && files.every(isUsers);
  const fileRows = files.map((file): Difference => ({ what: "file", change: "changed", name: relativeTo(workspace, file) }));
  return {
    id,
    kind: "code-changed",
    title: editTitle(edit),
    brief: `${byEdit ? "edit" : "change"} of ${editBrief(edit)}`,
    crates,
    changes: distinct([...types, ...functions, ...fileRows, ...code, ...after]).slice(0, MOST_CHANGES),
    modules: modules.map(({ name }) => name),
    links,
    edited: files.length > 0,
    byEdit,
    ...noteOf(debug.length > 0 && debug.every((changes) => changes.known), files, code),
  };
}

/** Tells the reader how reliable the title is. */
function noteOf(known: boolean, files: readonly string[], code: readonly Difference[]): { note?: string } {
  if (!code.some(({ what, parts }) => what === "function" && parts?.includes("body") === true)) return {};
  if (!known) {
    return {
      note: 'There is no debug info: the edited function may have been copied into one of these before LTO. Set `debug = "line-tables-only"` in the profile to see which.',
    };
  }
  return files.length > 0
    ? {}
    : {
        note: "No source file of these functions changed; something that they use did (a constant, a type or a macro of another file, a dependency or a setting).",
      };
}

function cratesOf(modules: readonly Pair[]): string[] {
  return [...new Set(modules.flatMap(({ before, after }) => (after ?? before)?.stored.crate ?? []))];
}

/**
 * A caller may have changed only because a changed callee was inlined into it before LTO or has another name. Functions that others call therefore
 * come first.
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

/** Code of the standard library or a downloaded dependency changed only as a consequence of the edit. */
function usersFirst(changes: readonly Difference[]): Difference[] {
  const foreign = ({ source }: Difference): boolean => source !== undefined && !isUsers(source.file);
  return [...changes.filter((change) => !foreign(change)), ...changes.filter(foreign)];
}

/** A changed body, or a function that came or was renamed. Removed functions come last: something else ceased to call them. */
function isCode({ what, change, parts }: Difference): boolean {
  return what === "function" && (change === "renamed" || change === "came" || parts?.includes("body") === true);
}

/** Modules that came or went, grouped by crate. */
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
      brief: `${count} ${kind === "new-module" ? "new" : "removed"} ${noun} of crate ${quoted(crate)}`,
      crates: [crate],
      changes: [],
      modules: modules.map(({ name }) => name),
    };
  });
}

/** The words after a cause's title: what it made rustc re-compile. */
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
