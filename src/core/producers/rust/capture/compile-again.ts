/** Runs a capture's rustc again for bitcode that the build itself did not leave. */
import { runProcess, type ProcessOptions } from "../../../base/process.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import type { RustcRecord } from "../wrapper/record.js";

/** Its cancellation signal, and the locks to hold until it has ended. */
export type Running = Pick<ProcessOptions, "signal" | "held">;

/** Options for locations of files, and for what comes after the crate's own codegen units. */
const LEFT_OUT_CODEGEN = /^(?:lto|linker-plugin-lto|incremental|linker|linker-flavor|strip|save-temps|passes|no-prepopulate-passes)(?:=|$)/;
const LEFT_OUT: ReadonlySet<string> = new Set(["-o", "--emit", "--out-dir", "--json", "--error-format", "--color", "--diagnostic-width"]);

/** The inputs, and the options that affect what is compiled. */
export function sharedWords(args: RustcArguments): string[] {
  const options = args.options.flatMap(({ name, value }) => {
    if (LEFT_OUT.has(name)) return [];
    if (name === "-C" && value !== null && LEFT_OUT_CODEGEN.test(value.replaceAll("_", "-"))) return [];
    return value === null ? [name] : [name, value];
  });
  return [...args.inputs, ...options];
}

/**
 * Runs rustc in the same folder with the same environment.
 *
 * @returns undefined, or rustc's first error
 * @throws LtoError Cancelled
 */
export async function compileAgain(record: RustcRecord, words: readonly string[], running: Running = {}): Promise<string | undefined> {
  const rustc = record.programs.at(-1) ?? "rustc";
  const result = await runProcess(rustc, [...words], { cwd: record.cwd, env: record.environment, ...running });
  return result.code === 0 ? undefined : lastLine(result.stderr);
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => line.startsWith("error")) ?? lines.at(-1) ?? "it printed nothing.";
}
