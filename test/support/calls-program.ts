/** A workspace whose calls are imported and inlined, or not, for known reasons. The program has line tables, its dependencies have none. */
import type { Program } from "./programs.js";

function crate(name: string, dependencies: readonly string[] = []): string {
  const listed = dependencies.map((dependency) => `${dependency} = { path = "../${dependency}" }\n`).join("");
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${listed}`;
}

/** Statements that LLVM cannot shorten, each of about three instructions. */
function work(statements: number): string {
  return Array.from({ length: statements }, (_, index) => `h = std::hint::black_box(h).wrapping_mul(${2 * index + 3});`).join(" ");
}

const LIB = `
#[inline(never)]
pub fn kept(a: u32) -> u32 { a.wrapping_mul(7).wrapping_add(1) }
pub fn large(a: u32) -> u32 { let mut h = a; ${work(80)} h }
pub fn medium(a: u32) -> u32 { let mut h = a; ${work(26)} h }
#[no_mangle]
pub fn small_extern(a: u32) -> u32 { a.rotate_left(3) ^ 0x55 }
#[inline(always)]
pub fn always(a: u32) -> u32 { let mut h = a; ${work(60)} h }
#[inline]
pub fn marked(a: u32) -> u32 { let mut h = a; ${work(3)} h }
pub fn generic<T: Into<u32>>(a: T) -> u32 { let mut h = a.into(); ${work(4)} h }
#[cold]
pub fn cold(a: u32) -> u32 { let mut h = a; ${work(30)} h }
#[target_feature(enable = "avx2")]
pub unsafe fn featured(a: u32) -> u32 { std::hint::black_box(a).wrapping_mul(9) ^ 1 }
pub fn recursive(a: u32) -> u32 { if std::hint::black_box(a) == 0 { 1 } else { recursive(a / 2).wrapping_mul(3) ^ a } }
pub fn pointed(a: u32) -> u32 { a.wrapping_mul(11) ^ 5 }
pub static TABLE: [fn(u32) -> u32; 2] = [pointed, kept];
pub trait Shape { fn area(&self) -> u32; }
pub struct Square(pub u32);
impl Shape for Square { fn area(&self) -> u32 { std::hint::black_box(self.0).wrapping_mul(self.0) } }
pub fn area_of(shape: &dyn Shape) -> u32 { shape.area() }
pub fn apply(a: u32, f: impl Fn(u32) -> u32) -> u32 { f(a) ^ f(a + 1) }
pub fn level_one(a: u32) -> u32 { level_two(std::hint::black_box(a)) ^ 1 }
pub fn level_two(a: u32) -> u32 { level_three(std::hint::black_box(a)) ^ 2 }
#[no_mangle]
pub fn level_three(a: u32) -> u32 { let mut h = a; ${work(22)} h }
extern "C" { fn getppid() -> i32; }
pub fn foreign(a: i32) -> i32 { unsafe { getppid() ^ std::hint::black_box(a) } }
`;

const MAIN = `
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[inline(never)]
async fn twice(a: u32) -> u32 { std::hint::black_box(a).wrapping_mul(2) }

#[inline(never)]
fn run(n: u32) -> u32 {
    let mut sum = lib::kept(n);
    sum ^= lib::large(n);
    sum ^= lib::medium(n);
    sum ^= lib::small_extern(n);
    sum ^= lib::always(n);
    sum ^= lib::marked(n);
    sum ^= lib::generic(n);
    sum ^= lib::generic(n as u16);
    if n > 1_000_000 { sum ^= lib::cold(n); }
    if std::is_x86_feature_detected!("avx2") { sum ^= unsafe { lib::featured(n) }; }
    sum ^= lib::recursive(n);
    sum ^= lib::TABLE[(n % 2) as usize](n);
    let square = lib::Square(n);
    let shape: &dyn lib::Shape = std::hint::black_box(&square);
    sum ^= shape.area();
    sum ^= lib::area_of(shape);
    sum ^= lib::apply(n, |value| { let mut h = value; ${work(12)} h });
    sum ^= lib::level_one(n);
    sum ^= lib::foreign(n as i32) as u32;
    sum ^= rt::call(n as u64) as u32;
    let mut future = pin!(twice(n));
    if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) { sum ^= value; }
    sum
}

#[inline(never)]
fn squares(values: &[u32]) -> u32 {
    let mut sum = 0u32;
    for value in values { sum = sum.wrapping_add(value.wrapping_mul(*value)); }
    sum
}

fn main() {
    let count = std::env::args().count() as u32;
    println!("{}", run(count) ^ squares(std::hint::black_box(&[count; 64][..])));
}
`;

const RT = `
use std::arch::global_asm;
global_asm!(".globl rt_trampoline", ".type rt_trampoline,@function", "rt_trampoline:", "  jmp rt_target");
extern "C" { fn rt_trampoline(a: u64) -> u64; }
#[no_mangle]
extern "C" fn rt_target(a: u64) -> u64 { a.wrapping_mul(6) + 1 }
#[no_mangle]
pub extern "C" fn rt_unused(a: u64) -> u64 { a ^ 0x77 }
#[inline(never)]
pub fn call(a: u64) -> u64 { unsafe { rt_trampoline(a) } }
`;

export const CALLS: Program = {
  "Cargo.toml": `[workspace]
members = ["app", "lib", "rt"]
resolver = "2"
[profile.release]
lto = "thin"
codegen-units = 1
[profile.release.package.app]
debug = "line-tables-only"
`,
  "app/Cargo.toml": crate("app", ["lib", "rt"]),
  "app/src/main.rs": MAIN,
  "lib/Cargo.toml": crate("lib"),
  "lib/src/lib.rs": LIB,
  "rt/Cargo.toml": crate("rt"),
  "rt/src/lib.rs": RT,
};
