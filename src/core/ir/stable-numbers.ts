/**
 * Names in place of numbers. LLVM numbers values, metadata and attribute groups by position, so that one more of them changes every number after it.
 * These names depend on content instead: a value's name on its instruction without the operands, a node's or group's on its content. A count
 * distinguishes equal ones.
 */
import { beginsBody, groupDefinition, mapCode, nodeDefinition, withoutComment } from "./lines.js";

/** Stable names for everything that has a number. Definitions of groups and nodes are put in the order of their names. */
export function stableNumbers(text: string): string {
  return stableValues(stableReferences(text));
}

/** Stable names for metadata and attribute groups only; values keep their numbers. */
export function stableReferences(text: string): string {
  const lines = text.split("\n");
  const groups = groupNames(lines);
  const nodes = nodeNames(lines);
  const renamed = lines.map((line) => {
    if (!line.includes("#") && !line.includes("!")) return line;
    return mapCode(line, (code) =>
      code
        .replace(/(?<![\w@%$.])#(\d+)/g, (whole, number: string) => groups.get(number) ?? whole)
        .replace(/(?<![\w@%$.])!(\d+)/g, (whole, number: string) => nodes.get(number) ?? whole),
    );
  });
  return sortRuns(renamed).join("\n");
}

/** Sorts neighbouring definitions of attribute groups, and of nodes. */
function sortRuns(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: string[] = [];
  let kind = "";
  for (const line of lines) {
    const now = line.startsWith("attributes #")
      ? "group"
      : /^![\w.]+ = (?:distinct )?!/.test(line) && !line.startsWith("!llvm.")
        ? "node"
        : "";
    if (now !== kind || now === "") {
      sorted.push(...run.sort(byText));
      run = [];
      kind = now;
    }
    if (now === "") sorted.push(line);
    else run.push(line);
  }
  return [...sorted, ...run.sort(byText)];
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function groupNames(lines: readonly string[]): Map<string, string> {
  const names = new Names();
  const found = new Map<string, string>();
  for (const line of lines) {
    const group = groupDefinition(line);
    if (group !== undefined) found.set(group.number, `#a${names.of(digest(group.content))}`);
  }
  return found;
}

/** The maximum depth to which a node's content is followed; nodes that differ only below it count as equal. */
const DEPTH = 12;

function nodeNames(lines: readonly string[]): Map<string, string> {
  const contents = new Map<string, string>();
  for (const line of lines) {
    const node = nodeDefinition(line);
    if (node !== undefined) contents.set(node.number, node.content);
  }
  const digests = new NodeDigests(contents);
  const names = new Names();
  const found = new Map<string, string>();
  for (const number of contents.keys()) found.set(number, `!m${names.of(digests.of(number))}`);
  // Nodes that the text mentions but does not define (hidden debug info) are named by the order of mention.
  for (const line of lines) {
    if (!line.includes("!")) continue;
    mapCode(line, (code) => {
      for (const [, number = ""] of code.matchAll(/(?<![\w@%$.])!(\d+)/g)) {
        if (!found.has(number)) found.set(number, `!u${found.size - contents.size}`);
      }
      return code;
    });
  }
  return found;
}

/** Digests of nodes by content, nested nodes included. */
class NodeDigests {
  readonly #contents: ReadonlyMap<string, string>;
  readonly #known = new Map<string, string>();
  readonly #path = new Map<string, number>();
  /** The smallest depth to which a cycle led back. */
  #lowest = Number.POSITIVE_INFINITY;

  constructor(contents: ReadonlyMap<string, string>) {
    this.#contents = contents;
  }

  of(number: string): string {
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    const content = this.#contents.get(number);
    const depth = this.#path.size;
    const entered = this.#path.get(number);
    if (entered !== undefined) {
      this.#lowest = Math.min(this.#lowest, entered);
      return `^${depth - entered}`;
    }
    if (content === undefined || depth > DEPTH) {
      if (content !== undefined) this.#lowest = -1;
      return "?";
    }
    const outer = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#path.set(number, depth);
    const resolved = mapCode(content, (code) => code.replace(/!(\d+)/g, (_, inner: string) => `!${this.of(inner)}`));
    this.#path.delete(number);
    const result = digest(resolved);
    // A digest computed inside a cycle depends on the entry to the cycle, so it is not cached.
    if (this.#lowest >= depth) this.#known.set(number, result);
    this.#lowest = Math.min(outer, this.#lowest >= depth ? Number.POSITIVE_INFINITY : this.#lowest);
    return result;
  }
}

/** Stable names for values and blocks of every function in a text. */
export function stableValues(text: string): string {
  const lines = text.split("\n");
  const result: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (!beginsBody(line)) {
      result.push(line);
      continue;
    }
    const end = lines.indexOf("}", index);
    const last = end < 0 ? lines.length - 1 : end;
    result.push(...renameValues(lines.slice(index, last + 1)));
    index = last;
  }
  return result.join("\n");
}

function renameValues(body: readonly string[]): string[] {
  const names = new Names();
  const found = new Map<string, string>();
  for (const [position, number] of numberedArguments(body[0] ?? "").entries()) found.set(number, `arg${position}`);
  found.set(entryNumber(body), "entry");
  for (const [index, line] of body.entries()) {
    const value = definedValue(line);
    if (value !== undefined) found.set(value, names.of(`${opcodeOf(line)}.${digest(maskLine(line))}`));
    const block = definedBlock(line);
    if (block !== undefined) found.set(block, names.of(`bb.${digest(maskLine(body[index + 1] ?? ""))}`));
  }
  return renameLocals(body, found);
}

/** Rewrites the numbers of values and blocks; leaves out lists of predecessors, whose order is meaningless. */
function renameLocals(body: readonly string[], names: ReadonlyMap<string, string>): string[] {
  return body.map((line) => {
    const block = definedBlock(line);
    if (block !== undefined) return `${names.get(block) ?? block}:`;
    if (!line.includes("%")) return line;
    return mapCode(withoutComment(line), (code) =>
      code.replace(/%(\d+)(?![\w.$-])/g, (_, number: string) => `%${names.get(number) ?? number}`),
    );
  });
}

const ATTACHMENT = /,? ![A-Za-z_$.-][\w$.-]* ![\w.]+/g;
const REFERENCE = /(?<![\w@%$.])[!#](?:\d+|[amu]\w{1,5}(?:\.\d+)?)(?![\w(.])/g;

/** The line without values, metadata and attribute groups: lines with the same mask are the same instruction, perhaps on other values. */
export function maskLine(line: string): string {
  return mapCode(withoutComment(line), (code) =>
    code
      .replace(ATTACHMENT, "")
      .replace(REFERENCE, "")
      .replace(/%\d+(?![\w.$-])/g, "%"),
  );
}

/** The number of the value that an instruction defines, if any. */
export function definedValue(line: string): string | undefined {
  return /^ +%(\d+) = /.exec(line)?.[1];
}

/** The number of the block that begins at the line, if any. */
export function definedBlock(line: string): string | undefined {
  return /^(\d+):/.exec(line)?.[1];
}

/** Numbers of arguments without a name, in order. */
function numberedArguments(header: string): string[] {
  return [...header.matchAll(/ %(\d+)(?=[,)])/g)].map((match) => match[1] ?? "");
}

/** An unnamed entry block has no label; its number follows those of the arguments. */
export function entryNumber(body: readonly string[]): string {
  return String(numberedArguments(body[0] ?? "").length);
}

function opcodeOf(line: string): string {
  const opcode = /^ +%\d+ = (?:(?:tail|musttail|notail) )?([a-z_]+)/.exec(line)?.[1] ?? "v";
  return opcode === "getelementptr" ? "gep" : opcode;
}

/** Appends a count to names that occurred before. */
class Names {
  readonly #counts = new Map<string, number>();

  of(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count === 1 ? name : `${name}.${count}`;
  }
}

/** Five characters of an FNV-1a hash: enough to distinguish the few in one text; equal ones get a count. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, "0").slice(-5);
}
