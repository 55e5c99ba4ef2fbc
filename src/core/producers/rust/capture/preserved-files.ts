/**
 * What rustc preserves in thin-local LTO. At the Rust level it exports what its metadata calls reachable, which includes hidden functions that
 * public ones refer to, and it writes no metadata for a program. But it internalises whatever is neither preserved nor reached from a preserved
 * function. So the crate is compiled a second time in such a way that no function reaches another: each one begins with a call to a function that
 * does not return, and LLVM removes everything after it. After internalising, only the preserved functions are external. In a program, rustc drops
 * unused functions, reachable or not, unless it gets `-C link-dead-code`; in a Rust library it does not, and the option would add instances of
 * generic functions.
 *
 * The set is accepted only if it is as large as rustc says (`crateSymbolsOf`), so an LLVM that does not remove everything cannot make a wrong one.
 *
 * Source: `exported_symbols_for_lto` in `compiler/rustc_codegen_ssa/src/back/lto.rs`, `reachable_non_generics_provider` in
 * `compiler/rustc_codegen_ssa/src/back/symbol_export.rs`, and `LLVMRustCreateThinLTOData` (live symbols count as exported) in
 * `compiler/rustc_llvm/llvm-wrapper/PassWrapper.cpp`, rustc 1.96.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../../base/folders.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { isRustLibrary } from "../../../pipelines/crate-types.js";
import type { RustcRecord } from "../wrapper/record.js";
import { compileAgain, sharedWords, type Running } from "./compile-again.js";

const INTERNALIZED = ".thin-lto-after-internalize.bc";

/** A function of LLVM's that every function calls first. */
const FIRST_CALL = "__sanitizer_cov_trace_pc";

const WITHOUT_REFERENCES = [
  ...["-C", "no-prepopulate-passes", "-C", "passes=sancov-module,forceattrs,function(simplifycfg),globaldce,strip"],
  ...["-C", `llvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-trace-pc -force-attribute=${FIRST_CALL}:noreturn`],
];

/**
 * Compiles the crate again.
 *
 * @param folder a scratch folder, for the caller to remove
 * @returns rustc's modules after internalising, or rustc's error
 * @throws LtoError Cancelled
 */
export async function compileForPreserved(
  record: RustcRecord,
  args: RustcArguments,
  folder: string,
  running: Running,
): Promise<string[] | string> {
  await makeFolder(folder);
  const words = [
    ...sharedWords(args),
    ...["--emit=link", "--out-dir", folder, "-C", "linker=true", "-C", "strip=none"],
    // What rustc may inline across crates, and therefore does not export, depends on this and on everything else that affects MIR, so no other
    // option changes.
    ...(args.codegen("incremental") === undefined ? [] : ["-C", `incremental=${path.join(folder, "incremental")}`]),
    ...(isRustLibrary(args.crateTypes) ? [] : ["-C", "link-dead-code"]),
    ...["-C", "save-temps", ...WITHOUT_REFERENCES],
  ];
  const failure = await compileAgain(record, words, running);
  if (failure !== undefined) return failure;
  const names = (await readdir(folder)).filter((name) => name.endsWith(INTERNALIZED));
  return names.toSorted().map((name) => path.join(folder, name));
}
