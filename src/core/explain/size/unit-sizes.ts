/** `size`: what the bytes of a build's linked output belong to, by section, crate and symbol. */
import type { SectionSizes } from "../../../protocol/engine/objects.js";
import type { CrateSize, OutputSizes, SectionSize, SizeReport, SymbolSize } from "../../../protocol/size.js";
import { LtoError } from "../../base/errors.js";
import { PackedReader } from "../../base/packed-numbers.js";
import type { EngineClient } from "../../engine/client.js";
import type { CoreContext } from "../../engine/core-context.js";
import { crateOfReadable } from "../../pipelines/readable-crate.js";
import type { RunHooks } from "../../replay/each-module.js";
import { chooseEngine, type UnitSource } from "../../replay/producer.js";
import { summaryOf } from "../../replay/unit-summary.js";
import { whileInUse } from "../../store/in-use.js";
import { Names } from "../rebuild/readable.js";
import { comparedWith, type Measured } from "./compare-sizes.js";
import { inlinedInto, type InlinedInto } from "./inlined-into.js";

export interface SizeOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** The unit to compare with; null: none. */
  readonly against: UnitSource | null;
  /** Also say what was inlined into each function, which needs a replay of each module. */
  readonly inlined?: boolean;
}

/** What `sectionSizes` of the engine numbers parts with. */
const [SYMBOL, PADDING] = [0, 1];

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** @throws LtoError IncompleteUnit: no linked output was captured; UnreadableFile; Cancelled; with `inlined`, what making a stage can throw */
export async function unitSizes(core: CoreContext, source: UnitSource, options: SizeOptions, hooks: Hooks = {}): Promise<SizeReport> {
  const after = await measure(core, source, options, hooks);
  const { against } = options;
  const before = against === null ? null : await measure(core, against, options, hooks);
  const measured = before === null ? [after] : [after, before];
  return {
    schema: 1,
    command: "size",
    unit: summaryOf(source.unit),
    ...after.sizes,
    against: against === null || before === null ? null : comparedWith(against.unit, before, after),
    inlining: checkedOf(measured.flatMap(({ inlined }) => inlined ?? [])),
    warnings: [
      ...strippedWarnings(source, after.sizes),
      ...(against === null || before === null ? [] : strippedWarnings(against, before.sizes)),
    ],
  };
}

async function measure(core: CoreContext, source: UnitSource, { llvm, inlined = false }: SizeOptions, hooks: Hooks): Promise<Measured> {
  const sizes = await outputSizes(core, source, llvm, hooks.signal);
  if (!inlined) return { sizes, inlined: null };
  const into = await whileInUse(core.layout, { making: true }, () => inlinedInto(core, source, llvm, hooks));
  return { sizes: withInlined(sizes, into), inlined: into };
}

/** The sizes of functions with what was inlined into them. */
export function withInlined(sizes: OutputSizes, { functions }: InlinedInto): OutputSizes {
  const symbols = sizes.symbols.map((symbol) => {
    const found = functions.get(symbol.symbol);
    return found === undefined ? symbol : { ...symbol, inlined: found };
  });
  return { ...sizes, symbols };
}

/** Of all together; null for none. */
export function checkedOf(inlined: readonly InlinedInto[]): SizeReport["inlining"] {
  if (inlined.length === 0) return null;
  const sum = (side: "equal" | "different"): number => inlined.reduce((total, { code }) => total + code[side], 0);
  return {
    code: { equal: sum("equal"), different: sum("different") },
    notAvailable: inlined.flatMap(({ notAvailable }) => notAvailable),
  };
}

function strippedWarnings({ unit }: UnitSource, { symbols }: OutputSizes): string[] {
  if (symbols.length > 0) return [];
  const { id } = summaryOf(unit);
  return [`The output of ${id} has no symbols: it was stripped. Build with \`strip = "debuginfo"\` to see functions and crates.`];
}

/** Of a unit's captured output. @throws LtoError IncompleteUnit: no linked output was captured; UnreadableFile; Cancelled */
export async function outputSizes(core: CoreContext, source: UnitSource, llvm: string, signal?: AbortSignal): Promise<OutputSizes> {
  const { link, name, noLinkBecause, outputAlone } = source.unit;
  const output = link === undefined ? outputAlone : { file: link.output, source: link.source };
  if (output === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `The capture of ${name} has no linked output: ${noLinkBecause ?? "no linker made it, or an earlier version captured it"}.`,
      help: "Capture a program or a cdylib again: `lto-inspector capture`.",
    });
  }
  const { engine } = await chooseEngine(core, source, { llvm, overrides: {} }, signal);
  return fileSizes(engine, output.file, output.source, signal);
}

/**
 * Of any linked output.
 *
 * @param shown the path that is reported
 * @throws LtoError UnreadableFile; Cancelled
 */
export async function fileSizes(engine: EngineClient, file: string, shown: string, signal?: AbortSignal): Promise<OutputSizes> {
  const found = await engine.request("sectionSizes", { file }, signal);
  const names = new Names(engine, signal);
  await names.learn(found.symbols);
  const rows = found.sections.map((section) => partsOf(section, found.symbols, names));
  const symbols = rows.flatMap((row) => row.symbols).sort((left, right) => right.bytes - left.bytes);
  const sections = rows.map(({ section }) => section);
  const inFile = sections.reduce((sum, section) => sum + (section.inFile ? section.bytes : 0), 0);
  const code = new Set(sections.filter((section) => section.code).map((section) => section.name));
  return { file: shown, bytes: found.bytes, outside: found.bytes - inFile, sections, crates: cratesOf(symbols, code), symbols };
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
