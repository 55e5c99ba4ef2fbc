/** The files to damage: real output of the rustc in use, of every kind that the engine reads. */
import fs from "node:fs/promises";
import path from "node:path";
import { mustRun } from "../lib/run.js";

export interface Seed {
  /** "bitcode", "object", "archive". */
  readonly kind: string;
  readonly extension: string;
  readonly bytes: Buffer;
}

const SOURCES: Readonly<Record<string, string>> = {
  small: `#![no_std]
#[no_mangle] pub extern "C" fn one(x: u32) -> u32 { x.wrapping_mul(3) }
#[inline(never)] pub fn two(x: u32) -> u32 { x ^ 2 }
`,
  collections: `use std::collections::BTreeMap;
pub fn words(text: &str) -> BTreeMap<String, usize> {
    let mut map = BTreeMap::new();
    for word in text.split_whitespace() { *map.entry(word.to_lowercase()).or_insert(0) += 1; }
    map
}
#[no_mangle] pub extern "C" fn longest(data: *const u8, len: usize) -> usize {
    let text = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(data, len)) };
    words(text).keys().map(|word| word.len()).max().unwrap_or(0)
}
`,
};

/** Compiles the seeds with the rustc in PATH. @param folder a scratch folder */
export async function makeSeeds(folder: string): Promise<Seed[]> {
  const seeds: Seed[] = [];
  for (const [name, source] of Object.entries(SOURCES)) {
    await fs.writeFile(path.join(folder, `${name}.rs`), source);
    for (const debug of ["0", "2"]) {
      const make = async (kind: string, extension: string, args: readonly string[]): Promise<void> => {
        const out = path.join(folder, `lib${name}-${debug}-${kind}.${extension}`);
        await mustRun("Compiling a seed", "rustc", [
          ...["--crate-type=rlib", "--edition=2021", "-O", "-Cpanic=abort", "-Ccodegen-units=4", `-Cdebuginfo=${debug}`],
          ...[...args, "-o", out, path.join(folder, `${name}.rs`)],
        ]);
        seeds.push({ kind, extension, bytes: await fs.readFile(out) });
      };
      await make("bitcode", "bc", ["--emit=llvm-bc", "-Ccodegen-units=1"]);
      await make("object", "o", ["--emit=obj", "-Ccodegen-units=1", "-Cembed-bitcode=yes"]);
      await make("archive", "rlib", ["-Clinker-plugin-lto"]);
    }
  }
  return seeds;
}
