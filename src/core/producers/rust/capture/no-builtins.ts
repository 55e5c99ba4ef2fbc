/**
 * Whether a crate can be `#![no_builtins]`. Attributes of a crate are written in its root file or given on the command line; a macro cannot add them. A
 * file that contains the word may still mean something else by it (a comment, a condition).
 */
import { statSync } from "node:fs";
import path from "node:path";
import { LIMITS } from "../../../base/read-file.js";
import { readTextFileSync } from "../../../base/read-file-sync.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import type { RustcRecord } from "../wrapper/record.js";

/** @returns true: certainly not; false: perhaps, or the file is not as rustc read it */
export function cannotBeNoBuiltins({ cwd, startedAt }: Pick<RustcRecord, "cwd" | "startedAt">, args: RustcArguments): boolean {
  const [root, ...others] = args.inputs;
  if (root === undefined || others.length > 0 || args.unstable("crate-attr") !== undefined) return false;
  const file = path.resolve(cwd, root);
  try {
    return statSync(file).mtimeMs <= startedAt && !readTextFileSync(file, LIMITS.text).includes("no_builtins");
  } catch {
    return false;
  }
}
