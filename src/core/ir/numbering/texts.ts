/** A text of LLVM IR by its functions, and what has a number in them. */
import { beginsBody, withoutComment } from "../lines.js";
import { definedBlock, definedValue, entryNumber } from "../stable-numbers.js";

/** Two texts, line by line. */
export interface Sides {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Old number → new number. */
export type Renaming = ReadonlyMap<string, string>;

/** Numbers above all that the first text has, in order. */
export function numberTheRest(names: Map<string, string>, before: Iterable<string>, after: Iterable<string>): void {
  let next = 0;
  for (const number of before) next = Math.max(next, Number(number) + 1);
  for (const number of after) if (!names.has(number)) names.set(number, String(next++));
}

/** A text without comments inside of its functions. */
export class Text {
  readonly lines: readonly string[];
  readonly bodies: readonly Body[];

  constructor(lines: readonly string[]) {
    const kept: string[] = [];
    const bodies: Body[] = [];
    let start = -1;
    for (const raw of lines) {
      if (start < 0 && beginsBody(raw)) start = kept.length;
      kept.push(start < 0 ? raw : withoutComment(raw));
      if (start < 0 || raw !== "}") continue;
      bodies.push(new Body(kept.slice(start), start));
      start = -1;
    }
    // A text that was cut may end inside of a function.
    if (start >= 0) bodies.push(new Body(kept.slice(start), start));
    this.lines = kept;
    this.bodies = bodies;
  }
}

export const LOCAL = /%(\d+)(?![\w.$-])/g;
const LABEL = /^(?:[\w.$-]+|"[^"]*"):/;

/** A function's lines from `define` to the closing brace. */
export class Body {
  readonly lines: readonly string[];
  /** The index of the first line in its text. */
  readonly start: number;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The number of the entry block, if it has no name. */
  readonly entry: string | undefined;
  /** The line that defines a value or block. */
  readonly definedAt = new Map<string, number>();

  constructor(lines: readonly string[], start: number) {
    const header = lines[0] ?? "";
    this.lines = lines;
    this.start = start;
    this.name = unquoted(/@("[^"]*"|[\w$.-]+)/.exec(header)?.[1] ?? "");
    this.parameters = numberedParameters(header);
    this.entry = LABEL.test(lines[1] ?? "") ? undefined : entryNumber(lines);
    for (const [index, line] of lines.entries()) {
      const number = numberOf(line);
      if (number !== undefined) this.definedAt.set(number, index);
    }
  }

  /** All numbers, in the order of their definitions. */
  get numbers(): readonly string[] {
    return [...this.parameters.map(({ number }) => number), ...(this.entry === undefined ? [] : [this.entry]), ...this.definedAt.keys()];
  }
}

export function unquoted(name: string): string {
  return name.replaceAll('"', "");
}

interface Parameter {
  readonly number: string;
  readonly type: string;
}

/** A parameter without a name, in order, with the first word of its type. */
function numberedParameters(header: string): Parameter[] {
  const list = header.slice(
    (/@(?:"[^"]*"|[\w$.-]+)\(/.exec(header)?.index ?? 0) + (/@(?:"[^"]*"|[\w$.-]+)\(/.exec(header)?.[0].length ?? 0),
  );
  let from = 0;
  return [...list.matchAll(/ %(\d+)(?=[,)])/g)].map(({ 0: whole, 1: number = "", index }) => {
    const type = /[^\s,]+/.exec(list.slice(from, index))?.[0] ?? "";
    from = index + whole.length;
    return { number, type };
  });
}

export function numberOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : (definedValue(line) ?? definedBlock(line));
}
