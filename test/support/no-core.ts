/** A workspace without `core`: no target's library has to be installed, and LTO has little to do. It needs RUSTC_BOOTSTRAP=1. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipWithoutRust } from "./cli.js";
import type { Program } from "./programs.js";

/** A manifest. */
export const crate = (name: string, rest: string): string => `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;
/** The first lines of a root file. */
export const UNSTABLE = "#![no_core]\n#![feature(no_core, lang_items, raw_dylib_elf)]\n#![allow(internal_features)]\n";

const operator = (name: string, method: string, sign: string): string =>
  `#[lang = "${method}"] pub trait ${name}<Rhs = Self> { type Output; fn ${method}(self, other: Rhs) -> Self::Output; }
${["u32", "f32"].map((type) => `impl ${name} for ${type} { type Output = ${type}; fn ${method}(self, other: ${type}) -> ${type} { self ${sign} other } }\n`).join("")}`;

/** The members of a workspace `tiny` and `app`, of which `app` is missing. */
export const TINY: Program = {
  "Cargo.toml":
    '[workspace]\nmembers = ["tiny", "app"]\nresolver = "2"\n[profile.release]\nlto = "thin"\nincremental = true\npanic = "abort"\n',
  "tiny/Cargo.toml": crate("tiny", ""),
  "tiny/src/lib.rs": `${UNSTABLE}
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
impl Copy for u32 {}
impl Copy for f32 {}
impl<T: PointeeSized> Copy for *mut T {}
#[lang = "drop_in_place"]
#[allow(unconditional_recursion)]
unsafe fn drop_in_place<T: PointeeSized>(value: *mut T) { drop_in_place(value) }
${operator("Add", "add", "+")}${operator("Mul", "mul", "*")}
#[inline(never)]
pub fn area(width: u32, height: u32) -> u32 { scale(width) * height }
pub fn scale(value: u32) -> u32 { value * 3 + 5 }
pub fn half(value: f32) -> f32 { value * 0.5 + 1.25 }
`,
};

/** The reason to skip tests of such programs, or false. Language items are internal to rustc, so any release may want others. */
export const skipWithoutNoCore: string | false = skipWithoutRust === false ? whyTinyFails() : skipWithoutRust;

function whyTinyFails(): string | false {
  const folder = mkdtempSync(join(tmpdir(), "lto-inspector-tiny-"));
  try {
    const args = ["-", "--crate-name=tiny", "--crate-type=lib", "--edition=2021", "--emit=obj", "-O", "-Cpanic=abort"];
    const { status, stderr } = spawnSync("rustc", args, {
      ...{ cwd: folder, input: TINY["tiny/src/lib.rs"], encoding: "utf8" },
      env: { ...process.env, RUSTC_BOOTSTRAP: "1" },
    });
    const said = /^error.*$/m.exec(stderr)?.[0] ?? stderr.trim();
    return status !== 0 && `this rustc does not compile the crate without \`core\`: ${said}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
