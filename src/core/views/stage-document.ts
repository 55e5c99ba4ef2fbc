/**
 * The text of a stage document. Shows a function in full, and a module if it is small; otherwise lists its functions and says how to see the rest.
 */
import { statSync } from "node:fs";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import type { StageAddress } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import type { FunctionInfo, FunctionsResult, PrintResult } from "../../protocol/engine/ir.js";
import { explainUnreadable } from "../engine/foreign-llvm.js";
import { applyFilters } from "../ir/filters.js";
import type { OpenSubject, StageContent } from "./open-subject.js";
import { DOCUMENT_LIMITS, withoutFileNames, type DocumentLimits } from "../ir/printed-modules.js";
import { withoutPromotionSuffix } from "../ir/stage-changes.js";
import { bytes } from "../../protocol/words.js";

/**
 * The text of an address. Makes the stage if it is missing.
 *
 * @param reader the subject whose LLVM reads the stage
 * @throws LtoError UnknownRun, UnknownUnit, UnknownModule, UnknownStage, and what making a stage can throw
 */
export async function stageDocument(
  open: OpenSubject,
  address: StageAddress,
  signal?: AbortSignal,
  limits: DocumentLimits = DOCUMENT_LIMITS,
  reader: OpenSubject = open,
): Promise<string> {
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
  stage: StageContent,
  limits: DocumentLimits,
  print: Print,
): Promise<string> {
  const found = functionNamed(stage.content, wanted);
  if (found === undefined) return `; ${where(address)} has no function ${wanted}.\n`;
  const printed = await print(limits.functionText, found.name);
  const text = filtered(printed.text, address, stage.content);
  return printed.truncated ? text + cutShort(printed, limits.functionText) : text;
}

async function moduleText(address: StageAddress, stage: StageContent, limits: DocumentLimits, print: Print): Promise<string> {
  const size = statSync(stage.ref.file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limits.bitcode) return boundedView(address, stage, limits, `${bytes(size)} of bitcode`);
  const printed = await print(limits.module);
  if (printed.truncated) return boundedView(address, stage, limits, `${bytes(printed.totalBytes)} of text`);
  return filtered(printed.text, address, stage.content);
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

function filtered(text: string, { module, filters }: StageAddress, { functions, globals }: FunctionsResult): string {
  const names = filters.demangle ? new Map([...functions, ...globals].map(({ name, demangled }) => [name, demangled])) : undefined;
  return applyFilters(withoutFileNames(text, module), {
    hideMetadata: filters.hideDebugInfo,
    hideGuids: filters.hideGuids,
    hideAttributes: filters.hideAttributes,
    stableNumbers: filters.stableNumbering,
    ...(names === undefined ? {} : { readableNames: names }),
  });
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
