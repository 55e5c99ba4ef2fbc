/** Printed modules: how large they may be to be shown or compared as a text, and what of them says nothing. */
import { visible } from "../../protocol/visible.js";

export interface DocumentLimits {
  /** Characters of a module's text that still open as a document. */
  readonly module: number;
  /** Characters of a function's text. */
  readonly functionText: number;
  /** Bytes of bitcode above which a module's text is not even made. */
  readonly bitcode: number;
  /** Functions that the list in place of a large module names. */
  readonly listed: number;
}

export const DOCUMENT_LIMITS: DocumentLimits = { module: 1 << 20, functionText: 4 << 20, bitcode: 2 << 20, listed: 1000 };

/** The name of the file that a stage is kept in differs from stage to stage, and says nothing. */
export function withoutFileNames(text: string, module: string): string {
  return text.replace(/^; in module .*\n/m, "").replace(/^; ModuleID = .*$/m, () => `; ModuleID = '${visible(module)}'`);
}
