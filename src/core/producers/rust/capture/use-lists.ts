/**
 * What rustc has in memory when it does fat LTO without a session, with the order of use-lists: `no-opt.bc` has all of a codegen unit but the order in
 * which a value's uses are in its list, and some passes follow that order. LLVM writes it when it is asked to. That must not be asked of the build
 * itself: rustc serialises the modules that it links, and would read the order back, which it does not in the user's build. So the crate is compiled
 * again, up to `no-opt.bc` and without its passes, LTO and linking.
 *
 * Where rustc keeps the names of values, a function's symbol table also knows how many names it has made unique by a number, which names that passes make
 * depend on, and bitcode does not. So that compilation ends with two passes that make such names in every function; `.rcgu.bc` is what came of it.
 *
 * Source: `preserve-bc-uselistorder` in LLVM's BitcodeWriter (22); `fat_lto` in `compiler/rustc_codegen_llvm/src/back/lto.rs` and `emit_no_opt_bc` in
 * `compiler/rustc_codegen_ssa/src/back/write.rs`, rustc 1.96.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../../base/folders.js";
import { compileAgain, sharedWords, type Running } from "./compile-again.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { fewerNames } from "./settings.js";
import { matchAfterPasses, matchNoOptFiles, type StageFileQuery } from "../../../pipelines/saved-stages.js";
import type { RustcRecord } from "../wrapper/record.js";

/** What is printed decides whether names are kept, and with one of these rustc makes a single codegen unit (`parse_output_types`, 1.9x). */
const SINGLE_OUTPUTS: ReadonlySet<string> = new Set(["asm", "llvm-bc", "llvm-ir", "obj"]);

/** The passes of `nameValues` in the engine. Every function has two values without a name after the first, and get one by the second. */
const NAMING = [
  ...["-C", "passes=sancov-module,instnamer"],
  ...["-C", "llvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-inline-8bit-counters"],
];

/** What one more compilation left of a codegen unit. */
export interface CompiledAgain {
  readonly useLists: string;
  /** After passes that name values; undefined: rustc discards names. */
  readonly names: string | undefined;
}

/**
 * Compiles the crate again.
 *
 * @returns codegen unit → files in the folder, all units or none; or in a sentence why there are none
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
 * Runs rustc for it.
 *
 * @param folder a scratch folder, for the caller to remove; the files are in it under the names that rustc gave those of the build
 * @returns undefined, or in a sentence why there are none
 * @throws LtoError Cancelled
 */
async function compileWithUseLists(
  record: RustcRecord,
  args: RustcArguments,
  folder: string,
  running: Running,
): Promise<string | undefined> {
  await makeFolder(folder);
  // `--emit=obj` would put everything into one codegen unit: so it is linked, by a program that does nothing.
  const words = [
    ...sharedWords(args),
    ...[`--emit=${["link", ...args.emits.filter((emit) => SINGLE_OUTPUTS.has(emit))].join(",")}`],
    ...["--out-dir", folder, "-C", "lto=off", "-C", "linker=true", "-C", "strip=none"],
    ...["-C", "save-temps", "-C", "no-prepopulate-passes", "-C", "llvm-args=-preserve-bc-uselistorder"],
    ...(fewerNames(args) ? [] : NAMING),
  ];
  const failure = await compileAgain(record, words, running);
  return failure === undefined ? undefined : `rustc could not compile the crate again: ${failure}`;
}
