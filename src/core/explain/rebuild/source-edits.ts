/** Finds the items that an edit changed, from the source texts that both captures store. */
import { rustItems, type ItemKind, type RustItem } from "./rust-items.js";

/** File → text. */
export type Sources = ReadonlyMap<string, string>;

export interface EditedItem {
  readonly kind: ItemKind;
  readonly name: string;
  /** undefined: it is new. */
  readonly before: RustItem | undefined;
  /** undefined: it is gone. */
  readonly after: RustItem | undefined;
}

/** Files that both sides store. */
export interface SourceEdits {
  /** File whose text differs → its items whose tokens differ; none if only comments, white space or the order of items differ. */
  readonly edited: ReadonlyMap<string, readonly EditedItem[]>;
  /** Files whose text is the same. Another checksum then comes from an older build and was kept in rustc's incremental session. */
  readonly same: ReadonlySet<string>;
}

export const NO_SOURCES: SourceEdits = { edited: new Map(), same: new Set() };

export function sourceEdits(before: Sources | undefined, after: Sources | undefined): SourceEdits {
  const edited = new Map<string, readonly EditedItem[]>();
  const same = new Set<string>();
  for (const [file, text] of after ?? []) {
    const old = before?.get(file);
    if (old === text) same.add(file);
    else if (old !== undefined) edited.set(file, editedItems(old, text));
  }
  return { edited, same };
}

export function editedItems(before: string, after: string): EditedItem[] {
  const [old, now] = [byKey(rustItems(before)), byKey(rustItems(after))];
  const keys = [...now.keys(), ...[...old.keys()].filter((key) => !now.has(key))];
  return keys.flatMap((key): EditedItem[] => {
    const [left, right] = [old.get(key), now.get(key)];
    const shown = right ?? left;
    if (shown === undefined || left?.text === right?.text) return [];
    return [{ kind: shown.kind, name: shown.name, before: left, after: right }];
  });
}

/** Items without a name or with a shared name (two impls of a type, `cfg`) are matched by their text. */
function byKey(items: readonly RustItem[]): Map<string, RustItem> {
  const plain = ({ kind, name }: RustItem): string => `${kind} ${name}`;
  const count = new Map<string, number>();
  for (const item of items) count.set(plain(item), (count.get(plain(item)) ?? 0) + 1);
  const isAlone = (item: RustItem): boolean => item.name !== "" && count.get(plain(item)) === 1;
  return new Map(items.map((item) => [isAlone(item) ? plain(item) : `${plain(item)} ${item.text}`, item]));
}

/** Whether a line lies in the item; a side that does not have it has no lines. */
export function holdsLine(item: RustItem | undefined, line: number | undefined): boolean {
  return item !== undefined && line !== undefined && item.firstLine <= line && line <= item.lastLine;
}
