/**
 * The codegen units that rustc has in memory when it does fat LTO without a session, with the order of use-lists. `no-opt.bc` has everything about
 * a codegen unit except the order of the uses in each value's list, and some passes follow that order. LLVM can write it on request. The build
 * itself must not request it: rustc serialises the modules that it links and would then read the order back, which it does not do in the user's
 * build. So the crate is compiled again up to `no-opt.bc`, without passes, LTO and linking.
 *
 * LLVM has an option for it since LLVM 22. With an older one, a plugin (`addon/plugin`) writes the modules where the passes would begin, which is
 * where `no-opt.bc` is written.
 *
 * If rustc keeps the names of values, each function's symbol table also counts the names that it has made unique with a number. Names made by later
 * passes depend on this count, which bitcode does not contain. So the second compilation ends with two passes that make such names in every
 * function, and writes the result as `.rcgu.bc`.
 *
 * Source: `preserve-bc-uselistorder` in LLVM's BitcodeWriter (22); `fat_lto` in `compiler/rustc_codegen_llvm/src/back/lto.rs` and `emit_no_opt_bc`
 * in `compiler/rustc_codegen_ssa/src/back/write.rs`, rustc 1.96; `-Z llvm-plugins` in `LLVMRustOptimize` of
 * `compiler/rustc_llvm/llvm-wrapper/PassWrapper.cpp`, rustc 1.85.
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { seriesOf, useListsPluginOf } from "../../../machine/llvm-series.js";
import { makeFolder } from "../../../base/folders.js";
import { compileAgain, sharedWords, type Running } from "./compile-again.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { fewerNames } from "./settings.js";
import { matchAfterPasses, matchNoOptFiles, type StageFileQuery } from "../../../pipelines/saved-stages.js";
import type { RustcRecord } from "../wrapper/record.js";

/** The outputs determine whether rustc keeps names; with one of these it makes a single codegen unit (`parse_output_types`, 1.9x). */
const SINGLE_OUTPUTS: ReadonlySet<string> = new Set(["asm", "llvm-bc", "llvm-ir", "obj"]);

/** The passes of `nameValues` in the engine. After the first, every function has two unnamed values; the second names them. */
const NAMING = {
  passes: ["sancov-module", "instnamer"],
  options: ["-C", "llvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-inline-8bit-counters"],
};

/** How the modules with use-lists come about. */
interface Writing {
  readonly options: readonly string[];
  /** Run before others. */
  readonly passes: readonly string[];
  readonly environment: RustcRecord["environment"];
  /** Finds the files among the names of the folder: module → file. */
  readonly match: (names: readonly string[], query: StageFileQuery) => Map<string, string>;
}

const BY_OPTION: Writing = {
  options: ["-C", "llvm-args=-preserve-bc-uselistorder"],
  passes: [],
  environment: {},
  match: matchNoOptFiles,
};

/**
 * rustc splits the plugin's path at spaces and commas, so it gets the bare name, which the dynamic loader looks for in LD_LIBRARY_PATH. Plugins are
 * unstable, hence RUSTC_BOOTSTRAP. The other effects of RUSTC_BOOTSTRAP do not reach the modules of these releases: only from 1.93 on does it change
 * how symbols are mangled.
 */
function byPlugin(plugin: string, folder: string, { LD_LIBRARY_PATH: searched }: RustcRecord["environment"]): Writing {
  const folders = [path.dirname(plugin), ...(searched === undefined || searched === "" ? [] : [searched])];
  return {
    options: ["-Z", `llvm-plugins=${path.basename(plugin)}`],
    passes: ["write-use-lists"],
    environment: { RUSTC_BOOTSTRAP: "1", LD_LIBRARY_PATH: folders.join(path.delimiter), LTO_INSPECTOR_USE_LISTS: folder },
    match: (names, { modules }) => {
      const written = new Set(names);
      return new Map(modules.map((module) => [module, `${module}.use-lists.bc`] as const).filter(([, file]) => written.has(file)));
    },
  };
}

/** What the second compilation left of a codegen unit. */
export interface CompiledAgain {
  readonly useLists: string;
  /** The unit after the passes that name values; undefined: rustc discards names. */
  readonly names: string | undefined;
}

/**
 * Compiles the crate again.
 *
 * @param again `llvmVersion`: that of the crate's rustc; `folder`: a scratch folder, for the caller to remove
 * @returns codegen unit → files in the folder, for all units; or a sentence that says why there are none
 * @throws LtoError Cancelled
 */
export async function compileForMemory(
  record: RustcRecord,
  args: RustcArguments,
  again: { readonly llvmVersion: string; readonly folder: string; readonly query: StageFileQuery; readonly running: Running },
): Promise<Map<string, CompiledAgain> | string> {
  const { llvmVersion, folder, query, running } = again;
  const series = seriesOf(llvmVersion);
  const plugin = series === undefined ? undefined : useListsPluginOf(series);
  if (plugin !== undefined && !existsSync(plugin)) return `this installation has no ${path.basename(plugin)}, which writes it.`;
  const writing = plugin === undefined ? BY_OPTION : byPlugin(plugin, folder, record.environment);
  const failure = await compileWithUseLists(record, args, { folder, writing, running });
  if (failure !== undefined) return `rustc could not compile the crate again: ${failure}`;
  const names = await readdir(folder);
  const [ordered, named] = [writing.match(names, query), fewerNames(args) ? undefined : matchAfterPasses(names, query)];
  const complete = query.modules.every((module) => ordered.has(module) && named?.has(module) !== false);
  if (!complete) return "it produced different codegen units.";
  const inFolder = (file: string | undefined): string | undefined => (file === undefined ? undefined : path.join(folder, file));
  return new Map(
    [...ordered].map(([module, file]) => [module, { useLists: path.join(folder, file), names: inFolder(named?.get(module)) }]),
  );
}

/**
 * Runs rustc. The files in the folder have the same names as those of the build.
 *
 * @returns undefined, or rustc's first error
 * @throws LtoError Cancelled
 */
async function compileWithUseLists(
  record: RustcRecord,
  args: RustcArguments,
  { folder, writing, running }: { readonly folder: string; readonly writing: Writing; readonly running: Running },
): Promise<string | undefined> {
  await makeFolder(folder);
  const naming = fewerNames(args) ? { passes: [], options: [] } : NAMING;
  const passes = [...writing.passes, ...naming.passes];
  // `--emit=obj` would put everything into one codegen unit, so the crate is linked, by a program that does nothing.
  const words = [
    ...sharedWords(args),
    ...[`--emit=${["link", ...args.emits.filter((emit) => SINGLE_OUTPUTS.has(emit))].join(",")}`],
    ...["--out-dir", folder, "-C", "lto=off", "-C", "linker=true", "-C", "strip=none"],
    ...["-C", "save-temps", "-C", "no-prepopulate-passes", ...writing.options],
    ...(passes.length === 0 ? [] : ["-C", `passes=${passes.join(",")}`]),
    ...naming.options,
  ];
  return compileAgain({ ...record, environment: { ...record.environment, ...writing.environment } }, words, running);
}
