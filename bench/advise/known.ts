/**
 * A program whose hot loop calls a function of another crate that is too large to be imported: only fat LTO, or a raised limit of imports and inlining,
 * inlines it, and then its mode is a constant. And what is the same whatever the setting: the loop alone.
 */
import { layOut } from "../../test/support/programs.js";

/** Settings and what is known of their speed, compared with thin LTO. */
export const KNOWN = [
  { setting: "lto=fat", verdict: "faster" },
  { setting: "import-instr-limit=1000,inline-threshold=3000", verdict: "faster" },
  { setting: "import-instr-limit=40", verdict: "no-difference" },
] as const;

const ARMS = 60;

const arm = (mode: number): string => `        ${mode} => {
            let mut y = x.rotate_left(${(mode % 31) + 1}) ^ ${mode * 7919};
            y = y.wrapping_mul(${2 * mode + 3}).wrapping_add(x >> ${(mode % 13) + 1});
            y ^ (y >> ${(mode % 17) + 3})
        }`;

/** Writes the workspace. @returns its folder */
export function knownWorkspace(folder: string): Promise<string> {
  return layOut(
    {
      "Cargo.toml": `[package]
name = "known"
version = "0.1.0"
edition = "2021"
[dependencies]
steps = { path = "steps" }
[profile.release]
lto = "thin"
`,
      "src/main.rs": `fn main() {
    let rounds = std::env::args().count() as u64 * 30_000_000;
    let mut x = rounds;
    for _ in 0..rounds {
        x = steps::step(x, 3);
    }
    println!("{x}");
}
`,
      "steps/Cargo.toml": `[package]
name = "steps"
version = "0.1.0"
edition = "2021"
`,
      "steps/src/lib.rs": `/// One of ${ARMS} functions, and then all others in turn, so that the whole is large.
pub fn step(x: u64, mode: u32) -> u64 {
    match mode {
${Array.from({ length: ARMS }, (_, mode) => arm(mode)).join(",\n")},
        _ => (0..mode).fold(x, |y, one| y ^ step(y, one % ${ARMS})),
    }
}
`,
    },
    folder,
  );
}
