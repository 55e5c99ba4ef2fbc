/** Running the built command line in tests, on small workspaces that the tests build themselves with the real cargo. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import { visible } from "../../src/protocol/visible.js";
import "./own-state.js";
import { repository } from "./sources.js";

const rustc = spawnSync("rustc", ["-vV"], { encoding: "utf8" });

/** Why tests that need rustc are skipped; false: they are not. */
export const skipWithoutRust: string | false =
  rustc.status !== 0 ? "there is no rustc" : rustc.stdout.includes("LLVM version: 22.1.") ? false : "rustc is of another LLVM than 22.1";

export interface Ended {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly onStart?: (child: ChildProcess) => void;
}

/** The command line with a store of its own. */
export class TestCli {
  readonly store: string;

  constructor(store: string) {
    this.store = store;
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(repository, "dist", "cli.js"), ...args], {
        cwd: options.cwd,
        env: { ...process.env, LTO_INSPECTOR_STORE: this.store, NO_COLOR: "1", ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = { code: null as number | null, stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ ...ended, code });
      });
      options.onStart?.(child);
    });
  }

  /** Runs a command with `--json -`, expects an exit code, and holds the report against its schema. */
  async report<T>(args: readonly string[], code = 0, options: RunOptions = {}): Promise<T> {
    const ended = await this.run([...args, "--json", "-"], options);
    assert.equal(ended.code, code, `${args.join(" ")}: ${ended.stderr}`);
    const report: unknown = JSON.parse(ended.stdout);
    await validate(args[0] ?? "", report);
    return report as T;
  }

  /** Runs a command that has to fail, and returns its error: the same one as JSON and in words. */
  async error(args: readonly string[], code: number, options: RunOptions = {}): Promise<LtoErrorReport> {
    const ended = await this.run([...args, "--json", "-"], options);
    assert.equal(ended.code, code, `${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
    const report: unknown = JSON.parse(ended.stdout);
    await validate("error", report);
    const { error } = report as { error: LtoErrorReport };
    assert.ok(ended.stderr.includes(error.name), ended.stderr);
    for (const text of [error.message, error.mend ?? ""]) assert.ok(ended.stderr.includes(visible(text)), ended.stderr);
    return error;
  }

  /** Captures a workspace. @returns the primary unit's id */
  async capture(workspace: string, ...args: readonly string[]): Promise<string> {
    const ended = await this.run(["capture", workspace, ...args]);
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout.trim().split("\n").at(-1) ?? assert.fail("capture printed no unit");
  }
}

/** Holds a report against the JSON Schema of its command. */
export async function validate(command: string, report: unknown): Promise<void> {
  const schema = JSON.parse(await readFile(join(repository, "schemas", `${command}.schema.json`), "utf8")) as object;
  const ajv = new Ajv({ allErrors: true });
  assert.ok(ajv.validate(schema, report), `${command}: ${ajv.errorsText()}`);
}

const FILES: Readonly<Record<string, string>> = {
  "Cargo.toml": `[workspace]
members = ["demo", "shapes"]
resolver = "2"
[profile.release]
lto = "thin"
incremental = true
[profile.local]
inherits = "release"
lto = false
`,
  "demo/Cargo.toml": `[package]
name = "demo"
version = "0.1.0"
edition = "2021"
[dependencies]
shapes = { path = "../shapes" }
`,
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
  "shapes/src/lib.rs": `#[inline(never)]
pub fn area(width: u32, height: u32) -> u32 { scale(width).wrapping_mul(height) }
pub fn scale(value: u32) -> u32 { value.wrapping_mul(3).rotate_left(5) }
`,
};

/** A workspace of two crates: the profile \`release\` has thin LTO, \`local\` thin-local, both are incremental. */
export async function demoWorkspace(folder: string): Promise<string> {
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** Changes one function of the demo's, so that some modules are re-used in the next build and others are not. */
export async function editDemo(folder: string, factor: number): Promise<void> {
  await writeFile(
    join(folder, "demo/src/other.rs"),
    (FILES["demo/src/other.rs"] ?? "").replace("wrapping_mul(2)", `wrapping_mul(${factor})`),
  );
}
