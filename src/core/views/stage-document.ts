/**
 * The text of a stage document, alone or as one side of a diff. Shows a function in full, and a module if it is small; otherwise lists its functions and says how to see the rest.
 */
import { statSync } from "node:fs";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import { besideOf, type StageAddress } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import type { FunctionInfo, FunctionsResult, PrintResult } from "../../protocol/engine/ir.js";
import { explainUnreadable } from "../engine/foreign-llvm.js";
import { applyFilters } from "../ir/filters.js";
import type { OpenSubject, StageContent } from "./open-subject.js";
import { DOCUMENT_LIMITS, withoutFileNames, type DocumentLimits } from "../ir/printed-modules.js";
import { withoutPromotionSuffix } from "../ir/stage-changes.js";
import { bytes } from "../../protocol/words.js";
import { isLtoError } from "../base/errors.js";
import { alignedTexts } from "../ir/aligned-numbers.js";

/** What a document is made of. */
export interface DocumentSource {
  readonly address: StageAddress;
  /** What the stage is a stage of. */
  readonly open: OpenSubject;
  /** The subject whose LLVM reads the stage. */
  readonly reader: OpenSubject;
  /** What the other side of a diff is a stage of. */
  readonly other: OpenSubject;
}

/**
 * The text of an address. Makes the stage if it is missing. In a diff, both sides are numbered alike, unless the filter is off or a text is too long.
 *
 * @throws LtoError UnknownRun, UnknownUnit, UnknownModule, UnknownStage, and what making a stage can throw
 */
export async function stageDocument(
  { address, open, reader, other }: DocumentSource,
  signal?: AbortSignal,
  limits: DocumentLimits = DOCUMENT_LIMITS,
): Promise<string> {
  const text = await stageText(open, address, reader, limits, signal);
  const opposite = address.filters.stableNumbering && text.isCode ? besideOf(address) : undefined;
  if (opposite === undefined) return readable(text, address);
  const there = await textBeside(other, opposite, reader, limits, signal);
  return readable(there === undefined ? text : numberedLike(text, there, address, limits), address);
}

/** The text of a stage before names are demangled. */
interface StageText {
  readonly text: string;
  /** Whether it is LLVM IR; otherwise it says why there is none. */
  readonly isCode: boolean;
  /** A comment that ends the text. */
  readonly end: string;
  readonly content: FunctionsResult;
}

async function stageText(
  open: OpenSubject,
  address: StageAddress,
  reader: OpenSubject,
  limits: DocumentLimits,
  signal?: AbortSignal,
): Promise<StageText> {
  const stage = await open.content(address.module, address.stage, signal, reader);
  const engine = await reader.stages.engine();
  const print = async (limit: number, symbol?: string): Promise<PrintResult> => {
    const wanted = symbol === undefined ? {} : { function: symbol };
    try {
      return await engine.request("print", { file: stage.ref.file, ...wanted, limit }, signal);
    } catch (error) {
      throw await explainUnreadable(error, engine);
    }
  };
  if (address.function !== null) return functionText(address, address.function, stage, limits, print);
  return moduleText(address, stage, limits, print);
}

type Print = (limit: number, symbol?: string) => Promise<PrintResult>;

async function functionText(
  address: StageAddress,
  wanted: string,
  { content }: StageContent,
  limits: DocumentLimits,
  print: Print,
): Promise<StageText> {
  const found = functionNamed(content, wanted);
  if (found === undefined) return { text: `; ${where(address)} has no function ${wanted}.\n`, isCode: false, end: "", content };
  const printed = await print(limits.functionText, found.name);
  const end = printed.truncated ? cutShort(printed, limits.functionText) : "";
  return { text: filtered(printed.text, address), isCode: true, end, content };
}

async function moduleText(address: StageAddress, stage: StageContent, limits: DocumentLimits, print: Print): Promise<StageText> {
  const { content } = stage;
  const bounded = (size: string): StageText => ({ text: boundedView(address, stage, limits, size), isCode: false, end: "", content });
  const size = statSync(stage.ref.file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limits.bitcode) return bounded(`${bytes(size)} of bitcode`);
  const printed = await print(limits.module);
  if (printed.truncated) return bounded(`${bytes(printed.totalBytes)} of text`);
  return { text: filtered(printed.text, address), isCode: true, end: "", content };
}

