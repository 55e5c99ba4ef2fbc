/** `size`: what the bytes of a build's linked output belong to, by section, crate and symbol. */
import type { SectionSizes } from "../../../protocol/engine/objects.js";
import type { CrateSize, OutputSizes, SectionSize, SizeChange, SizeReport, SizesAgainst, SymbolSize } from "../../../protocol/size.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { LtoError } from "../../base/errors.js";
import { PackedReader } from "../../base/packed-numbers.js";
import type { CoreContext } from "../../engine/core-context.js";
import { crateOfReadable } from "../../pipelines/readable-crate.js";
import { chooseEngine, type UnitSource } from "../../replay/producer.js";
import { summaryOf } from "../../replay/unit-summary.js";
import { Names } from "../rebuild/readable.js";

export interface SizeOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** The unit to compare with; null: none. */
  readonly against: UnitSource | null;
}

/** What `sectionSizes` of the engine numbers parts with. */
const [SYMBOL, PADDING] = [0, 1];

/** @throws LtoError IncompleteUnit: no linked output was captured; UnreadableFile; Cancelled */
export async function unitSizes(core: CoreContext, source: UnitSource, options: SizeOptions, signal?: AbortSignal): Promise<SizeReport> {
  const sizes = await outputSizes(core, source, options.llvm, signal);
  const { against } = options;
  const other = against === null ? null : await outputSizes(core, against, options.llvm, signal);
  return {
    schema: 1,
    command: "size",
    unit: summaryOf(source.unit),
    ...sizes,
    against: against === null || other === null ? null : comparedWith(against.unit, other, sizes),
    warnings: [...strippedWarnings(source, sizes), ...(against === null || other === null ? [] : strippedWarnings(against, other))],
  };
}

function strippedWarnings({ unit }: UnitSource, { symbols }: OutputSizes): string[] {
  if (symbols.length > 0) return [];
  const { id } = summaryOf(unit);
  return [`The output of ${id} has no symbols: it was stripped. Build with \`strip = "debuginfo"\` to see functions and crates.`];
}

/** Of a unit's captured output. @throws LtoError IncompleteUnit: no linked output was captured; UnreadableFile; Cancelled */
export async function outputSizes(core: CoreContext, source: UnitSource, llvm: string, signal?: AbortSignal): Promise<OutputSizes> {
  const { link, name, noLinkBecause } = source.unit;
  if (link === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `The capture of ${name} has no linked output: ${noLinkBecause ?? "no linker made it, or an earlier version captured it"}.`,
      help: "Capture a program or a cdylib again: `lto-inspector capture`.",
    });
  }
  const { engine } = await chooseEngine(core, source, { llvm, overrides: {} }, signal);
  const found = await engine.request("sectionSizes", { file: link.output }, signal);
  const names = new Names(engine, signal);
  await names.learn(found.symbols);
  const rows = found.sections.map((section) => partsOf(section, found.symbols, names));
  const symbols = rows.flatMap((row) => row.symbols).sort((left, right) => right.bytes - left.bytes);
  const sections = rows.map(({ section }) => section);
  const inFile = sections.reduce((sum, section) => sum + (section.inFile ? section.bytes : 0), 0);
  const code = new Set(sections.filter((section) => section.code).map((section) => section.name));
  return { file: link.source, bytes: found.bytes, outside: found.bytes - inFile, sections, crates: cratesOf(symbols, code), symbols };
}

function partsOf(
  { name, size, inFile, code, parts }: SectionSizes,
  symbols: readonly string[],
  names: Names,
): { readonly section: SectionSize; readonly symbols: readonly SymbolSize[] } {
  const found: SymbolSize[] = [];
  let [named, padding, unnamed] = [0, 0, 0];
  const numbers = new PackedReader(parts);
  while (!numbers.ended) {
    const kind = numbers.next();
    const symbol = symbols[numbers.next()] ?? "";
    const bytes = numbers.next();
    if (kind === SYMBOL) {
      const readable = names.of(symbol);
      found.push({ symbol, name: readable, crate: crateOfReadable(readable) ?? null, section: name, bytes });
      named += bytes;
    } else if (kind === PADDING) padding += bytes;
    else unnamed += bytes;
  }
  return { section: { name, bytes: size, inFile, code, named, padding, unnamed }, symbols: found };
}

/** @param code names of sections with functions */
function cratesOf(symbols: readonly SymbolSize[], code: ReadonlySet<string>): CrateSize[] {
  const crates = new Map<string | null, { bytes: number; code: number; symbols: number }>();
  for (const { crate, section, bytes } of symbols) {
    const sum = crates.get(crate) ?? { bytes: 0, code: 0, symbols: 0 };
    sum.bytes += bytes;
    if (code.has(section)) sum.code += bytes;
    sum.symbols++;
    crates.set(crate, sum);
  }
  return [...crates].map(([crate, sum]) => ({ crate, ...sum })).sort((left, right) => right.bytes - left.bytes);
}

function comparedWith(unit: UnitManifest, before: OutputSizes, after: OutputSizes): SizesAgainst {
  return {
    unit: summaryOf(unit),
    bytes: before.bytes,
    sections: changes(before.sections, after.sections, ({ name }) => name),
    crates: changes(before.crates, after.crates, ({ crate }) => crate ?? ""),
    // Not by mangled names: they contain hashes that change with the compiler's options.
    symbols: changes(before.symbols, after.symbols, ({ name }) => name),
  };
}

/** Sums by name that differ, the largest difference first. */
function changes<T extends { readonly bytes: number }>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): SizeChange[] {
  const sums = new Map<string, { before: number; after: number }>();
  const add = (list: readonly T[], side: "before" | "after"): void => {
    for (const one of list) {
      const sum = sums.get(nameOf(one)) ?? { before: 0, after: 0 };
      sum[side] += one.bytes;
      sums.set(nameOf(one), sum);
    }
  };
  add(before, "before");
  add(after, "after");
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .filter((sum) => sum.before !== sum.after)
    .sort((left, right) => Math.abs(right.after - right.before) - Math.abs(left.after - left.before));
}
