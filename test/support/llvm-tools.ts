/** Modules and links that tests make with Debian's LLVM 22 and other compilers, if these are installed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** Why a test that needs these programs is skipped; false: it runs. */
export function skipWithout(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => spawnSync(program, ["--version"]).status !== 0);
  return missing.length > 0 && `not installed: ${missing.join(", ")}`;
}

/** Runs a program that has to succeed. @returns what it printed */
export function runTool(program: string, args: readonly string[], cwd: string): string {
  const ended = spawnSync(program, args, { cwd, encoding: "utf8" });
  assert.equal(ended.status, 0, `${program} ${args.join(" ")}: ${ended.stderr}`);
  return ended.stdout;
}

/** The external definitions of a bitcode file, in the order of their names. */
export function externalDefinitions(file: string, cwd: string): string[] {
  const lines = runTool("llvm-nm-22", ["--defined-only", "--extern-only", "--format=just-symbols", file], cwd);
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}
