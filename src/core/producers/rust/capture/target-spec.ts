/** Asks a capture's rustc what it knows of the build's target. */
import type { TargetSpec, Toolchain } from "../../../../protocol/units.js";
import { parseJsonIf } from "../../../base/parse.js";
import { runProcess } from "../../../base/process.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { targetSpecJson } from "../formats/target-spec.js";
import type { RustcRecord } from "../wrapper/record.js";
import type { Running } from "./compile-again.js";

/** Targets that have rustc's defaults in everything that a specification is asked for: no build for them needs another start of rustc. */
const DEFAULT_TARGETS = /^x86_64-[^-]+-linux-(?:gnu|musl)$/;

/** Whether a target's specification has rustc's defaults. */
export function hasDefaultTarget(args: RustcArguments, { host }: Pick<Toolchain, "host">): boolean {
  return !isTargetFile(args) && DEFAULT_TARGETS.test(args.target ?? host);
}

function isTargetFile(args: RustcArguments): boolean {
  return args.values("--target").at(-1)?.endsWith(".json") === true;
}

/**
 * The specification of a build's target. Printing it is unstable, hence RUSTC_BOOTSTRAP; nothing is compiled.
 *
 * @returns undefined: it has rustc's defaults; or a sentence that says why it is not known
 * @throws LtoError Cancelled
 */
export async function targetSpecOf(
  record: RustcRecord,
  args: RustcArguments,
  toolchain: Pick<Toolchain, "host">,
  running: Running,
): Promise<TargetSpec | string | undefined> {
  if (hasDefaultTarget(args, toolchain)) return undefined;
  const rustc = record.programs.at(-1) ?? "rustc";
  const target = args.values("--target").at(-1) ?? toolchain.host;
  const words = ["--print", "target-spec-json", "-Z", "unstable-options", "--target", target];
  const env = { ...record.environment, RUSTC_BOOTSTRAP: "1" };
  const { code, stdout, stderr } = await runProcess(rustc, words, { cwd: record.cwd, env, ...running });
  if (code !== 0) return `rustc does not print the specification of ${target}: ${stderr.trim().split("\n")[0] ?? ""}`;
  return parseJsonIf(targetSpecJson, stdout) ?? `the specification of ${target} has settings that are not known here.`;
}
