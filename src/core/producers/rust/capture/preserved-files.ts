/**
 * What rustc preserves in thin-local LTO. It exports at the Rust level what its metadata calls reachable, among which are hidden functions that public
 * ones refer to, and it writes no metadata for a program. But it makes internal what is neither preserved nor reached from what is: so the crate is compiled a second
 * time, in a way in which no function reaches another. A call to a function that does not return begins each of them, and what follows it is removed. After
 * internalising, external are the preserved ones alone. In a program rustc leaves out what nothing uses, whether it is reachable or not, unless it gets
 * `-C link-dead-code`; in a library for Rust it does not, and the option would add instances of generic functions.
 *
 * The set is taken where it is as large as rustc says that it is (`crateSymbolsOf`): so an LLVM that does not remove everything makes no wrong one.
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

/** LLVM's: a call of it stands at the beginning of every function. */
const FIRST_CALL = "__sanitizer_cov_trace_pc";

const WITHOUT_REFERENCES = [
  ...["-C", "no-prepopulate-passes", "-C", "passes=sancov-module,forceattrs,function(simplifycfg),globaldce,strip"],
  ...["-C", `llvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-trace-pc -force-attribute=${FIRST_CALL}:noreturn`],
];

/**
 * Compiles the crate again.
 *
 * @param folder a scratch folder, for the caller to remove
 * @returns rustc's modules after internalising; or what rustc says against it
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
    // What rustc may inline across crates, and so does not export, depends on it, as on all that shapes MIR: so no other option is changed.
    ...(args.codegen("incremental") === undefined ? [] : ["-C", `incremental=${path.join(folder, "incremental")}`]),
    ...(isRustLibrary(args.crateTypes) ? [] : ["-C", "link-dead-code"]),
    ...["-C", "save-temps", ...WITHOUT_REFERENCES],
  ];
  const failure = await compileAgain(record, words, running);
  if (failure !== undefined) return failure;
  const names = (await readdir(folder)).filter((name) => name.endsWith(INTERNALIZED));
  return names.toSorted().map((name) => path.join(folder, name));
}