/** undefined: the other side has no code to align with, and its own document says why. */
async function textBeside(
  other: OpenSubject,
  opposite: StageAddress,
  reader: OpenSubject,
  limits: DocumentLimits,
  signal?: AbortSignal,
): Promise<StageText | undefined> {
  try {
    const text = await stageText(other, opposite, reader, limits, signal);
    return text.isCode ? text : undefined;
  } catch (error) {
    if (!isLtoError(error) || isLtoError(error, "Cancelled")) throw error;
    return undefined;
  }
}

/** One side of a diff, numbered like the other one. */
function numberedLike(text: StageText, there: StageText, { beside }: StageAddress, { alignedLines }: DocumentLimits): StageText {
  const isLeft = beside?.side === "left";
  const sides = isLeft ? { before: text.text, after: there.text } : { before: there.text, after: text.text };
  return { ...text, text: alignedTexts(sides, alignedLines)[isLeft ? "before" : "after"] };
}

/** Finds a function by the name that it has at any stage: ThinLTO's promotion renames functions between stages. */
export function functionNamed({ functions }: FunctionsResult, wanted: string): FunctionInfo | undefined {
  const exact = functions.find(({ name }) => name === wanted);
  if (exact !== undefined) return exact;
  const stem = withoutPromotionSuffix(wanted);
  const alike = functions.filter(({ name }) => withoutPromotionSuffix(name) === stem);
  const readable = alike.length > 0 ? alike : functions.filter(({ demangled }) => demangled === wanted);
  return readable.find(({ declaration }) => !declaration) ?? readable[0];
}

function filtered(text: string, { module, filters }: StageAddress): string {
  return applyFilters(withoutFileNames(text, module), {
    hideMetadata: filters.hideDebugInfo,
    hideGuids: filters.hideGuids,
    hideAttributes: filters.hideAttributes,
  });
}

/** The whole text, with the names that its filters ask for. */
function readable({ text, end, isCode, content: { functions, globals } }: StageText, { filters }: StageAddress): string {
  if (!filters.demangle || !isCode) return text + end;
  return applyFilters(text, { readableNames: new Map([...functions, ...globals].map(({ name, demangled }) => [name, demangled])) }) + end;
}

function boundedView(address: StageAddress, { ref, content }: StageContent, limits: DocumentLimits, size: string): string {
  const defined = content.functions.filter(({ declaration }) => !declaration);
  const largest = defined.toSorted((left, right) => right.instructions - left.instructions).slice(0, limits.listed);
  const declared = content.functions.length - defined.length;
  const width = String(largest[0]?.instructions ?? 0).length;
  const lines = [
    `; ${where(address)} is too large to show as one text (${size}).`,
    `; Left out: the text of its ${defined.length} functions, ${declared} declarations, and ${content.globals.length} globals.`,
    ";",
    "; To see a function, open it from the tree of codegen units, with “LTO: Open Stage” or with “LTO: Find Symbol”.",
    "; For the whole text, use “LTO: Copy CLI Command” on this stage, or an llvm-dis of the same LLVM on its bitcode:",
    `;   ${visible(ref.file)}`,
    ";",
    `; ${largest.length < defined.length ? `The ${largest.length} largest` : "All"} functions, by number of instructions:`,
    ...largest.map(({ instructions, demangled }) => `; ${String(instructions).padStart(width)}  ${visible(demangled)}`),
  ];
  if (largest.length < defined.length) lines.push(`; … and ${defined.length - largest.length} more`);
  return `${lines.join("\n")}\n`;
}

function cutShort({ totalBytes }: PrintResult, limit: number): string {
  return `\n; Truncated: this is ${bytes(limit)} of ${bytes(totalBytes)}. “LTO: Copy CLI Command” copies the command that prints all of it.\n`;
}

function where({ module, stage }: StageAddress): string {
  return `Module ${visible(shortModuleName(module))} at stage ${stageLabel(stage)}`;
}
