/** How long a function's assembly takes in a module of a thousand functions: the first one, and all others. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { KeptAssembly } from "../../src/core/replay/kept-assembly.js";
import { parseStageRecord } from "../../src/core/store/stage-record.js";
import { filesIn } from "../../src/core/store/store-files.js";
import { blobFile, recordKeyOf, storeLayout, type StoreLayout } from "../../src/core/store/store-layout.js";
import { runTask } from "../../test/support/captured.js";
import { layOut, type Program } from "../../test/support/programs.js";
import type { TestServer } from "../../test/support/server.js";
import { BenchFailure } from "../lib/failure.js";
import { WORK } from "../lib/paths.js";

const FUNCTIONS = 1000;

/** Functions to ask for after the first one, spread evenly over all. */
const ASKED = 50;

/** Of the whole module, in seconds. */
const WHOLE_WITHIN = 300;

const MILLIS_BETWEEN_LOOKS = 500;

export interface AssemblyTimes {
  /** The unit is analysed, its module replayed, and the function generated, in seconds. */
  readonly first: number;
  /** After the whole module was generated. */
  readonly others: readonly number[];
}

/** One module with line tables and variables; every function is a loop that LLVM vectorises. */
function thousandFunctions(): Program {
  const numbers = Array.from({ length: FUNCTIONS }, (_, number) => number);
  const functions = numbers.map(
    (number) => `#[inline(never)]
pub fn f${number}(values: &[u32], factor: u32) -> u32 {
    let mixed = values.iter().map(|&value| value.wrapping_mul(factor + ${number}).rotate_left(${1 + (number % 31)}) ^ ${number});
    mixed.filter(|&value| value > factor).sum()
}
`,
  );
  const calls = numbers.map((number) => `    sum ^= f${number}(&values, count);\n`);
  return {
    "Cargo.toml": `[package]
name = "thousand"
version = "0.1.0"
edition = "2021"
[workspace]
[profile.release]
lto = "thin"
panic = "abort"
debug = 2
codegen-units = 1
`,
    "src/main.rs": `${functions.join("")}fn main() {
    let count = std::env::args().count() as u32;
    let values: Vec<u32> = (0..count).collect();
    let mut sum = 0u32;
${calls.join("")}    println!("{sum}");
}
`,
  };
}

/** @param store the server's own */
export async function assemblyTimes(server: TestServer, store: string): Promise<AssemblyTimes> {
  const folder = await layOut(thousandFunctions(), path.join(WORK, "thousand-functions"));
  const { command, reportFile } = await server.ask("captureCommand", { folder: pathToFileURL(folder).href, packages: ["thousand"] });
  const { code, output } = await runTask(command);
  if (code !== 0) throw new BenchFailure(`The capture failed:\n${output}`, "See Cargo's output.");
  const { primary } = await server.ask("captureResult", { reportFile, exitCode: code });
  const { run } = await server.ask("beginRun", { unit: primary });
  if (run === null) throw new BenchFailure("rustc left no record.", "Its stage files or its log are missing.");
  const timeOf = (number: number): Promise<number> => timed(server, run.id, `thousand::f${number % FUNCTIONS}`);
  const first = await timeOf(0);
  await wholeIsKept(storeLayout(store));
  const others: number[] = [];
  for (let asked = 1; asked <= ASKED; asked += 1) others.push(await timeOf(asked * (FUNCTIONS / ASKED)));
  return { first, others };
}

/** The server generates the whole module meanwhile. */
async function wholeIsKept(layout: StoreLayout): Promise<void> {
  const until = performance.now() + 1000 * WHOLE_WITHIN;
  while (!(await hasWholeModule(layout))) {
    if (performance.now() > until) {
      throw new BenchFailure(`The whole module was not kept within ${WHOLE_WITHIN} s.`, "See the server's log.");
    }
    await setTimeout(MILLIS_BETWEEN_LOOKS);
  }
}

async function hasWholeModule(layout: StoreLayout): Promise<boolean> {
  for (const { file } of await filesIn(layout.stages)) {
    const key = recordKeyOf(layout, file);
    if (key === undefined) continue;
    const { stages } = parseStageRecord(await readFile(file, "utf8"), key, file);
    for (const { artifact, blob } of stages) {
      if (artifact !== "assembly") continue;
      const kept = await KeptAssembly.open({ what: "A module's assembly", file: blobFile(layout, blob), help: "Remove the file." });
      if (kept.whole) return true;
    }
  }
  return false;
}

/** In seconds. */
async function timed(server: TestServer, run: string, symbol: string): Promise<number> {
  const from = performance.now();
  const { lines } = await server.ask("assembly", { run, symbol });
  const seconds = (performance.now() - from) / 1000;
  if (lines.includes("# The same machine code as in rustc's object.")) return seconds;
  throw new BenchFailure(`The assembly of ${symbol} is not rustc's machine code.`, "Compare it with `lto-inspector asm`.");
}
