/**
 * The allocator's codegen unit for fat LTO, which rustc never writes: neither with `-C save-temps` nor into a session. It contains the functions
 * between `__rust_alloc` and the default allocator, depends only on the compiler and its options, and is not optimised before LTO. Compiling an
 * empty crate with the same rustc and the same options but without LTO therefore yields the same unit, and `-C save-temps` then keeps it. Its debug
 * info names the crate's source file, its folder and the codegen unit, which is named after the crate; so the empty crate is compiled with the real
 * crate's name and metadata, and a remapped path makes its source file look like the real one.
 *
 * Source: `codegen_allocator` and `ModuleConfig::new` (no opt level for `ModuleKind::Allocator`, `emit_bc` with save-temps only) in
 * `compiler/rustc_codegen_ssa/src/back/write.rs`, `compiler/rustc_codegen_llvm/src/allocator.rs`, and `build_compile_unit_di_node` in
 * `compiler/rustc_codegen_llvm/src/debuginfo/metadata.rs`, rustc 1.96.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { makeFolder } from "../../../base/folders.js";
import { compileAgain, type Running } from "./compile-again.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import type { RustcRecord } from "../wrapper/record.js";

const SOURCE_FILE = "allocator_probe.rs";

/** If a crate has a `#[global_allocator]`, it defines the functions, and the allocator's unit contains only a marker. */
const SOURCES = {
  default: "fn main() {}\n",
  global: "#[global_allocator]\nstatic GLOBAL: std::alloc::System = std::alloc::System;\nfn main() {}\n",
} as const;

/** Options that the empty crate must not get: LTO, locations of files, options for linking, and options about the real crate's own files. */
const LEFT_OUT =
  /^(?:lto|linker-plugin-lto|incremental|extra-filename|save-temps|codegen-units|embed-bitcode|linker|linker-flavor|link-.*|profile-use|profile-sample-use|passes|instrument-coverage)$/;

export interface AllocatorModules {
  /** For programs without and with a `#[global_allocator]`. */
  readonly default: string;
  readonly global: string;
}

/**
 * Makes both of the allocator's codegen units.
 *
 * @param folder a scratch folder, for the caller to remove
 * @returns files in it, or a sentence that says why there are none
 * @throws LtoError Cancelled
 */
export async function makeAllocatorModules(
  record: RustcRecord,
  args: RustcArguments,
  folder: string,
  running?: Running,
): Promise<AllocatorModules | string> {
  const made: Record<string, string> = {};
  for (const [kind, source] of Object.entries(SOURCES)) {
    const place = path.join(folder, kind);
    await makeFolder(place);
    await writeFileWhole(path.join(place, SOURCE_FILE), source);
    const failure = await compile(record, args, place, running);
    if (failure !== undefined) return failure;
    const file = (await fs.readdir(place)).find((name) => name.endsWith(".rcgu.bc") && !/-cgu\.\d+\.rcgu\.bc$/.test(name));
    if (file === undefined) return "rustc created no allocator codegen unit for an empty crate.";
    made[kind] = path.join(place, file);
  }
  const { default: plain, global } = made;
  return plain === undefined || global === undefined
    ? "rustc created no allocator codegen unit for an empty crate."
    : { default: plain, global };
}

async function compile(record: RustcRecord, args: RustcArguments, place: string, running?: Running): Promise<string | undefined> {
  const source = path.join(place, SOURCE_FILE);
  const words = [
    ...[source, "--crate-name", args.crateName, "--edition=2021", "--cap-lints=allow", `--emit=${emits(args)}`, "--out-dir", place],
    ...args.crateTypes.map((type) => `--crate-type=${type}`),
    ...sharedOptions(args),
    // After the build's own: if several match, rustc uses the last.
    ...args.inputs.slice(0, 1).map((input) => `--remap-path-prefix=${source}=${remapped(input, args.values("--remap-path-prefix"))}`),
    ...["-C", "save-temps", "-C", "lto=off"],
  ];
  const failure = await compileAgain(record, words, running);
  return failure === undefined ? undefined : `rustc could not compile an empty crate with the build's options: ${failure}`;
}

/** Outputs that make rustc keep the names of values. */
function emits(args: RustcArguments): string {
  return args.emits.some((emit) => emit === "llvm-ir" || emit === "llvm-bc") ? "obj,llvm-ir" : "obj";
}

/** The options of the real run that affect code generation. */
function sharedOptions(args: RustcArguments): string[] {
  return args.options.flatMap(({ name, value }) => {
    if (value === null) return [];
    if (name === "--target" || name === "--sysroot" || name === "--remap-path-prefix") return [name, value];
    if (name === "-Z") return [name, value];
    const key = (value.split("=", 1)[0] ?? "").replaceAll("_", "-");
    return name === "-C" && !LEFT_OUT.test(key) ? [name, value] : [];
  });
}

/**
 * A file's name after `--remap-path-prefix FROM=TO`: FROM may contain equal signs, and the last option that matches wins.
 *
 * Mirrors `parse_remap_path_prefix` (rustc_session/src/config.rs) and `FilePathMapping::map_prefix` (rustc_span/src/source_map.rs), rustc 1.96.
 */
export function remapped(file: string, options: readonly string[]): string {
  for (const option of options.toReversed()) {
    const equals = option.lastIndexOf("=");
    const [from, to] = [option.slice(0, equals), option.slice(equals + 1)];
    const rest = path.relative(from, file);
    const under = from === "" ? !path.isAbsolute(file) : path.isAbsolute(from) === path.isAbsolute(file) && !/^\.\.(?:\/|$)/.test(rest);
    if (equals !== -1 && under) return rest === "" ? to : path.join(to, from === "" ? file : rest);
  }
  return file;
}
