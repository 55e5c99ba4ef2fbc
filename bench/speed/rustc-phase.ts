/** Measures rustc's own LTO, from its first log line about LTO to the start of the linker. */
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "../lib/failure.js";
import { measure } from "../lib/measured.js";
import { CARGO_SETTINGS, type Subject } from "./subject.js";

const LOG = "rustc_codegen_llvm::back::lto=info,rustc_codegen_ssa::back::lto=info";
const LINKING = "lto-inspector-bench: the linker begins";

/**
 * Builds ripgrep without save-temps and from an empty session, so that rustc optimises and generates code for every module.
 *
 * rustc generates each module's code on the thread that optimised it. The figure includes that, and no flag disables it.
 *
 * @returns seconds
 */
export async function rustcLtoSeconds(subject: Subject, work: string, threads: number): Promise<number> {
  const target = path.join(work, "target");
  const linker = await linkerScript(work);
  const env = {
    ...subject.toolchain.environment,
    ...CARGO_SETTINGS,
    CARGO_TARGET_DIR: target,
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER: linker,
    RUSTC_LOG: LOG,
  };
  await forgetFinalCrate(target);
  const args = ["build", "--release", "--package", "ripgrep", "--jobs", String(threads)];
  const { stderrLines } = await measure(subject.toolchain.cargo, args, { cwd: subject.workspace, env });
  const begun = stderrLines.find(({ line }) => line.includes("back::lto"));
  const linked = stderrLines.findLast(({ line }) => line.includes(LINKING));
  if (begun === undefined || linked === undefined || linked.at <= begun.at) {
    throw new BenchFailure(
      "rustc logged nothing about LTO, or the linker did not start.",
      "Remove bench/work/speed and run the bench again.",
    );
  }
  return linked.at - begun.at;
}

/**
 * rustc and Cargo do not report when linking begins, so the linker does. rustc shows the linker's output only afterwards, so the script writes to
 * Cargo's stderr.
 */
async function linkerScript(work: string): Promise<string> {
  const file = path.join(work, "linker.sh");
  await fs.mkdir(work, { recursive: true });
  // Descriptor 2 is rustc's pipe; that of the parent process is read by Cargo at once.
  await fs.writeFile(file, `#!/bin/sh\necho "${LINKING}" > /proc/$PPID/fd/2\nexec cc "$@"\n`, { mode: 0o755 });
  return file;
}

async function forgetFinalCrate(target: string): Promise<void> {
  for (const folder of ["incremental", "deps", ".fingerprint"]) {
    const full = path.join(target, "release", folder);
    const names = await fs.readdir(full).catch(() => []);
    for (const name of names) if (/^(?:rg-|ripgrep-)/.test(name)) await fs.rm(path.join(full, name), { recursive: true, force: true });
  }
}
