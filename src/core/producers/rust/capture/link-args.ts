/** The linker's command line as rustc prints it (`--print link-args`). */
import { rustString } from "../../../pipelines/rust-string.js";

/**
 * The arguments without the linker, and without the environment variables that may precede it.
 *
 * Source of the form: `impl Debug for Command` in `library/std/src/sys/process/unix/common.rs` (rustc 1.95): words as `{:?}` prints strings, after
 * `NAME="value"` for each variable.
 */
export function linkerWords(printed: string): string[] {
  return [...printed.matchAll(/(?<=^|\s)"(?:[^"\\]|\\.)*"/g)].map(([word]) => rustString(word));
}
