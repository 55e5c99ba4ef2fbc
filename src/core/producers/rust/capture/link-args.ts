/** The linker's command line as rustc prints it (`--print link-args`). */
import { dictionary } from "../../../base/dictionary.js";
import { rustString } from "../../../pipelines/rust-string.js";

/**
 * The arguments with the linker, and without the environment variables that may precede it.
 *
 * Source of the form: `impl Debug for Command` in `library/std/src/sys/process/unix/common.rs` (rustc 1.95): words as `{:?}` prints strings, after
 * `NAME="value"` for each variable.
 */
export function linkerWords(printed: string): string[] {
  return [...printed.matchAll(/(?<=^|\s)"(?:[^"\\]|\\.)*"/g)].map(([word]) => rustString(word));
}

/** The variables that rustc set for the linker. */
export function linkerVariables(printed: string): Record<string, string> {
  const [before = ""] = /^(?:[A-Za-z_][A-Za-z0-9_]*="(?:[^"\\]|\\.)*"\s+)*/.exec(printed) ?? [];
  const pairs = [...before.matchAll(/([A-Za-z_][A-Za-z0-9_]*)=("(?:[^"\\]|\\.)*")/g)];
  return dictionary(pairs.map(([, name = "", value = ""]) => [name, rustString(value)] as const));
}
