/** Small workspaces that tests build with the real cargo. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The text files of a workspace, by path. */
export type Program = Readonly<Record<string, string>>;

const COMMON: Program = {
  "demo/Cargo.toml": `[package]
name = "demo"
version = "0.1.0"
edition = "2021"
[dependencies]
shapes = { path = "../shapes" }
`,
  "demo/src/report.rs": `pub fn total(values: &[u32]) -> u32 {
    values.iter().map(|&value| shapes::area(value, 2) ^ shapes::scale(value)).sum()
}
`,
  "demo/src/other.rs": `#[inline(never)]
pub fn twice(value: u32) -> u32 { shapes::scale(value).wrapping_mul(2) }
`,
  // A codegen unit without a function.
  "demo/src/data.rs": `#[used]
static FORMAT: [u32; 3] = [5, 6, 7];
`,
  "shapes/Cargo.toml": `[package]
name = "shapes"
version = "0.1.0"
edition = "2021"
`,
  "shapes/src/lib.rs": `#![no_std]
#[inline(never)]
pub fn area(width: u32, height: u32) -> u32 { scale(width).wrapping_mul(height) }
pub fn scale(value: u32) -> u32 { value.wrapping_mul(3).rotate_left(5) }
`,
};

function manifest(release: string): string {
  return `[workspace]
members = ["demo", "shapes"]
resolver = "2"
[profile.release]
lto = "thin"
incremental = true
${release}[profile.local]
inherits = "release"
lto = false
`;
}

/** Two crates: the profile \`release\` has thin LTO, \`local\` thin-local, both are incremental. */
export const DEMO: Program = {
  ...COMMON,
  "Cargo.toml": manifest(""),
  "demo/src/main.rs": `mod report;
mod other;
mod data;
#[no_mangle]
pub extern "C" fn demo_entry(x: u32) -> u32 { report::total(&[x, 2]) + 1 }
fn main() {
    let count = std::env::args().count() as u32;
    println!("{} {}", demo_entry(count), other::twice(count));
}
`,
};

/** The same without the standard library: LTO takes a sixth of the time. For tests that need any LTO across crates. */
export const BARE_DEMO: Program = {
  ...COMMON,
  "Cargo.toml": manifest('panic = "abort"\n'),
  "demo/src/main.rs": `#![no_std]
#![no_main]
mod report;
mod other;
mod data;
#[link(name = "c")]
extern "C" {}
#[no_mangle]
pub extern "C" fn demo_entry(x: u32) -> u32 { report::total(&[x, 2]) + 1 }
#[no_mangle]
pub extern "C" fn main(count: i32, _: *const *const u8) -> i32 {
    (demo_entry(count as u32) ^ other::twice(count as u32)) as i32
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
`,
};

/**
 * The bare demo with an access to a field that is not the first: LLVM 22 knows that its address does not wrap around (`nuw`), for which LLVM 19 has no
 * flag. It has line tables.
 */
export const FIELD_DEMO: Program = {
  ...BARE_DEMO,
  "Cargo.toml": manifest('panic = "abort"\ndebug = "line-tables-only"\n'),
  "demo/src/main.rs": `${BARE_DEMO["demo/src/main.rs"] ?? ""}pub struct Pair(u64, u64);
#[no_mangle]
pub extern "C" fn second(pair: &Pair) -> u64 { pair.1 }
`,
};

/** An edit of one function in either demo, after which the next build re-uses some modules and not others. */
export function editedDemo(factor: number): Program {
  const file = "demo/src/other.rs";
  return { [file]: (COMMON[file] ?? "").replace("wrapping_mul(2)", `wrapping_mul(${factor})`) };
}

/** Writes files into a folder, replacing existing ones. @returns the folder */
export async function layOut(program: Program, folder: string): Promise<string> {
  for (const [name, text] of Object.entries(program)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}
