/** Printed modules: the size limits for showing or comparing them as text, and the lines that carry no information. */
import { visible } from "../../protocol/visible.js";
import { MOST_ALIGNED_LINES } from "./aligned-numbers.js";

export interface DocumentLimits {
  /** The maximum length of a module's text that opens as a document, in characters. */
  readonly module: number;
  /** Characters of a function's text. */
  readonly functionText: number;
  /** Bytes of bitcode above which a module's text is not even made. */
  readonly bitcode: number;
  /** Functions that the list in place of a large module names. */
  readonly listed: number;
  /** Lines of a text that is numbered like the other side of a diff. */
  readonly alignedLines: number;
}

export const DOCUMENT_LIMITS: DocumentLimits = {
  module: 1 << 20,
  functionText: 4 << 20,
  bitcode: 2 << 20,
  listed: 1000,
  alignedLines: MOST_ALIGNED_LINES,
};

/** Removes names of stage files: they differ from stage to stage and carry no information. */
export function withoutFileNames(text: string, module: string): string {
  return text.replace(/^; in module .*\n/m, "").replace(/^; ModuleID = .*$/m, () => `; ModuleID = '${visible(module)}'`);
}
