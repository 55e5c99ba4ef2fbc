/** Every command that prints, on a workspace in which every possible name contains injections; for the tests and the fault campaign. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ALL_INJECTIONS, INJECTIONS } from "./injections.js";

/**
 * A folder's name: everything that a path can contain, except what Cargo (line breaks, slashes) and dash (DEL), which runs the launcher script,
 * cannot handle.
 */
const FOLDER = `ws ${Object.values(INJECTIONS)
  .filter((text) => !/[\n\r/\u{7f}]/u.test(text))
  .join("·")}`;

/** One function for each injection. */
export const SYMBOLS: readonly string[] = Object.values(INJECTIONS).map((text, index) => `evil${index}_${text}`);

function rustString(text: string): string {
  return `"${Array.from(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`).join("")}"`;
}

const EXPORTED = SYMBOLS.map(
  (symbol, index) => `#[inline(never)]
#[export_name = ${rustString(symbol)}]
pub extern "C" fn evil${index}(x: u32) -> u32 { x.wrapping_mul(FACTOR).rotate_left(${index + 1}) }
`,
).join("");

const FILES: Readonly<Record<string, string>> = {
  "Cargo.toml": `[package]
name = "evil"
version = "0.1.0"
edition = "2021"
[profile.release]
lto = "thin"
incremental = true
panic = "abort"
[profile.fat]
inherits = "release"
lto = "fat"
`,
  // Cargo prints a build script's warning unchanged.
  "build.rs": `fn main() { println!("cargo:warning={}", ${rustString(ALL_INJECTIONS.replaceAll(/[\n\r]/g, " "))}); }
`,
  // Without the standard library: LTO takes a sixth of the time.
  "src/main.rs": `#![no_std]
#![no_main]
mod exported;
#[link(name = "c")]
extern "C" {}
#[no_mangle]
pub extern "C" fn main(_: i32, _: *const *const u8) -> i32 { (${SYMBOLS.map((_, index) => `exported::evil${index}(${index})`).join(" ^ ")}) as i32 }
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
`,
};

/** Writes the workspace, with different function bodies for each factor. @returns its folder */
export async function injectedWorkspace(parent: string, factor = 3): Promise<string> {
  const folder = join(parent, FOLDER);
  await mkdir(join(folder, "src"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, "src/exported.rs"), `const FACTOR: u32 = ${factor};\n${EXPORTED}`);
  return folder;
}

export interface Printing {
  readonly workspace: string;
  /** A captured unit, and the same with fat LTO. */
  readonly unit: string;
  readonly fat: string;
  /** A bitcode file with {@link SYMBOLS}, in a folder with a name of the kind. */
  readonly file: string;
}

/** Command line → whether its output must contain parts of the injected names. */
export function printingCommands({
  workspace,
  unit,
  fat,
  file,
}: Printing): readonly { readonly args: readonly string[]; readonly names: boolean }[] {
  const named = (...args: string[]): { args: readonly string[]; names: boolean } => ({ args, names: true });
  const other = (...args: string[]): { args: readonly string[]; names: boolean } => ({ args, names: false });
  const input = ["--stage", "input"];
  return [
    other("doctor", workspace),
    named("discover", workspace),
    named("explain", unit),
    other("explain", unit, "--if-changed"),
    named("capture", workspace),
    named("thin", file),
    other("thin", unit),
    other("fat", fat),
    other("verify", unit),
    other("link", unit),
    other("size", unit),
    other("advise", unit, "--set", "import-instr-limit=1"),
    named("advise", unit, "--set", `lto=${ALL_INJECTIONS}`),
    named("find", unit, "evil"),
    named("find", file, "evil"),
    other("calls", unit),
    named("calls", unit, "evil"),
    other("calls", fat),
    other("remarks", unit),
    named("remarks", unit, ALL_INJECTIONS),
    named("passes", file, "evil"),
    named("passes", file, "evil", "--function", "evil0", "--all", "--blame", "--demangle"),
    named("passes", file, "evil", "--function", ALL_INJECTIONS),
    named("passes", file, "evil", "--function", "evil0", "--text", ALL_INJECTIONS),
    named("profile", file),
    named("profile", file, "--folded", "-"),
    other("profile", file, "--trace", "-"),
    named("profile", unit, ALL_INJECTIONS),
    other("fate", unit),
    named("fate", unit, "evil"),
    named("fate", unit, ALL_INJECTIONS),
    named("calls", unit, ALL_INJECTIONS),
    named("why-kept", unit, "evil0"),
    other("why-kept", fat, "--roots"),
    named("why-kept", unit, ALL_INJECTIONS),
    named("asm", unit, "evil"),
    named("asm", unit, "evil", "--raw", "--against", `${unit}@1`),
    named("asm", fat, "evil0"),
    named("asm", unit, ALL_INJECTIONS),
    named("show", file, "evil", ...input),
    named("show", file, "evil", ...input, "--demangle"),
    named("show", file, "evil", ...input, "--function", "evil0"),
    named("diff", file, "evil", "input", "pm", "--all"),
    named("diff", file, "evil", "input", "pm", "--function", "evil0", "--demangle"),
    other("compare", `${unit}@1`, unit, "--all"),
    other("compare-llvm", unit, "--to", "system", "--all"),
    other("store"),
    // Errors repeat their input.
    ...["discover", "capture", "thin", "fat", "verify", "explain"].map((command) => named(command, ALL_INJECTIONS)),
    named("thin", unit, "--only", ALL_INJECTIONS),
    named("thin", unit, "--session", ALL_INJECTIONS),
    named("thin", unit, "--preserve-file", ALL_INJECTIONS),
    named("thin", file, "--llvm", ALL_INJECTIONS),
    named("explain", unit, ALL_INJECTIONS),
    named("explain", unit, "--if-changed", ALL_INJECTIONS),
    named("explain", unit, "--against", ALL_INJECTIONS),
    named("find", unit, ALL_INJECTIONS),
    named("show", ALL_INJECTIONS, "m", ...input),
    named("show", unit, ALL_INJECTIONS, ...input),
    named("show", file, "evil", "--stage", ALL_INJECTIONS),
    named("show", file, "evil", ...input, "--function", ALL_INJECTIONS),
    named("show", file, "evil", ...input, "--limit", ALL_INJECTIONS),
    named("diff", file, "evil", ALL_INJECTIONS, "pm"),
    named("compare-llvm", unit, "--to", ALL_INJECTIONS),
    named("capture", workspace, "--toolchain", ALL_INJECTIONS),
    // Cargo's output is not changed, so line breaks in repeated input stay line breaks.
    named("capture", workspace, "--profile", ALL_INJECTIONS.replaceAll("\n", " ")),
    named("capture", workspace, "--bin", ALL_INJECTIONS.replaceAll("\n", " ")),
    named(ALL_INJECTIONS),
    named("thin", `--${ALL_INJECTIONS}`),
    named("store", "--json", join(file, ALL_INJECTIONS)),
  ];
}
