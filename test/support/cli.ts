/** Running the built command line in tests. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { whyNoEngine } from "../../src/core/machine/llvm-series.js";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import { visible } from "../../src/protocol/visible.js";
import "./own-state.js";
import { repository } from "./repository.js";

const rustc = spawnSync("rustc", ["-vV"], { encoding: "utf8" });

/** Why tests that need rustc are skipped; false: they run. */
export const skipWithoutRust: string | false = whyNoRust();

function whyNoRust(): string | false {
  if (rustc.status !== 0) return "there is no rustc";
  const llvm = /^LLVM version: (.*)$/m.exec(rustc.stdout)?.[1] ?? "";
  return whyNoEngine("rustc uses", llvm, "rustc")?.message ?? false;
}

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

/** The command line with its own store. */
export class TestCli {
  readonly store: string;
  readonly #dist: string;

  /** @param dist an installation other than the repository's */
  constructor(store: string, dist: string = join(repository, "dist")) {
    this.store = store;
    this.#dist = dist;
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(this.#dist, "cli.js"), ...args], {
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

  /** Runs a command with `--json -`, expects an exit code, and checks the report against its schema. */
  async report<T>(args: readonly string[], code = 0, options: RunOptions = {}): Promise<T> {
    const ended = await this.run([...args, "--json", "-"], options);
    assert.equal(ended.code, code, `${args.join(" ")}: ${ended.stderr}`);
    const report: unknown = JSON.parse(ended.stdout);
    await validate(args[0] ?? "", report);
    return report as T;
  }

  /** Runs a command that has to fail, and returns its error, which must be the same as JSON and as text. */
  async error(args: readonly string[], code: number, options: RunOptions = {}): Promise<LtoErrorReport> {
    const ended = await this.run([...args, "--json", "-"], options);
    assert.equal(ended.code, code, `${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
    const report: unknown = JSON.parse(ended.stdout);
    await validate("error", report);
    const { error } = report as { error: LtoErrorReport };
    assert.ok(ended.stderr.includes(error.name), ended.stderr);
    for (const text of [error.message, error.help ?? ""]) assert.ok(ended.stderr.includes(visible(text)), ended.stderr);
    return error;
  }

  /** Captures a workspace. @returns the primary unit's id */
  async capture(workspace: string, ...args: readonly string[]): Promise<string> {
    const ended = await this.run(["capture", workspace, ...args]);
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout.trim().split("\n").at(-1) ?? assert.fail("capture printed no unit");
  }
}

const schemas = new Map<string, Promise<ValidateFunction>>();

/** Checks a report against the JSON Schema of its command. */
export async function validate(command: string, report: unknown): Promise<void> {
  const isValid = await (schemas.get(command) ?? compiled(command));
  assert.ok(isValid(report), `${command}: ${new Ajv().errorsText(isValid.errors)}`);
}

function compiled(command: string): Promise<ValidateFunction> {
  const compiling = (async () => {
    const schema = JSON.parse(await readFile(join(repository, "schemas", `${command}.schema.json`), "utf8")) as object;
    return new Ajv({ allErrors: true }).compile(schema);
  })();
  schemas.set(command, compiling);
  return compiling;
}
