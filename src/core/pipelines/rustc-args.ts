/**
 * rustc's command line, parsed like in rustc: every option has two spellings, the last one wins, lists accumulate.
 *
 * Source: `compiler/rustc_session/src/config.rs` and `options.rs`, rustc 1.96.
 */
import path from "node:path";
import type { CrateType } from "../../protocol/units.js";

const CRATE_TYPES: readonly CrateType[] = ["bin", "cdylib", "staticlib", "dylib", "rlib", "lib", "proc-macro", "sdylib"];

/** Options with a separate value, besides `-C` and `-Z`; what follows them is not the input file. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...["-A", "-D", "-F", "-L", "-W", "-l", "-o", "--allow", "--cap-lints", "--cfg", "--check-cfg", "--codegen", "--color"],
  ...["--crate-name", "--crate-type", "--deny", "--diagnostic-width", "--edition", "--emit", "--env-set", "--error-format", "--explain"],
  ...["--extern", "--force-warn", "--forbid", "--json", "--out-dir", "--print", "--remap-path-prefix", "--sysroot", "--target", "--warn"],
]);

const LETTERS_WITH_VALUE: ReadonlySet<string> = new Set(["A", "D", "F", "L", "W", "l", "o", "C", "Z"]);

export interface ParsedOption {
  /** "-C", "--emit", … in its canonical spelling (`-C` for `--codegen`). */
  readonly name: string;
  readonly value: string | null;
}

export interface ExternCrate {
  readonly name: string;
  readonly file: string;
}

export class RustcArguments {
  readonly options: readonly ParsedOption[];
  readonly inputs: readonly string[];

  constructor(args: readonly string[]) {
    const { options, inputs } = parse(args);
    this.options = options;
    this.inputs = inputs;
  }

  values(name: string): string[] {
    return this.options.flatMap((option) => (option.name === name && option.value !== null ? [option.value] : []));
  }

  has(name: string): boolean {
    return this.options.some((option) => option.name === name);
  }

  get crateName(): string {
    return this.values("--crate-name").at(-1) ?? "";
  }

  get isTest(): boolean {
    return this.has("--test");
  }

  /** The crate types in the given order; with `--test` always a program. */
  get crateTypes(): CrateType[] {
    if (this.isTest) return ["bin"];
    const names = this.values("--crate-type").flatMap((list) => list.split(","));
    const known = names.flatMap((name) => CRATE_TYPES.filter((type) => type === name));
    return known.length === 0 ? ["bin"] : [...new Set(known)];
  }

  /** The requested target triple; null: the host's. */
  get target(): string | null {
    const target = this.values("--target").at(-1);
    return target === undefined ? null : path.basename(target, ".json");
  }

  get outDir(): string | undefined {
    return this.values("--out-dir").at(-1);
  }

  /** The prefix of output files: the crate's name and `-C extra-filename`. */
  get fileStem(): string {
    return this.crateName + (this.codegen("extra-filename") ?? "");
  }

  /** The outputs that `--emit` lists ("link", "dep-info", "llvm-ir", …). */
  get emits(): string[] {
    return this.values("--emit").flatMap((list) => list.split(",").map((emit) => emit.split("=")[0] ?? emit));
  }

  get externs(): ExternCrate[] {
    return this.values("--extern").flatMap((value) => {
      const equals = value.indexOf("=");
      if (equals === -1) return [];
      // Options precede the name: "priv,noprelude:serde".
      const name = value.slice(0, equals).split(":").at(-1) ?? "";
      return [{ name, file: value.slice(equals + 1) }];
    });
  }

  /** Folders in which rustc searches for rlibs: `-L PATH`, `-L dependency=PATH`, `-L crate=PATH`, `-L all=PATH`. */
  get libraryFolders(): string[] {
    return this.values("-L").flatMap((value) => {
      const match = /^(?:(dependency|crate|all|native|framework)=)?(.*)$/.exec(value);
      return match?.[2] === undefined || match[1] === "native" || match[1] === "framework" ? [] : [match[2]];
    });
  }

  /** Every value of a `-C` option, in order; "" if it has none. */
  codegenValues(name: string): string[] {
    return this.#settings("-C", name);
  }

  /** The last value of a `-C` option, which wins; "" if it has no value, undefined if it is not given. */
  codegen(name: string): string | undefined {
    return this.codegenValues(name).at(-1);
  }

  /** The last value of a `-Z` option, which wins. */
  unstable(name: string): string | undefined {
    return this.#settings("-Z", name).at(-1);
  }

  /** A `-C` flag: given without a value, or as y, yes, on, true. */
  codegenFlag(name: string): boolean {
    return isOn(this.codegen(name)) ?? false;
  }

  /** A `-Z` flag; undefined if it is not given. */
  unstableFlag(name: string): boolean | undefined {
    return isOn(this.unstable(name));
  }

  #settings(letter: string, name: string): string[] {
    return this.values(letter).flatMap((setting) => {
      const equals = setting.indexOf("=");
      const key = (equals === -1 ? setting : setting.slice(0, equals)).replaceAll("_", "-");
      if (key !== name) return [];
      return [equals === -1 ? "" : setting.slice(equals + 1)];
    });
  }
}

/** rustc's `parse_bool` and `parse_opt_bool`: undefined if the option is not given. */
export function isOn(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  return ["", "y", "yes", "on", "true"].includes(value);
}

function parse(args: readonly string[]): { options: ParsedOption[]; inputs: string[] } {
  const options: ParsedOption[] = [];
  const inputs: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    const next = args[index + 1];
    if (!argument.startsWith("-") || argument === "-") {
      inputs.push(argument);
      continue;
    }
    const option = argument.startsWith("--") ? longOption(argument, next) : shortOption(argument, next);
    options.push({ name: option.name === "--codegen" ? "-C" : option.name, value: option.value });
    if (option.tookNext) index += 1;
  }
  return { options, inputs };
}

interface OneOption extends ParsedOption {
  readonly tookNext: boolean;
}

function longOption(argument: string, next: string | undefined): OneOption {
  const equals = argument.indexOf("=");
  if (equals !== -1) return { name: argument.slice(0, equals), value: argument.slice(equals + 1), tookNext: false };
  if (WITH_VALUE.has(argument) && next !== undefined) return { name: argument, value: next, tookNext: true };
  return { name: argument, value: null, tookNext: false };
}

function shortOption(argument: string, next: string | undefined): OneOption {
  const name = argument.slice(0, 2);
  if (!LETTERS_WITH_VALUE.has(name.slice(1))) return { name, value: null, tookNext: false };
  if (argument.length > 2) return { name, value: argument.slice(2), tookNext: false };
  return { name, value: next ?? null, tookNext: next !== undefined };
}
