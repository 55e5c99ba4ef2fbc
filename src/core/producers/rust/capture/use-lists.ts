/**
 * The codegen units that rustc has in memory when it does fat LTO without a session, with the order of use-lists. `no-opt.bc` has everything about
 * a codegen unit except the order of the uses in each value's list, and some passes follow that order. LLVM can write it on request. The build
 * itself must not request it: rustc serialises the modules that it links and would then read the order back, which it does not do in the user's
 * build. So the crate is compiled again up to `no-opt.bc`, without passes, LTO and linking.
 *
 * If rustc keeps the names of values, each function's symbol table also counts the names that it has made unique with a number. Names made by later
 * passes depend on this count, which bitcode does not contain. So the second compilation ends with two passes that make such names in every
 * function, and writes the result as `.rcgu.bc`.
 *
 * Source: `preserve-bc-uselistorder` in LLVM's BitcodeWriter (22); `fat_lto` in `compiler/rustc_codegen_llvm/src/back/lto.rs` and `emit_no_opt_bc`
 * in `compiler/rustc_codegen_ssa/src/back/write.rs`, rustc 1.96.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../../base/folders.js";
import { compileAgain, sharedWords, type Running } from "./compile-again.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { fewerNames } from "./settings.js";
import { matchAfterPasses, matchNoOptFiles, type StageFileQuery } from "../../../pipelines/saved-stages.js";
import type { RustcRecord } from "../wrapper/record.js";

/** The outputs determine whether rustc keeps names; with one of these it makes a single codegen unit (`parse_output_types`, 1.9x). */
const SINGLE_OUTPUTS: ReadonlySet<string> = new Set(["asm", "llvm-bc", "llvm-ir", "obj"]);

/** The passes of `nameValues` in the engine. After the first, every function has two unnamed values; the second names them. */
const NAMING = [
  ...["-C", "passes=sancov-module,instnamer"],
  ...["-C", "llvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-inline-8bit-counters"],
];

/** What LLVM says of an option that it does not know. */
const UNKNOWN_OPTION = /Unknown command line argument|Did you mean '/;

/** What the second compilation left of a codegen unit. */
export interface CompiledAgain {
  readonly useLists: string;
  /** The unit after the passes that name values; undefined: rustc discards names. */
  readonly names: string | undefined;
}

/**
 * Compiles the crate again.
 *
 * @returns codegen unit → files in the folder, for all units; or a sentence that says why there are none
 * @throws LtoError Cancelled
 */
export async function compileForMemory(
  record: RustcRecord,
  args: RustcArguments,
  { folder, query, running }: { readonly folder: string; readonly query: StageFileQuery; readonly running: Running },
): Promise<Map<string, CompiledAgain> | string> {
  const failure = await compileWithUseLists(record, args, folder, running);
  if (failure !== undefined) return failure;
  const names = await readdir(folder);
  const [ordered, named] = [matchNoOptFiles(names, query), fewerNames(args) ? undefined : matchAfterPasses(names, query)];
  const complete = query.modules.every((module) => ordered.has(module) && named?.has(module) !== false);
  if (!complete) return "it produced different codegen units.";
  const inFolder = (file: string | undefined): string | undefined => (file === undefined ? undefined : path.join(folder, file));
  return new Map(
    [...ordered].map(([module, file]) => [module, { useLists: path.join(folder, file), names: inFolder(named?.get(module)) }]),
  );
}

/**
 * Runs rustc.
 *
 * @param folder a scratch folder, for the caller to remove; the files in it have the same names as those of the build
 * @returns undefined, or a sentence that says why there are none
 * @throws LtoError Cancelled
 */
async function compileWithUseLists(
  record: RustcRecord,
  args: RustcArguments,
  folder: string,
  running: Running,
): Promise<string | undefined> {
  await makeFolder(folder);
  // `--emit=obj` would put everything into one codegen unit, so the crate is linked, by a program that does nothing.
  const words = [
    ...sharedWords(args),
    ...[`--emit=${["link", ...args.emits.filter((emit) => SINGLE_OUTPUTS.has(emit))].join(",")}`],
    ...["--out-dir", folder, "-C", "lto=off", "-C", "linker=true", "-C", "strip=none"],
    ...["-C", "save-temps", "-C", "no-prepopulate-passes", "-C", "llvm-args=-preserve-bc-uselistorder"],
    ...(fewerNames(args) ? [] : NAMING),
  ];
  const failure = await compileAgain(record, words, running);
  if (failure === undefined) return undefined;
  // LLVM 19 has the option in its tools only.
  if (UNKNOWN_OPTION.test(failure)) return "the LLVM of this rustc has no option that writes it.";
  return `rustc could not compile the crate again: ${failure}`;
}
