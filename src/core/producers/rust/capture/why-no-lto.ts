/**
 * Why rustc does no LTO for a crate: from its command line after a build, or from Cargo's plan before one.
 *
 * Mirrors `Session::lto` (`compiler/rustc_session/src/session.rs`, rustc 1.96); see `ltoModeOf`.
 */
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { PlannedTarget } from "../workspace/unit-graph.js";
import type { CaptureOptions } from "../../captures.js";
import { profileLto } from "./plan.js";
import type { Prepared } from "./prepare.js";
import { RustcArguments } from "../../../pipelines/rustc-args.js";
import { codegenUnits, isLinkerPluginLto, ltoModeOf } from "./settings.js";

export const LINKER_PLUGIN_HELP =
  "Let the linker save its stages: with lld, `-C link-arg=-Wl,--save-temps` keeps them beside the output, and you can name them as files. To capture rustc's own LTO, build without the flag.";

interface Reason {
  readonly why: string;
  readonly help: string;
}

const ANOTHER = "Capture with --lto thin or --lto fat, or set `lto` in the profile.";

/** @returns undefined when rustc does LTO */
export function whyNoLto(args: RustcArguments): Reason | undefined {
  if (ltoModeOf(args) !== null) return undefined;
  const asked = args.codegen("lto");
  if (asked !== undefined) return { why: `it is built with \`-C lto=${asked}\`, which disables LTO`, help: ANOTHER };
  if (isLinkerPluginLto(args)) {
    return { why: "it is built with `-C linker-plugin-lto`: the linker does its LTO, and rustc does none", help: LINKER_PLUGIN_HELP };
  }
  if (args.unstable("thinlto") !== undefined) return { why: "`-Z thinlto=no` disables thin-local LTO", help: ANOTHER };
  if (args.codegen("opt-level") === undefined || args.codegen("opt-level") === "0") {
    return {
      why: "it is not optimised (opt-level 0), so rustc does LTO only if `lto` requests it",
      help: "Capture a profile that optimises (--profile release), or with --lto thin.",
    };
  }
  if (codegenUnits(args) === 1) {
    return {
      why: "it has one codegen unit (codegen-units = 1): thin-local LTO works between the codegen units of one crate, so rustc does none",
      help: "Capture with --lto thin or --lto fat, which span crates, or with more codegen units.",
    };
  }
  return { why: "rustc does no LTO with its options", help: ANOTHER };
}

/** The error that names every crate that cannot be captured, grouped by reason. */
export function nothingBecause(
  folder: string,
  profile: string,
  crates: readonly (Reason & { readonly name: string })[],
): LtoErrorReport | undefined {
  const [first] = crates;
  if (first === undefined) return undefined;
  const reasons = [...new Set(crates.map(({ why }) => why))];
  const sentences = reasons.map(
    (why) =>
      `${crates
        .filter((one) => one.why === why)
        .map(({ name }) => name)
        .join(", ")}: ${why}`,
  );
  return {
    name: "NothingToInspect",
    message: `rustc does no LTO in ${folder} with the profile ${profile}. ${sentences.join(". ")}.`,
    file: folder,
    help: first.help,
  };
}

const FINAL_TYPES = ["bin", "cdylib", "staticlib", "dylib"];

/** The error that is certain before the build; undefined: rustc may do LTO. */
export function nothingPlanned(prepared: Prepared, options: CaptureOptions): LtoErrorReport | undefined {
  const finals = (prepared.planned ?? []).filter(
    ({ root, mode, crateTypes }) => root && (mode === "test" || crateTypes.some((type) => FINAL_TYPES.includes(type))),
  );
  if (!prepared.flags.certain || finals.length === 0) return undefined;
  const reasons = finals.map((target) => ({ name: target.name, reason: whyNoLto(plannedArguments(prepared, options, target)) }));
  const crates = reasons.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, ...reason }]));
  return crates.length < finals.length ? undefined : nothingBecause(prepared.folder, prepared.profile, crates);
}

/** The options that affect LTO. Mirrors `build_base_args` and `lto_args` (cargo 1.95). */
function plannedArguments({ flags }: Prepared, { lto, incremental }: CaptureOptions, { profile }: PlannedTarget): RustcArguments {
  const mode = lto ?? profileLto(profile);
  const isIncremental = incremental ?? profile.incremental;
  return new RustcArguments([
    ...["-C", `opt-level=${profile.optLevel}`],
    ...(mode === "thin-local" ? [] : ["-C", `lto=${mode}`]),
    ...(profile.codegenUnits === null ? [] : ["-C", `codegen-units=${profile.codegenUnits}`]),
    ...(isIncremental ? ["-C", "incremental=planned"] : []),
    ...flags.flags,
  ]);
}
