/** The parts of a rustc command line that the wrapper needs. */
import { LIMITS } from "../../../base/read-file.js";
import { readTextFileSync } from "../../../base/read-file-sync.js";

/** The crate types of final crates: those that are linked. */
const FINAL_TYPES: ReadonlySet<string> = new Set(["bin", "cdylib", "staticlib", "dylib"]);

export interface RustcInvocation {
  /** Other wrappers and rustc: everything before the first option (Cargo always begins with `--crate-name`). */
  readonly programs: readonly string[];
  readonly args: readonly string[];
}

/** Splits a rustc wrapper's arguments into the programs and rustc's own arguments. */
export function splitInvocation(argv: readonly string[]): RustcInvocation {
  const first = argv.findIndex((argument) => argument.startsWith("-") || argument.startsWith("@"));
  const end = first === -1 ? argv.length : first;
  return { programs: argv.slice(0, end), args: argv.slice(end) };
}

/**
 * Replaces `@file` arguments by the lines of the file, as rustc does; Cargo uses them if a command line would be too long.
 *
 * Source: `compiler/rustc_driver_impl/src/args.rs`, rustc 1.96.
 */
export function expandArgumentFiles(args: readonly string[]): string[] {
  return args.flatMap((argument) => {
    if (!argument.startsWith("@")) return [argument];
    try {
      return readTextFileSync(argument.slice(1), LIMITS.text)
        .split(/\r?\n/)
        .filter((line, index, lines) => line !== "" || index < lines.length - 1);
    } catch {
      // rustc reports what is wrong with it. A FIFO can be read only once, so it is left to rustc.
      return [argument];
    }
  });
}

/** Every value of an option that is spelled `--name value` or `--name=value`. */
export function valuesOf(args: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (const [index, argument] of args.entries()) {
    const next = args[index + 1];
    if (argument === name && next !== undefined) values.push(next);
    else if (argument.startsWith(`${name}=`)) values.push(argument.slice(name.length + 1));
  }
  return values;
}

/** The last value of a `-C` option (`-C x=y`, `-Cx=y`, `--codegen x=y`); rustc takes `_` for `-`. */
export function codegenValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (const [index, argument] of args.entries()) {
    const option = codegenOption(argument, args[index + 1]);
    if (option === undefined) continue;
    const equals = option.indexOf("=");
    const key = (equals === -1 ? option : option.slice(0, equals)).replaceAll("_", "-");
    if (key === name) value = equals === -1 ? "" : option.slice(equals + 1);
  }
  return value;
}

function codegenOption(argument: string, next: string | undefined): string | undefined {
  if (argument === "-C" || argument === "--codegen") return next;
  if (argument.startsWith("--codegen=")) return argument.slice("--codegen=".length);
  return argument.startsWith("-C") ? argument.slice(2) : undefined;
}

/**
 * Whether this run makes a final crate of a requested package: linked, not a build script, not only checked.
 *
 * @param environment Cargo sets CARGO_PRIMARY_PACKAGE for requested packages
 */
export function isFinalCrate(args: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  if (environment["CARGO_PRIMARY_PACKAGE"] === undefined) return false;
  const crate = valuesOf(args, "--crate-name").at(-1) ?? "";
  if (crate === "" || crate.startsWith("build_script_")) return false;
  if (args.some((argument) => argument === "--print" || argument.startsWith("--print="))) return false;
  const emits = valuesOf(args, "--emit").flatMap((list) => list.split(","));
  if (emits.length > 0 && !emits.some((emit) => emit === "link" || emit.startsWith("link="))) return false;
  if (args.includes("--test")) return true;
  const types = valuesOf(args, "--crate-type").flatMap((list) => list.split(","));
  // Without a type it is a program; Cargo compiles benchmarks, and tests with `harness = false`, like this.
  return types.length === 0 || types.some((type) => FINAL_TYPES.has(type));
}
