/** Measures rustc's own LTO, from its first log line about LTO to the start of the linker, and its code generation. */
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "../lib/failure.js";
import { measure } from "../lib/measured.js";
import { readSelfProfile } from "./self-profile.js";
import { CARGO_SETTINGS, type Subject } from "./subject.js";

const LOG = "rustc_codegen_llvm::back::lto=info,rustc_codegen_ssa::back::lto=info";
const LINKING = "lto-inspector-bench: the linker begins";
/** rustc's activities: all that it does with a module in LTO, and code generation in it. */
const WORK = "codegen_module_perform_lto";
const CODEGEN = "LLVM_module_codegen_emit_obj";

export interface RustcLto {
  /** Seconds. */
  readonly seconds: number;
  /** Processor time meanwhile, seconds. */
  readonly cpuSeconds: number;
  /** The time that the workers spent on modules of LTO, seconds. */
  readonly workerSeconds: number;
  /** The part of it that generated objects, seconds. */
  readonly codegenSeconds: number;
}

/**
 * Builds ripgrep from an empty session, so that rustc optimises and generates code for every module, with `-C save-temps`, so that it writes the
 * stages too.
 *
 * rustc generates each module's code on the thread that optimised it. The figure includes that, and no flag disables it.
 */
export async function rustcLto(subject: Subject, work: string, threads: number): Promise<RustcLto> {
  const target = path.join(work, "target");
  const profiles = path.join(work, "self-profile");
  const linker = await linkerScript(work);
  const env = {
    ...subject.toolchain.environment,
    ...CARGO_SETTINGS,
    CARGO_TARGET_DIR: target,
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER: linker,
    RUSTC_LOG: LOG,
    // For -Z self-profile.
    RUSTC_BOOTSTRAP: "1",
  };
  await forgetFinalCrate(target);
  await fs.rm(profiles, { recursive: true, force: true });
  const flags = ["-C", "save-temps", "-Z", `self-profile=${profiles}`, "-Z", "self-profile-events=generic-activity"];
  const args = ["rustc", "--release", "--package", "ripgrep", "--bin", "rg", "--jobs", String(threads), "--", ...flags];
  const { stderrLines, cpuBetween } = await measure(subject.toolchain.cargo, args, { cwd: subject.workspace, env });
  const begun = stderrLines.find(({ line }) => line.includes("back::lto"));
  const linked = stderrLines.findLast(({ line }) => line.includes(LINKING));
  if (begun === undefined || linked === undefined || linked.at <= begun.at) {
    throw new BenchFailure(
      "rustc logged nothing about LTO, or the linker did not start.",
      "Remove bench/work/speed and run the bench again.",
    );
  }
  return { seconds: linked.at - begun.at, cpuSeconds: cpuBetween(begun.at, linked.at), ...(await workIn(profiles)) };
}

/** Only what is part of LTO: the allocator's module, for example, has objects too. */
async function workIn(profiles: string): Promise<Pick<RustcLto, "workerSeconds" | "codegenSeconds">> {
  const [file] = (await fs.readdir(profiles)).filter((name) => name.endsWith(".mm_profdata"));
  if (file === undefined) throw new BenchFailure(`rustc left no profile in ${profiles}.`, "Use a rustc with -Z self-profile.");
  const activities = await readSelfProfile(path.join(profiles, file));
  const work = activities.filter(({ name }) => name === WORK);
  const codegen = activities.filter(
    ({ name, thread, start, end }) => name === CODEGEN && work.some((one) => one.thread === thread && one.start <= start && end <= one.end),
  );
  const sum = (all: typeof activities): number => all.reduce((seconds, { start, end }) => seconds + end - start, 0);
  return { workerSeconds: sum(work), codegenSeconds: sum(codegen) };
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
