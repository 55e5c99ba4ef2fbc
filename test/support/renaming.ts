/** Checks that a text is another one with other numbers, independently of what renumbers it. */
import assert from "node:assert/strict";

/** A string, a comment, or a number with its sigil; a label is a value too. */
const TOKEN = /"[^"]*"|;.*$|%\d+(?![\w.$-])|(?<![\w@%$.])[!#]\d+|^\d+(?=:)/gm;

interface Line {
  /** The line without its numbers. */
  readonly rest: string;
  readonly numbers: readonly string[];
  /** The function whose values it names. */
  readonly function: string;
}

/**
 * Fails unless the second text is the first one with other numbers, one for each. Definitions of metadata and attributes may be in another order.
 *
 * @param text without comments inside of functions
 */
export function assertRenamed(text: string, renamed: string): void {
  const [lines, others] = [linesOf(text), linesOf(renamed)];
  assert.deepEqual(others.map(({ rest }) => rest).sort(), lines.map(({ rest }) => rest).sort(), "something other than numbers differs");
  const [there, back] = [new Map<string, string>(), new Map<string, string>()];
  const waiting = new Map<string, Line[]>();
  for (const line of lines) {
    if (!isDefinition(line)) continue;
    waiting.set(line.rest, [...(waiting.get(line.rest) ?? []), line]);
  }
  const code = (all: readonly Line[]): Line[] => all.filter((line) => !isDefinition(line));
  for (const [index, line] of code(lines).entries()) {
    const other = code(others)[index];
    assert.equal(other?.rest, line.rest, "the order of the code");
    record(line, other, there, back);
  }
  // Definitions may have moved. Those come first whose numbers are known by then, because the others may be one of several.
  const pending = others.filter(isDefinition);
  while (pending.length > 0) {
    const next = Math.max(
      pending.findIndex((other) => back.has(other.numbers[0] ?? "")),
      0,
    );
    const [other] = pending.splice(next, 1);
    if (other === undefined) break;
    const candidates = waiting.get(other.rest) ?? [];
    const found = candidates.findIndex((line) =>
      line.numbers.every((number, index) => fits(number, other.numbers[index] ?? "", there, back)),
    );
    assert.ok(found >= 0, `no definition is ${other.rest} ${other.numbers.join(" ")}`);
    const [line] = candidates.splice(found, 1);
    if (line !== undefined) record(line, other, there, back);
  }
}

function linesOf(text: string): Line[] {
  let name = "";
  return text.split("\n").map((line) => {
    if (line.startsWith("define ")) name = /@("[^"]*"|[\w$.-]+)\(/.exec(line)?.[1] ?? "";
    const numbers: string[] = [];
    const rest = line.replaceAll(TOKEN, (token) => {
      if (token.startsWith('"') || token.startsWith(";")) return token;
      numbers.push(/^\d/.test(token) ? `%${token}` : token);
      return token.startsWith("!") || token.startsWith("#") ? token.charAt(0) : "%";
    });
    const within = name;
    if (line === "}") name = "";
    return { rest, numbers, function: within };
  });
}

function isDefinition({ rest }: Line): boolean {
  return /^! = |^attributes # = /.test(rest);
}

function record(line: Line, other: Line | undefined, there: Map<string, string>, back: Map<string, string>): void {
  for (const [index, number] of line.numbers.entries()) {
    const renamed = other?.numbers[index] ?? "";
    const [from, to] = [keyOf(line, number), keyOf(line, renamed)];
    assert.equal(there.get(from) ?? to, to, `${number} has two new numbers`);
    assert.equal(back.get(to) ?? from, from, `${renamed} stands for two`);
    there.set(from, to);
    back.set(to, from);
  }
}

function fits(number: string, renamed: string, there: ReadonlyMap<string, string>, back: ReadonlyMap<string, string>): boolean {
  return (there.get(number) ?? renamed) === renamed && (back.get(renamed) ?? number) === number;
}

/** Values belong to their function; metadata and attributes to the module. */
function keyOf(line: Line, number: string): string {
  return number.startsWith("%") ? `${line.function} ${number}` : number;
}
