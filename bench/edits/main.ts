/**
 * edits: checks that causes name what was edited.
 *
 * Captures a program, makes one edit after another, each on the original sources, and reads the causes that `explain` names. After each edit is
 * reverted, the program is captured again, so that the next build has an incremental session with a history, as usual.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod/mini";
import { BenchFailure } from "../lib/failure.js";
import { CLI, WORK } from "../lib/paths.js";
import { mustRun } from "../lib/run.js";
import { PROGRAMS, type EditedProgram } from "./programs.js";
import type { Edit } from "./table.js";

export const EDITS_USAGE = `usage: npm run bench -- edits [options]

  --program NAME  one of ${PROGRAMS.map(({ name }) => name).join(", ")}
  --only TEXT     only edits whose kind has this text in it
  --help          print this help

Exits with 1 if a cause names anything but the edit.`;

/** @returns the exit code: 1 if an edit was not named */
export async function benchEdits(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = { program: { type: "string", default: "" }, only: { type: "string", default: "" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const programs = PROGRAMS.filter(({ name }) => values.program === "" || name === values.program);
  if (programs.length === 0) throw new BenchFailure(`There is no program ${values.program}.`, EDITS_USAGE);
  let [named, total] = [0, 0];
  for (const program of programs) {
    const edits = program.edits.filter(({ kind }) => kind.includes(values.only));
    if (edits.length === 0) continue;
    const bench = await EditsBench.of(program, signal);
    for (const edit of edits) {
      const { passed, said } = await bench.judge(edit);
      [named, total] = [named + (passed ? 1 : 0), total + 1];
      console.log(`${passed ? "named " : "MISSED"}  ${program.name.padEnd(8)} ${edit.kind.padEnd(48)} ${said}`);
    }
  }
  console.log(`${named} of ${total} edits named first`);
  return named === total ? 0 : 1;
}

interface Verdict {
  readonly passed: boolean;
  readonly said: string;
}

class EditsBench {
  readonly #program: EditedProgram;
  readonly #sources: string;
  readonly #store: string;
  readonly #signal: AbortSignal;
  #base = "";

  private constructor(program: EditedProgram, folder: string, signal: AbortSignal) {
    this.#program = program;
    this.#sources = path.join(folder, "sources");
    this.#store = path.join(folder, "store");
    this.#signal = signal;
  }

  static async of(program: EditedProgram, signal: AbortSignal): Promise<EditsBench> {
    const folder = path.join(WORK, "edits", program.name);
    // Cargo's target directories stay, because the dependencies stay the same.
    for (const part of ["sources", "store/captures"]) await fs.rm(path.join(folder, part), { recursive: true, force: true });
    const bench = new EditsBench(program, folder, signal);
    await program.prepare(bench.#sources);
    await bench.#capture();
    bench.#base = await bench.#capture();
    return bench;
  }

  /** Makes the edit, reads its causes, and reverts it. */
  async judge(edit: Edit): Promise<Verdict> {
    const before = new Map<string, string>();
    try {
      for (const { file, from, to } of edit.changes) await this.#replace(file, from, to, before);
      const edited = await this.#capture();
      const report = path.join(path.dirname(this.#store), "report.json");
      await this.#cli(["explain", edited, "--against", this.#base, "--json", report]);
      return verdict(edit, titlesReport.parse(JSON.parse(await fs.readFile(report, "utf8"))).causes);
    } finally {
      for (const [file, text] of before) await fs.writeFile(file, text);
      this.#base = await this.#capture();
    }
  }

  /** @returns the capture, with its number */
  async #capture(): Promise<string> {
    const { stdout } = await this.#cli(["capture", this.#sources, "--json", "-", ...this.#program.select]);
    const [unit] = capturedUnits.parse(JSON.parse(stdout)).units;
    if (unit === undefined) throw new BenchFailure(`No unit of ${this.#program.name} was captured.`, "Capture it on the command line.");
    return `${unit.id}@${unit.capture}`;
  }

  async #replace(file: string, from: string, to: string, before: Map<string, string>): Promise<void> {
    const whole = path.join(this.#sources, file);
    const text = await fs.readFile(whole, "utf8");
    if (text.split(from).length !== 2) {
      throw new BenchFailure(`${file} does not have exactly one: ${from}`, "Correct the edit in bench/edits.");
    }
    if (!before.has(whole)) before.set(whole, text);
    await fs.writeFile(
      whole,
      text.replace(from, () => to),
    );
  }

  async #cli(args: readonly string[]): Promise<{ readonly stdout: string }> {
    const env = { ...process.env, ...this.#program.variables, LTO_INSPECTOR_STORE: this.#store };
    return mustRun(`lto-inspector ${args[0] ?? ""}`, process.execPath, [CLI, ...args], { env, signal: this.#signal });
  }
}

const capturedUnits = z.object({ units: z.array(z.object({ id: z.string(), capture: z.number() })) });
const titlesReport = z.object({ causes: z.array(z.object({ kind: z.string(), title: z.string() })) });

/** Every cause names an edited file first, then only edited functions, types or other items; what changed with them is listed separately. */
function verdict({ file, edited, nothing, causes: most = 1 }: Edit, causes: z.output<typeof titlesReport>["causes"]): Verdict {
  const telling = causes.filter(({ kind }) => kind !== "recompiled-unchanged");
  const said = telling.length === 0 ? "no cause" : telling.map(({ title }) => title).join(" | ");
  if (telling.length === 0) return { passed: nothing === true, said };
  const right = telling.every(({ title }) => {
    const [first = "", ...others] = namedAsEdited(title);
    const isOwn = others.every((name) => file.test(name) || edited?.test(name) === true);
    return file.test(first) && isOwn && (others.length > 0 || edited === undefined || nothing === true);
  });
  return { passed: right && telling.length <= most, said };
}

/** The names in a title, without those of crates and of what changed with the edit. */
function namedAsEdited(title: string): string[] {
  const [claim = ""] = title.split(/, and with it |: what it changed/);
  const withoutCrates = claim.replaceAll(/ in crates? `[^`]+`(?:, `[^`]+`)*/g, "");
  return [...withoutCrates.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}
