/**
 * Numbers the second of two texts like the first: a value, metadata node or attribute group that both have has the same number in both, and whatever
 * only the second has gets a number above all of the first. Every renaming is one-to-one, so texts that look the same differ in numbers only.
 */
import { number } from "../../protocol/words.js";
import { Lru } from "../base/lru.js";
import { mapCode } from "./lines.js";
import { orderFunctions } from "./numbering/order.js";
import { groupNumbers, nodeNumbers } from "./numbering/references.js";
import { Text, unquoted, type Body, type Renaming, type Sides } from "./numbering/texts.js";
import { FunctionPair, pairFunctions } from "./numbering/values.js";
import { definedBlock } from "./stable-numbers.js";

/** The most lines of a text that is numbered like another; longer ones keep LLVM's numbers. */
export const MOST_ALIGNED_LINES = 20_000;

/**
 * Numbers the second text like the first, whose numbers stay as LLVM prints them. Leaves out comments inside of functions: they list predecessors,
 * whose order means nothing.
 *
 * @returns undefined if a text is too long, or has types with numbers, which look like values
 */
export function alignNumbers({ before, after }: Sides, most = MOST_ALIGNED_LINES): Sides | undefined {
  if (before.length > most || after.length > most || [...before, ...after].some((line) => NUMBERED_TYPE.test(line))) return undefined;
  const left = new Text(before);
  const right = new Text(after);
  const functions = pairFunctions(left, right).map(([one, other]) => new FunctionPair(one, other));
  const nodes = nodeNumbers(left, right, functions);
  const groups = groupNumbers(left, right);
  const values = new Map(functions.map((pair) => [pair.after, pair.numbers]));
  return { before: left.lines, after: inOrder(renumber(right, { nodes, groups, values })) };
}

/** Two texts of LLVM IR. */
export interface Texts {
  readonly before: string;
  readonly after: string;
}

/** The pairs of texts last aligned: both documents of a diff are asked for one after the other. */
const recent = new Lru<string, Texts>(2);

/** As {@link alignNumbers}, for whole texts, with their functions in one order (see {@link orderFunctions}). Texts that cannot be aligned keep LLVM's numbers and say so. */
export function alignedTexts({ before, after }: Texts, most = MOST_ALIGNED_LINES): Texts {
  const key = `${before}\0${after}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  const lines = { before: before.split("\n"), after: after.split("\n") };
  const sides = alignNumbers(lines, most);
  if (sides === undefined) return { before: `${notAligned(lines, most)}${before}`, after: `${notAligned(lines, most)}${after}` };
  const ordered = orderFunctions(sides);
  const texts = { before: ordered.before.join("\n"), after: ordered.after.join("\n") };
  recent.set(key, texts);
  return texts;
}

function notAligned({ before, after }: Sides, most: number): string {
  const longer = Math.max(before.length, after.length);
  const why = longer > most ? `one has ${number(longer)} lines, and the limit is ${number(most)}` : "types of this module have numbers";
  return `; Both sides are numbered as LLVM prints them, not alike: ${why}.\n`;
}

const NUMBERED_TYPE = /^%\d+ = type /;

interface Renamings {
  readonly nodes: Renaming;
  readonly groups: Renaming;
  readonly values: ReadonlyMap<Body, Renaming>;
}

const NO_VALUES: Renaming = new Map();
const NUMBER = /%(\d+)(?![\w.$-])|(?<![\w@%$.])([!#])(\d+)/g;
const ADDRESS_OF_BLOCK = /(blockaddress\(@("[^"]*"|[\w$.-]+), %)(\d+)\)/g;

function renumber({ lines, bodies }: Text, { nodes, groups, values }: Renamings): string[] {
  const byName = new Map(bodies.map((body) => [body.name, values.get(body) ?? NO_VALUES]));
  const rewritten = (line: string, own: Renaming): string => {
    if (!line.includes("%") && !line.includes("!") && !line.includes("#")) return line;
    return mapCode(line, (code) =>
      code.replace(NUMBER, (_, value: string | undefined, sigil: string, number: string) =>
        value === undefined ? `${sigil}${(sigil === "!" ? nodes : groups).get(number) ?? number}` : `%${own.get(value) ?? value}`,
      ),
    );
  };
  const result: string[] = [];
  let next = 0;
  for (const body of bodies) {
    while (next < body.start) result.push(rewritten(lines[next++] ?? "", NO_VALUES));
    const own = values.get(body) ?? NO_VALUES;
    for (const line of body.lines) {
      const block = definedBlock(line);
      if (block !== undefined) result.push(`${own.get(block) ?? block}:${line.slice(block.length + 1)}`);
      else if (line.includes("blockaddress(")) result.push(withAddressesOfBlocks(line, byName, (part) => rewritten(part, own)));
      else result.push(rewritten(line, own));
      next += 1;
    }
  }
  while (next < lines.length) result.push(rewritten(lines[next++] ?? "", NO_VALUES));
  return result;
}

/** The number in `blockaddress(@f, %3)` is one of `f`. */
function withAddressesOfBlocks(line: string, byName: ReadonlyMap<string, Renaming>, rewrite: (part: string) => string): string {
  let [result, until] = ["", 0];
  for (const { 0: whole, 1: head = "", 2: name = "", 3: number = "", index } of line.matchAll(ADDRESS_OF_BLOCK)) {
    result += `${rewrite(line.slice(until, index))}${head}${byName.get(unquoted(name))?.get(number) ?? number})`;
    until = index + whole.length;
  }
  return result + rewrite(line.slice(until));
}

/** Puts neighbouring definitions of nodes, and of groups, in the order of their numbers. */
function inOrder(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: { readonly number: number; readonly line: string }[] = [];
  let kind = "";
  const flush = (): void => {
    for (const { line } of run.sort((left, right) => left.number - right.number)) sorted.push(line);
    run = [];
  };
  for (const line of lines) {
    const [, now = "", number = ""] = /^(!|attributes #)(\d+) = /.exec(line) ?? [];
    if (now !== kind) flush();
    kind = now;
    if (now === "") sorted.push(line);
    else run.push({ number: Number(number), line });
  }
  flush();
  return sorted;
}
