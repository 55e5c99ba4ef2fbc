/** Which values and blocks of a function in one text are those of another. */
import { alignKeys, Numbers, type LinePair } from "../align.js";
import { mapCode } from "../lines.js";
import { definedBlock, definedValue, maskLine } from "../stable-numbers.js";
import { pairUp } from "../stage-changes.js";
import { LOCAL, numberOf, numberTheRest, type Body, type Renaming, type Text } from "./texts.js";

/** Functions that both texts define; a function that ThinLTO promoted is the same under another name. */
export function pairFunctions(before: Text, after: Text): [Body, Body][] {
  return pairUp(before.bodies, after.bodies).flatMap((pair) =>
    pair.before === undefined || pair.after === undefined ? [] : [[pair.before, pair.after]],
  );
}

/** How often the lines that compute an operand are considered. */
const ROUNDS = 3;

/** One function in both texts. */
export class FunctionPair {
  readonly before: Body;
  readonly after: Body;
  /** Lines with the same instruction, perhaps on other values. */
  readonly same: readonly LinePair[];
  /** The numbers of the second one. */
  readonly numbers: Renaming;

  constructor(before: Body, after: Body) {
    this.before = before;
    this.after = after;
    const parameters = alignWords(
      before.parameters.map(({ type }) => type),
      after.parameters.map(({ type }) => type),
    );
    const masks = { before: masksOf(before), after: masksOf(after) };
    this.same = alignKeys(levelsOf(before, after, masks, parameters));
    const names = new Map<string, string>();
    for (const [left, right] of parameters) {
      const [old, renamed] = [before.parameters[left]?.number, after.parameters[right]?.number];
      if (old !== undefined && renamed !== undefined) names.set(renamed, old);
    }
    if (before.entry !== undefined && after.entry !== undefined) names.set(after.entry, before.entry);
    for (const [left, right] of [...this.same, ...alike(masks, this.same)]) {
      const [old, renamed] = [numberOf(before.lines[left]), numberOf(after.lines[right])];
      if (old !== undefined && renamed !== undefined) names.set(renamed, old);
    }
    numberTheRest(names, before.numbers, after.numbers);
    this.numbers = names;
  }
}

function alignWords(before: readonly string[], after: readonly string[]): LinePair[] {
  const numbers = new Numbers();
  const keys = (words: readonly string[]): Int32Array => Int32Array.from(words, (word) => numbers.of(word));
  return alignKeys([{ before: keys(before), after: keys(after) }]);
}

/** Lines without numbers. All labels look alike: a block is known by its first instruction. */
function masksOf({ lines }: Body): string[] {
  const masks = lines.map((line) => maskLine(line).replace(PROMOTED, ""));
  return masks.map((mask, index) => (definedBlock(lines[index] ?? "") === undefined ? mask : `:${masks[index + 1] ?? ""}`));
}

const PROMOTED = /\.llvm\.\d+/g;

/** Keys of both bodies: the instruction and what computes its operands, and theirs; the instruction and what computes its operands; the instruction. */
function levelsOf(
  before: Body,
  after: Body,
  masks: { readonly before: readonly string[]; readonly after: readonly string[] },
  parameters: readonly LinePair[],
): { readonly before: Int32Array; readonly after: Int32Array }[] {
  const numbers = new Numbers();
  const paired = new Map(parameters.map(([left, right]) => [right, left]));
  const left = new Operands(before, (index) => numbers.of(`parameter ${index}`));
  const right = new Operands(after, (index) => numbers.of(`parameter ${paired.get(index) ?? `${index} of the second`}`));
  const entry = numbers.of("entry");
  const first = { before: keysOf(masks.before, numbers), after: keysOf(masks.after, numbers) };
  const levels = [first];
  for (let round = 0; round < ROUNDS; round++) {
    const last = levels.at(-1) ?? first;
    levels.push({
      before: left.refine(first.before, last.before, entry, numbers),
      after: right.refine(first.after, last.after, entry, numbers),
    });
  }
  return [levels[ROUNDS], levels[1], levels[0]].flatMap((level) => level ?? []);
}

function keysOf(texts: readonly string[], numbers: Numbers): Int32Array {
  return Int32Array.from(texts, (text) => numbers.of(text));
}

/** What the operands of a body's lines refer to. */
class Operands {
  /** For each line: a line, or -1 - n for a key that does not depend on lines. */
  readonly #operands: readonly (readonly number[])[];
  readonly #fixed: number[] = [];

  constructor({ lines, definedAt, parameters, entry }: Body, keyOfParameter: (index: number) => number) {
    const others = new Map(parameters.map(({ number }, index) => [number, -1 - (this.#fixed.push(keyOfParameter(index)) - 1)]));
    if (entry !== undefined) others.set(entry, ENTRY);
    this.#operands = lines.map((line) => {
      if (!line.includes("%")) return [];
      const found: number[] = [];
      mapCode(line, (code) => {
        for (const [, number = ""] of code.matchAll(LOCAL)) found.push(definedAt.get(number) ?? others.get(number) ?? ENTRY);
        return code;
      });
      // The first is the value that the line defines.
      return definedValue(line) === undefined ? found : found.slice(1);
    });
  }

  refine(first: Int32Array, last: Int32Array, entry: number, numbers: Numbers): Int32Array {
    return Int32Array.from(this.#operands, (operands, line) => {
      const keys = operands.map((at) => (at === ENTRY ? entry : at < 0 ? (this.#fixed[-1 - at] ?? entry) : (last[at] ?? entry)));
      return numbers.of(`${first[line] ?? 0}|${keys.join(",")}`);
    });
  }
}

const ENTRY = Number.MIN_SAFE_INTEGER;

/** In the gaps between pairs: lines with the same operation, although its constants, flags or alignment differ. */
function alike(masks: { readonly before: readonly string[]; readonly after: readonly string[] }, same: readonly LinePair[]): LinePair[] {
  const found: LinePair[] = [];
  let [left, right] = [0, 0];
  for (const [leftEnd, rightEnd] of [...same, [masks.before.length, masks.after.length] as const]) {
    if (left < leftEnd && right < rightEnd) {
      const before = masks.before.slice(left, leftEnd).map(operationOf);
      const after = masks.after.slice(right, rightEnd).map(operationOf);
      for (const [one, other] of alignWords(before, after)) found.push([left + one, right + other]);
    }
    [left, right] = [leftEnd + 1, rightEnd + 1];
  }
  return found;
}

const FLAGS =
  / (?:nuw|nsw|nusw|inbounds|exact|disjoint|nneg|samesign|nnan|ninf|nsz|arcp|contract|afn|reassoc|fast|volatile|tail|musttail|notail)(?= )/g;

/** A call's callee, a phi's type, or an instruction without flags, alignment and numbers. */
function operationOf(mask: string): string {
  const [, opcode = ""] = /^:? +% = (?:(?:tail|musttail|notail) )?([a-z_]+)/.exec(mask) ?? [];
  const block = mask.startsWith(":") ? ":" : "";
  const callee = opcode === "call" || opcode === "invoke" ? /@(?:"[^"]*"|[\w$.-]+)(?=\()/.exec(mask)?.[0] : undefined;
  if (callee !== undefined) return `${block}${opcode} ${callee}`;
  if (opcode === "phi") return mask.slice(0, mask.indexOf("["));
  return mapCode(mask, (code) =>
    code
      .replace(FLAGS, "")
      .replace(/, align \d+/g, "")
      .replace(/(?<![\w@%$.])-?\d+(?![\w.])/g, "0"),
  );
}
