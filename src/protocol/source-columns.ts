/** Columns of source lines, as compilers and editors count them. */

/**
 * The column of an editor, which counts UTF-16 units from 0, for one of debug info.
 *
 * @param text the line
 * @param column in bytes of UTF-8 from 1, as rustc counts (`lookup_debug_loc`, rustc_codegen_llvm, 1.85 to 1.97); 0: unknown
 */
export function columnOfByte(text: string, column: number): number {
  return Buffer.from(text)
    .subarray(0, Math.max(0, column - 1))
    .toString().length;
}
