/** Finds edits in the sources from the debug info of both builds: files, types, and the functions in which changed code is written. */
import type { FunctionsResult } from "../../../protocol/engine/ir.js";
import type { OriginsResult, WrittenFunction } from "../../../protocol/engine/origins.js";
import type { Difference } from "../../../protocol/explain.js";
import { isUsers } from "../../base/source-owner.js";
import { holdsLine, NO_SOURCES, type SourceEdits } from "./source-edits.js";

/** One module in both builds. */
export interface WrittenModule {
  readonly name: string;
  readonly before: WrittenSide;
  readonly after: WrittenSide;
}

export interface WrittenSide {
  readonly functions: FunctionsResult;
  readonly origins: OriginsResult;
}

/** What the debug info of one module shows about an edit. */
export interface WrittenChanges {
  /** Debug info tells which files the compiler read. */
  readonly known: boolean;
  /** Files whose checksum differs. */
  readonly files: readonly string[];
  /** Types whose fields or variants differ. */
  readonly types: readonly Difference[];
  /** Functions of the sources whose instructions differ, likeliest first; only those of edited files, if any was edited. */
  readonly functions: readonly Difference[];
  /** Symbol → readable name with generic arguments, which rustc's legacy symbols leave out. */
  readonly names: ReadonlyMap<string, string>;
}

/** A function of the sources, over all modules. */
interface Candidate {
  readonly difference: Difference;
  readonly file: string;
  readonly modules: Set<string>;
  /** The maximum number of functions through which it was inlined. */
  depth: number;
  /** The number of places where its instructions did not change; an edit would show there as well. */
  unchanged: number;
  /** Its first line before; undefined: it did not exist. */
  readonly line: number | undefined;
  /** Its first line now; undefined: it does not exist. */
  readonly lineNow: number | undefined;
}

/**
 * @param sources what was edited in files whose text is known
 * @returns module → edits that show in it
 */
export function writtenChanges(modules: readonly WrittenModule[], sources: SourceEdits = NO_SOURCES): Map<string, WrittenChanges> {
  const candidates = new Map<string, Candidate>();
  for (const module of modules) collect(module, candidates);
  const moved = movedLines(modules);
  const ranked = [...candidates.values()].filter(({ modules: where }) => where.size > 0).sort(likeliest(moved));
  return new Map(
    modules.map(({ name, before, after }): [string, WrittenChanges] => {
      const files = editedFiles(before.origins, after.origins).filter((file) => !sources.same.has(file));
      const here = ranked.filter((candidate) => candidate.modules.has(name) && isUsers(candidate.file));
      const inFiles = here.filter(({ file }) => files.includes(file)).filter((candidate) => isEdited(candidate, sources));
      return [
        name,
        {
          known: after.origins.files.length > 0 && before.origins.files.length > 0,
          files,
          types: typeChanges(before.origins, after.origins),
          names: new Map([...before.origins.written, ...after.origins.written].map((written) => [written.symbol, written.name])),
          functions: (files.length > 0 ? inFiles : here).map(({ difference }) => difference),
        },
      ];
    }),
  );
}

/** If the texts are known, nothing outside of the edited items was edited. */
function isEdited({ file, line, lineNow }: Candidate, { edited }: SourceEdits): boolean {
  return edited.get(file)?.some(({ before, after }) => holdsLine(before, line) || holdsLine(after, lineNow)) !== false;
}

function editedFiles(before: OriginsResult, after: OriginsResult): string[] {
  const old = new Map(before.files.map(({ file, checksum }) => [file, checksum]));
  return after.files.filter(({ file, checksum }) => old.has(file) && old.get(file) !== checksum).map(({ file }) => file);
}

function typeChanges(before: OriginsResult, after: OriginsResult): Difference[] {
  const old = new Map(before.types.map(({ name, hash }) => [name, hash]));
  return after.types
    .filter(({ name, hash }) => old.has(name) && old.get(name) !== hash)
    .map(({ name }): Difference => ({ what: "type", change: "changed", name, parts: ["fields or variants"] }));
}

