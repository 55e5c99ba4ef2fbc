/** The title of an edit: the file, then what was edited in it. What changed as a consequence is listed elsewhere. */
import type { Difference } from "../../../protocol/explain.js";
import { holdsLine, type EditedItem, type SourceEdits } from "./source-edits.js";
import { andMore, distinct, inCrates, MOST_NAMES, quoted, strongest, titleOf, WEIGHT, weightOf } from "./titles.js";

export interface EditShown {
  /** Edited; absolute. */
  readonly files: readonly string[];
  /** From debug info, if it is full. */
  readonly types: readonly Difference[];
  /** From debug info: functions of the sources, likeliest first. */
  readonly functions: readonly Difference[];
  /** What changed in the modules. */
  readonly code: readonly Difference[];
  readonly crates: readonly string[];
  readonly sources: SourceEdits;
  /** Files below it are named relative to it. */
  readonly workspace: string;
}

export function editTitle(shown: EditShown): string {
  const { files, crates, sources, workspace } = shown;
  if (files.length === 0) return titleOf(strongest(candidates(shown)), crates);
  const names = files.map((file) => quoted(relativeTo(workspace, file)));
  const more = names.length - MOST_NAMES;
  const head = `${names.slice(0, MOST_NAMES).join(" and ")}${more > 0 ? ` and ${more} more files` : ""} ${names.length === 1 ? "was" : "were"} edited`;
  const items = files.every((file) => sources.edited.has(file)) ? files.flatMap((file) => sources.edited.get(file) ?? []) : undefined;
  const changed = strongest(distinct([...candidates(shown), ...shown.code]));
  const named = strongest(candidates(shown).filter((change) => mayBeEdited(change, shown)));
  const metadataOnly = changed.every((change) => weightOf(change) === WEIGHT.metadata);
  const functions = metadataOnly || weightOf(named[0] ?? NOTHING) > weightOf(changed[0] ?? NOTHING) ? [] : named;
  const which = items === undefined ? "" : itemsText(items, functions);
  if (metadataOnly) return `${head}${which}: what it changed${inCrates(crates)} is debug info or metadata only`;
  if (functions.length > 0) return `${head}${which}: ${titleOf(functions, crates)}`;
  const others = changed.filter(({ name }) => items?.some((item) => isOf(item, name)) !== true);
  return `${head}${which}${others.length > 0 ? `, and with it ${titleOf(others, crates)}` : inCrates(crates)}`;
}

/** What was edited, in a few words: the first function or type and how many more, else the item, else the file. */
export function editBrief(shown: EditShown): string {
  const { files, crates, sources, workspace } = shown;
  const named = strongest(candidates(shown).filter((change) => files.length === 0 || mayBeEdited(change, shown)));
  if (weightOf(named[0] ?? NOTHING) !== WEIGHT.metadata) return andMore([...new Set(named.map(({ name }) => quoted(name)))]);
  const items = files.flatMap((file) => sources.edited.get(file) ?? []);
  if (items.length > 0) return andMore(items.map(itemText));
  return andMore(
    files.length > 0 ? files.map((file) => quoted(relativeTo(workspace, file))) : crates.map((crate) => `crate ${quoted(crate)}`),
  );
}

const NOTHING: Difference = { what: "metadata", change: "changed", name: "" };

/** What may have been edited, likeliest first. */
function candidates({ types, functions, code }: EditShown): Difference[] {
  if (types.length > 0) return distinct(types);
  return distinct(functions.length > 0 ? [...functions, ...code.filter(({ change }) => change !== "changed")] : code);
}

/** Whether it is written in an edited file, or in an edited item if the file's text is known. Without a location in debug info, the path decides. */
function mayBeEdited({ what, change, name, source }: Difference, { files, sources }: EditShown): boolean {
  if (what === "type") return true;
  if (source === undefined) return files.some((file) => sources.edited.get(file)?.some((item) => isThat(item, file, name)) !== false);
  if (!files.includes(source.file)) return false;
  const items = sources.edited.get(source.file);
  return (
    items === undefined ||
    items.some(
      ({ before, after }) =>
        holdsLine(change === "went" ? before : after, source.line) || (after === undefined && holdsLine(before, source.line)),
    )
  );
}

/** Functions come last, without those already named as items; declarations only if there is nothing else. */
function itemsText(items: readonly EditedItem[], functions: readonly Difference[]): string {
  if (items.length === 0) return " (comments, white space or order only)";
  const telling = items.filter(({ kind, name }) => kind !== "fn" && name !== "" && (kind !== "mod" || items.length === 1));
  const shown =
    telling.length > 0 || functions.length > 0
      ? telling.filter((item) => !functions.some(({ name }) => isOf(item, name)))
      : items.filter(({ kind }) => kind === "fn");
  const declarations = shown.length === 0 && functions.length === 0 ? items : shown;
  if (declarations.length === 0) return "";
  const more = declarations.length - MOST_NAMES;
  return ` (${declarations.slice(0, MOST_NAMES).map(itemText).join(" and ")}${more > 0 ? ` and ${more} more` : ""})`;
}

function itemText({ kind, name }: EditedItem): string {
  if (kind === "use") return "a use declaration";
  if (kind === "attribute" || kind === "code" || name === "") return "code outside of items";
  return `${kind} ${quoted(name)}`;
}

/** Whether a function's path names the item in the file's module: "demo::consts::limited" of "limited" in src/consts.rs. */
function isThat(item: EditedItem, file: string, name: string): boolean {
  const plain = name.replace(/(?: \[[0-9a-f]{8}\]|::<.*>|::\{.*\})+$/, "");
  if (item.kind !== "fn" || !isOf(item, plain)) return false;
  const place = plain
    .slice(0, -item.name.length)
    .split("::")
    .filter((part) => part !== "");
  const [stem = "", folder] = file.replace(/\.rs$/, "").split("/").reverse();
  return stem === "main" || stem === "lib" ? place.length <= 1 : place.at(-1) === (stem === "mod" ? folder : stem);
}

/** Whether a path names the item: "demo::consts::TABLE" of "TABLE". */
function isOf({ name: own }: EditedItem, name: string): boolean {
  return own !== "" && (name === own || name.endsWith(`::${own}`));
}

export function relativeTo(workspace: string, file: string): string {
  return workspace !== "" && file.startsWith(`${workspace}/`) ? file.slice(workspace.length + 1) : file;
}
