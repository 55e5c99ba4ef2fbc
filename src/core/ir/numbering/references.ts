/** Which metadata nodes and attribute groups of one text are those of another. */
import { Numbers } from "../align.js";
import { groupDefinition, mapCode, nodeDefinition } from "../lines.js";
import { numberTheRest, type Renaming, type Text } from "./texts.js";
import type { FunctionPair } from "./values.js";

/** A mention of a node, with the name of its attachment. */
const MENTION = /(?:!([A-Za-z_][\w.$-]*) )?(?<![\w@%$.])!(\d+)/g;

/** Numbers of metadata nodes: of those with the same content, however deep, those are paired which the same instructions mention. */
export function nodeNumbers(before: Text, after: Text, functions: readonly FunctionPair[]): Renaming {
  const numbers = new Numbers();
  const [left, right] = [new Nodes(before.lines), new Nodes(after.lines)];
  classify(left, right, numbers);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (old: string, number: string): void => {
    if (names.has(number) || taken.has(old) || left.classOf(old) !== right.classOf(number)) return;
    names.set(number, old);
    taken.add(old);
  };
  for (const { before: one, after: other, same } of functions) {
    for (const [leftAt, rightAt] of [[0, 0] as const, ...same]) {
      const [was, is] = [mentions(one.lines[leftAt] ?? ""), mentions(other.lines[rightAt] ?? "")];
      for (const [place, number] of is) {
        const old = was.get(place);
        if (old !== undefined) pair(old, number);
      }
    }
  }
  const rest = new Map<number, string[]>();
  for (const old of left.defined) if (!taken.has(old)) rest.set(left.classOf(old), [...(rest.get(left.classOf(old)) ?? []), old]);
  for (const number of right.defined) {
    if (names.has(number)) continue;
    const old = rest.get(right.classOf(number))?.shift();
    if (old !== undefined) pair(old, number);
  }
  numberTheRest(names, left.all, right.all);
  return names;
}

/** Place in the line → number. */
function mentions(line: string): Map<string, string> {
  const found = new Map<string, string>();
  if (!line.includes("!")) return found;
  mapCode(line, (code) => {
    for (const [, name, number = ""] of code.matchAll(MENTION)) found.set(name ?? String(found.size), number);
    return code;
  });
  return found;
}

/** The most steps from a node to another one that distinguishes it. */
const DEPTH = 12;

/** Sorts the nodes of both texts into classes of equal content. */
function classify(left: Nodes, right: Nodes, numbers: Numbers): void {
  for (const side of [left, right]) side.start(numbers);
  let classes = countOf(left, right);
  for (let round = 0; round < DEPTH; round++) {
    const next = new Numbers();
    for (const side of [left, right]) side.refine(next);
    for (const side of [left, right]) side.settle();
    const found = countOf(left, right);
    if (found === classes) return;
    classes = found;
  }
}

function countOf(...sides: readonly Nodes[]): number {
  return new Set(sides.flatMap((side) => [...side.classes])).size;
}

/** The metadata nodes of a text. */
class Nodes {
  readonly #contents = new Map<string, { readonly masked: string; readonly inner: readonly string[] }>();
  readonly #mentioned = new Set<string>();
  #classes = new Map<string, number>();
  #next = new Map<string, number>();

  constructor(lines: readonly string[]) {
    for (const line of lines) {
      if (!line.includes("!")) continue;
      const node = nodeDefinition(line);
      const inner: string[] = [];
      const masked = mapCode(node?.content ?? line, (code) =>
        code.replace(/(?<![\w@%$.])!(\d+)/g, (_, number: string) => {
          inner.push(number);
          return "!";
        }),
      );
      if (node !== undefined) this.#contents.set(node.number, { masked, inner });
      for (const number of inner) this.#mentioned.add(number);
    }
  }

  get defined(): Iterable<string> {
    return this.#contents.keys();
  }

  /** Also those that are only mentioned, because filters hide their definitions. */
  get all(): Iterable<string> {
    return new Set([...this.#contents.keys(), ...this.#mentioned]);
  }

  get classes(): Iterable<number> {
    return this.#classes.values();
  }

  /** -1: the node's content is hidden. */
  classOf(number: string): number {
    return this.#classes.get(number) ?? -1;
  }

  start(numbers: Numbers): void {
    for (const [number, { masked }] of this.#contents) this.#classes.set(number, numbers.of(masked));
  }

  refine(numbers: Numbers): void {
    this.#next = new Map();
    for (const [number, { inner }] of this.#contents) {
      const key = `${this.classOf(number)}|${inner.map((one) => this.classOf(one)).join(",")}`;
      this.#next.set(number, numbers.of(key));
    }
  }

  settle(): void {
    this.#classes = this.#next;
  }
}

/** LLVM writes each group of attributes once. */
export function groupNumbers(before: Text, after: Text): Renaming {
  const known = new Map<string, string>();
  const [left, right] = [new Set<string>(), new Set<string>()];
  for (const line of before.lines) {
    const group = groupDefinition(line);
    if (group !== undefined) known.set(group.content, group.number);
    for (const number of groupsIn(line)) left.add(number);
  }
  const names = new Map<string, string>();
  for (const line of after.lines) {
    const group = groupDefinition(line);
    const old = group === undefined ? undefined : known.get(group.content);
    if (group !== undefined && old !== undefined) names.set(group.number, old);
    if (group !== undefined) known.delete(group.content);
    for (const number of groupsIn(line)) right.add(number);
  }
  numberTheRest(names, left, right);
  return names;
}

function groupsIn(line: string): string[] {
  const found: string[] = [];
  if (!line.includes("#")) return found;
  mapCode(line, (code) => {
    for (const [, number = ""] of code.matchAll(/(?<![\w@%$.])#(\d+)/g)) found.push(number);
    return code;
  });
  return found;
}