/** Identifies a function by readable name and file: the hash in its symbol may change with it. */
function keyOf({ name, source }: WrittenFunction): string {
  return `${name}\n${source.file}`;
}

interface Copy {
  readonly written: WrittenFunction;
  readonly hash: string;
  readonly depth: number;
}

/** Function of the module → its instructions by function of the sources. */
function copiesIn({ origins }: WrittenSide): Map<string, Map<string, Copy>> {
  return new Map(
    origins.functions.map(({ symbol, parts }) => {
      const copies = parts.flatMap(({ written: index, hash, depth }): [string, Copy][] => {
        const written = origins.written[index];
        return written === undefined ? [] : [[keyOf(written), { written, hash, depth }]];
      });
      const merged = new Map<string, Copy>();
      for (const [key, copy] of copies) merged.set(key, { ...copy, hash: `${merged.get(key)?.hash ?? ""}${copy.hash}` });
      return [symbol, merged];
    }),
  );
}

function collect({ name, before, after }: WrittenModule, candidates: Map<string, Candidate>): void {
  const [old, now] = [copiesIn(before), copiesIn(after)];
  for (const [symbol, right] of now) {
    const left = old.get(symbol);
    // Functions that came or went as a whole are in the module's own list of functions.
    if (left === undefined) continue;
    for (const key of new Set([...right.keys(), ...left.keys()])) {
      const copy = right.get(key) ?? left.get(key);
      if (copy === undefined) continue;
      const candidate = candidates.get(key) ?? candidateOf(copy, left.get(key), right.get(key));
      candidates.set(key, candidate);
      if (left.get(key)?.hash === right.get(key)?.hash) {
        candidate.unchanged += 1;
        continue;
      }
      candidate.modules.add(name);
      candidate.depth = Math.max(candidate.depth, copy.depth);
    }
  }
}

function candidateOf({ written, depth }: Copy, before: Copy | undefined, after: Copy | undefined): Candidate {
  const { symbol, name, source } = written;
  return {
    difference: {
      what: "function",
      change: "changed",
      name,
      symbol,
      parts: depth === 0 ? ["body"] : ["body", "copied into others before LTO"],
      source,
    },
    ...{ file: source.file, modules: new Set<string>(), depth, unchanged: 0, line: before?.written.source.line },
    lineNow: after?.written.source.line,
  };
}

/**
 * File → functions (by their first line before) after which lines moved: an edit that adds or removes lines is in such a function or right after
 * it.
 */
function movedLines(modules: readonly WrittenModule[]): Map<string, Set<number>> {
  const lines = new Map<string, Map<number, number>>();
  for (const { before, after } of modules) {
    const now = new Map(after.origins.written.map((written) => [keyOf(written), written.source.line]));
    for (const written of before.origins.written) {
      const { file, line } = written.source;
      const other = now.get(keyOf(written));
      if (other === undefined) continue;
      const known = lines.get(file) ?? new Map<number, number>();
      lines.set(file, known.set(line, other - line));
    }
  }
  return new Map([...lines].map(([file, known]) => [file, stepsIn(known)]));
}

function stepsIn(known: ReadonlyMap<number, number>): Set<number> {
  const ordered = [...known].sort(([left], [right]) => left - right);
  const steps = new Set<number>();
  let [last, shift] = [0, 0];
  for (const [line, moved] of ordered) {
    if (moved !== shift) steps.add(last);
    [last, shift] = [line, moved];
  }
  return steps;
}

/** Orders by: lines moved right after it; unchanged nowhere; inlined through most functions. */
function likeliest(moved: ReadonlyMap<string, ReadonlySet<number>>): (left: Candidate, right: Candidate) => number {
  const behind = ({ file, line }: Candidate): number => (line !== undefined && moved.get(file)?.has(line) === true ? 0 : 1);
  const everywhere = ({ unchanged }: Candidate): number => (unchanged === 0 ? 0 : 1);
  const order: readonly ((of: Candidate) => number)[] = [behind, everywhere, ({ depth }) => -depth];
  return (left, right) => order.map((rank) => rank(left) - rank(right)).find((difference) => difference !== 0) ?? 0;
}
