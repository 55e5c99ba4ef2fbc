/**
 * What rustc has in memory when it does fat LTO without a session, with the order of use-lists: `no-opt.bc` has all of a codegen unit but the order in
 * which a value's uses stand in its list, and some passes follow that order. LLVM writes it when it is asked to. That must not be asked of the build
 * itself: rustc serialises the modules that it links, and would read the order back, which it does not in the user's build. So the crate is compiled
 * once more, up to `no-opt.bc` and without passes, LTO and linking.
 *
 * Source: `preserve-bc-uselistorder` in LLVM's BitcodeWriter (22); `fat_lto` in `compiler/rustc_codegen_llvm/src/back/lto.rs` and `emit_no_opt_bc` in
 * `compiler/rustc_codegen_ssa/src/back/write.rs`, rustc 1.96.
 */
import { makeFolder } from "../folders.js";
import { compileAgain, type Running } from "./compile-again.js";
import type { RustcArguments } from "./rustc-args.js";
import type { RustcRecord } from "./wrapper/record.js";

/** Where files go, and what only comes after `no-opt.bc`. */
const LEFT_OUT_CODEGEN = /^(?:lto|linker-plugin-lto|incremental|linker|linker-flavor|strip|save-temps|no-prepopulate-passes)(?:=|$)/;
const LEFT_OUT: ReadonlySet<string> = new Set(["-o", "--emit", "--out-dir", "--json", "--error-format", "--color", "--diagnostic-width"]);

/**
 * Compiles the crate once more.
 *
 * @param folder a scratch folder, for the caller to remove; the files stand in it under the names that rustc gave those of the build
 * @returns undefined, or in a sentence why there are none
 * @throws LtoError Cancelled
 */
export async function compileWithUseLists(
  record: RustcRecord,
  args: RustcArguments,
  folder: string,
  running?: Running,
): Promise<string | undefined> {
  await makeFolder(folder);
  const kept = args.options.flatMap(({ name, value }) => {
    if (LEFT_OUT.has(name)) return [];
    if (name === "-C" && value !== null && LEFT_OUT_CODEGEN.test(value.replaceAll("_", "-"))) return [];
    return value === null ? [name] : [name, value];
  });
  // `--emit=obj` would put everything into one codegen unit: so it is linked, by a program that does nothing.
  const words = [
    ...args.inputs,
    ...kept,
    ...["--emit=link", "--out-dir", folder, "-C", "lto=off", "-C", "linker=true", "-C", "strip=none"],
    ...["-C", "save-temps", "-C", "no-prepopulate-passes", "-C", "llvm-args=-preserve-bc-uselistorder"],
  ];
  const failure = await compileAgain(record, words, running);
  return failure === undefined ? undefined : `rustc did not compile the crate once more: ${failure}`;
}
