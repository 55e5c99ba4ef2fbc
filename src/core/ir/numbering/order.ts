/** The order of functions in the texts of two modules: the same on both sides, and what changed first. */
import { beginsBody } from "../lines.js";
import { pairUp, type PairedItems } from "../stage-changes.js";
import type { Sides } from "./texts.js";

/** A definition or declaration, with the comments before it. */
interface Item {
  readonly name: string;
  readonly lines: readonly string[];
  readonly defined: boolean;
  /** A definition that is not emitted: imported from another module. */
  readonly copy: boolean;
}

/** A module's text: what precedes its functions, these, and what follows. */
interface Parts {
  readonly head: readonly string[];
  readonly items: readonly Item[];
  readonly tail: readonly string[];
}

const NOTE = "; Functions that changed come first, imported copies that were removed last.";

/**
 * Puts the functions of both texts in one order: those that changed; definitions that were added or removed; all others, as in the module; imported
 * copies that were added; imported copies that were removed. Within each, the order of the modules.
 *
 * @param sides texts that are numbered alike
 */
export function orderFunctions(sides: Sides): Sides {
  const [before, after] = [partsOf(sides.before), partsOf(sides.after)];
  if (before.items.length === 0 || after.items.length === 0 || (isOfOne(before) && isOfOne(after))) return sides;
  const pairs = merged(before.items, after.items)
    .map((pair) => ({ pair, rank: rankOf(pair) }))
    .sort((left, right) => left.rank - right.rank);
  const joined = ({ head, tail }: Parts, items: readonly (Item | undefined)[]): string[] => [
    ...head,
    NOTE,
    ...items.flatMap((item) => (item === undefined ? [] : ["", ...item.lines])),
    ...tail,
  ];
  return {
    before: joined(
      before,
      pairs.map(({ pair }) => pair.before),
    ),
    after: joined(
      after,
      pairs.map(({ pair }) => pair.after),
    ),
  };
}

/** Whether it is the text of one function, perhaps with declarations of others. */
function isOfOne({ items }: Parts): boolean {
  return items.filter(({ defined }) => defined).length < 2;
}

function rankOf({ before, after }: PairedItems<Item>): number {
  const [was, is] = [before?.defined === true ? before : undefined, after?.defined === true ? after : undefined];
  if (was !== undefined && is !== undefined) return isSame(was, is) ? 2 : 0;
  if (was !== undefined) return was.copy ? 4 : 1;
  return is === undefined ? 2 : is.copy ? 3 : 1;
}

function isSame(one: Item, other: Item): boolean {
  return one.lines.length === other.lines.length && one.lines.every((line, index) => line === other.lines[index]);
}

/** Both lists as one: what only the second has follows what precedes it there. */
function merged(before: readonly Item[], after: readonly Item[]): PairedItems<Item>[] {
  const pairs = pairUp(before, after);
  const following = new Map<Item | undefined, PairedItems<Item>[]>();
  const paired = new Map(pairs.flatMap((pair) => (pair.before === undefined || pair.after === undefined ? [] : [[pair.after, pair]])));
  let last: Item | undefined;
  for (const item of after) {
    if (paired.has(item)) last = item;
    else following.set(last, [...(following.get(last) ?? []), { before: undefined, after: item }]);
  }
  const old = pairs.filter((pair) => pair.before !== undefined);
  return [
    ...(following.get(undefined) ?? []),
    ...old.flatMap((pair) => [pair, ...(pair.after === undefined ? [] : (following.get(pair.after) ?? []))]),
  ];
}

const FUNCTION = /^(?:define|declare) [^@]*@("[^"]*"|[\w$.-]+)/;

function partsOf(lines: readonly string[]): Parts {
  const items: Item[] = [];
  let [headEnd, tailStart] = [0, 0];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const name = FUNCTION.exec(line)?.[1];
    if (name === undefined) continue;
    let start = index;
    while (start > tailStart && (lines[start - 1] ?? "").startsWith(";")) start -= 1;
    if (items.length === 0) headEnd = start;
    if (beginsBody(line)) while (index + 1 < lines.length && lines[index] !== "}") index += 1;
    const text = lines.slice(start, index + 1);
    items.push({
      name: name.replaceAll('"', ""),
      lines: text,
      defined: line.startsWith("define "),
      copy: line.startsWith("define available_externally "),
    });
    tailStart = index + 1;
  }
  return { head: lines.slice(0, headEnd), items, tail: lines.slice(tailStart) };
}
