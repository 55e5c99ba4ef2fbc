/** LLVM's own driver on the same modules: `llvm-lto2 run -save-temps`. */
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "../lib/failure.js";
import { measure, type Measured } from "../lib/measured.js";
import { mustRun } from "../lib/run.js";
import { inspector, type Subject } from "./subject.js";

/** The tools of Debian's llvm-22. */
const TOOLS = "/usr/lib/llvm-22/bin";

/** rustc's arguments for LLVM that affect optimisation (engine profile of rustc 1.9x). */
const RUSTC_ARGUMENTS = ["-mergefunc-use-aliases", "-preserve-alignment-assumptions-during-inlining=false", "-import-cold-multiplier=0.1"];

export interface Lto2Inputs {
  readonly folder: string;
  /** A response file with all modules and a resolution for each of their symbols. */
  readonly response: string;
}

/**
 * Writes the inputs of llvm-lto2: every module as rustc passes it to LTO, with a summary, and a resolution for each symbol like rustc's (the first
 * definition prevails, and only `main` is visible outside).
 */
export async function prepareLto2(subject: Subject, work: string): Promise<Lto2Inputs> {
  const folder = path.join(work, "lto2-inputs");
  const response = path.join(folder, "arguments");
  if (await exists(response)) return { folder, response };
  for (const tool of ["llvm-lto2", "opt"]) {
    if (!(await exists(path.join(TOOLS, tool)))) {
      throw new BenchFailure(`${TOOLS}/${tool} does not exist.`, "As root: apt-get install llvm-22");
    }
  }
  console.log("speed: writing the modules for llvm-lto2");
  const stages = path.join(work, "input-stages");
  await inspector(subject, ["thin", subject.before, "--save-temps", "input", "--out", stages]);
  await fs.mkdir(folder, { recursive: true });
  const names = (await fs.readdir(stages)).filter((name) => name.endsWith(".bc"));
  const lines: string[] = [];
  const defined = new Set<string>();
  for (const name of names) {
    const file = path.join(folder, name);
    await mustRun("Adding a summary", path.join(TOOLS, "opt"), ["-module-summary", "-module-hash", path.join(stages, name), "-o", file]);
    const { stdout } = await mustRun("Listing symbols", path.join(TOOLS, "llvm-lto2"), ["dump-symtab", file]);
    lines.push(file, ...resolutions(file, stdout, defined));
  }
  await fs.writeFile(`${response}.new`, `${lines.join("\n")}\n`);
  await fs.rename(`${response}.new`, response);
  return { folder, response };
}

function resolutions(file: string, symbolTable: string, defined: Set<string>): string[] {
  const lines: string[] = [];
  for (const line of symbolTable.split("\n")) {
    // One letter for the visibility, seven places for flags.
    const symbol = /^[DHP]([A-Z-]{7}) (.+)$/.exec(line);
    if (symbol?.[1] === undefined || symbol[2] === undefined) continue;
    const [, flags, name] = symbol;
    const prevails = !flags.startsWith("U") && !defined.has(name);
    if (prevails) defined.add(name);
    lines.push(`-r=${file},${name},${prevails ? `pl${name === "main" ? "x" : ""}` : ""}`);
  }
  return lines;
}

/** rustc's settings of code generation for x86-64 Linux, at opt level 3. */
const CODEGEN_ARGUMENTS = ["-cg-opt-level=3", "-relocation-model=pic", "-function-sections", "-data-sections"];

/** One run that saves all stages and generates code: the tool cannot skip code generation. */
export async function runLto2({ response }: Lto2Inputs, work: string, threads: number): Promise<Measured> {
  const out = path.join(work, "lto2-out");
  await fs.rm(out, { recursive: true, force: true });
  await fs.mkdir(out, { recursive: true });
  try {
    return await measure(path.join(TOOLS, "llvm-lto2"), [
      ...["run", "-save-temps", `--thinlto-threads=${threads}`, "-O3", "-o", path.join(out, "rg")],
      ...[...CODEGEN_ARGUMENTS, ...RUSTC_ARGUMENTS, `@${response}`],
    ]);
  } finally {
    await fs.rm(out, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
