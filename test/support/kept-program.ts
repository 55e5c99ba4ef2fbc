/** A workspace with symbols that are in the program for every kind of reason, or no longer in it. */
import type { Program } from "./programs.js";

function crate(name: string, dependencies: readonly string[] = []): string {
  const listed = dependencies.map((dependency) => `${dependency} = { path = "../${dependency}" }\n`).join("");
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${listed}`;
}

const MAIN = `
mod plugins;
mod table;

#[used]
static NOTE: [u8; 4] = *b"note";

#[inline(never)]
fn helper(a: u64) -> u64 { std::hint::black_box(a) ^ 9 }
#[no_mangle]
pub extern "C" fn exported(a: u64) -> u64 { helper(a) }

#[inline(never)]
fn generic<T: Into<u64>>(a: T) -> u64 { std::hint::black_box(a.into()).rotate_left(3) }

#[inline(never)]
fn apply(f: &dyn Fn(u64) -> u64, a: u64) -> u64 { f(std::hint::black_box(a)) }

fn main() {
    let n = std::env::args().count() as u64;
    let factor = std::hint::black_box(n);
    let closure = move |a: u64| std::hint::black_box(a).wrapping_mul(factor);
    let sum = apply(std::hint::black_box(&closure as &dyn Fn(u64) -> u64), n);
    println!("{} {} {}", sum ^ generic(n as u32), plugins::pick(n as usize).run(n), table::TABLE[n as usize % 2](n));
    println!("{}", rt::call(n) ^ rt::between(n) ^ plain::call(n));
}
`;

const PLUGINS = `
pub trait Plugin: Sync {
    fn run(&self, n: u64) -> u64;
    fn describe(&self) -> String;
}
struct First;
struct Second;
impl Plugin for First {
    fn run(&self, n: u64) -> u64 { n + 1 }
    fn describe(&self) -> String { format!("first {:?}", std::env::current_dir()) }
}
impl Plugin for Second {
    fn run(&self, n: u64) -> u64 { n ^ 7 }
    fn describe(&self) -> String { heavy("second") }
}
#[inline(never)]
pub fn heavy(text: &str) -> String {
    let mut places = std::collections::BTreeMap::new();
    for (place, letter) in text.chars().enumerate() { places.insert(place, letter); }
    format!("{places:?}")
}
pub static ALL: [&'static dyn Plugin; 2] = [&First, &Second];
#[inline]
pub fn pick(place: usize) -> &'static dyn Plugin { ALL[place % 2] }
`;

const TABLE = `
pub fn pointed(a: u64) -> u64 { a.wrapping_mul(11) ^ 5 }
pub fn other(a: u64) -> u64 { a.wrapping_mul(13) ^ 6 }
pub static TABLE: [fn(u64) -> u64; 2] = [pointed, other];
`;

const RT = `
use std::arch::global_asm;
global_asm!(".globl rt_trampoline", ".type rt_trampoline,@function", "rt_trampoline:", "  jmp rt_target");
extern "C" { fn rt_trampoline(a: u64) -> u64; }
#[no_mangle]
extern "C" fn rt_target(a: u64) -> u64 { a.wrapping_mul(6) + 1 }
#[inline(never)]
fn last(a: u64) -> u64 { std::hint::black_box(a) ^ 3 }
#[inline(never)]
fn end(a: u64) -> u64 { std::hint::black_box(a).rotate_right(7) }
pub fn between(a: u64) -> u64 { let mut h = a; for i in 0..std::hint::black_box(3) { h ^= end(h + i); } h }
#[inline(never)]
pub fn never_called(n: u64) -> String { format!("{n:#x}") }
#[inline(never)]
pub fn call(a: u64) -> u64 { unsafe { rt_trampoline(a) ^ last(a) } }
`;

/** rustc leaves such a crate out of LTO. */
const PLAIN = `
#![no_builtins]
extern "C" { fn exported(a: u64) -> u64; }
#[inline(never)]
pub fn call(a: u64) -> u64 { unsafe { exported(a) } }
`;

export const KEPT: Program = {
  "Cargo.toml": `[workspace]
members = ["app", "plain", "rt"]
resolver = "2"
[profile.release]
lto = "thin"
codegen-units = 4
[profile.release.package.app]
debug = "line-tables-only"
`,
  "app/Cargo.toml": crate("app", ["plain", "rt"]),
  "app/src/main.rs": MAIN,
  "app/src/plugins.rs": PLUGINS,
  "app/src/table.rs": TABLE,
  "plain/Cargo.toml": crate("plain"),
  "plain/src/lib.rs": PLAIN,
  "rt/Cargo.toml": crate("rt"),
  "rt/src/lib.rs": RT,
};
