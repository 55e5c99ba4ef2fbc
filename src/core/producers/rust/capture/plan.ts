/** Cargo's arguments for a capture, and how it differs from the user's own build. */
import path from "node:path";
import type { CaptureScope, Deviation } from "../../../../protocol/units.js";
import { isTargetTriple, isToolchainName } from "../../../base/values.js";
import type { CaptureOptions } from "../../captures.js";
import type { PlannedProfile, PlannedTarget } from "../workspace/unit-graph.js";

export interface Selection {
  readonly profile: string;
  readonly packages: readonly string[];
  readonly lib: boolean;
  readonly bins: readonly string[];
  readonly examples: readonly string[];
  readonly tests: readonly string[];
  readonly benches: readonly string[];
  readonly cargoArgs: readonly string[];
}

/** The arguments after `cargo build`. */
export function buildArguments(selection: Selection): string[] {
  const each = (option: string, names: readonly string[]): string[] => names.flatMap((name) => [option, name]);
  return [
    ...["--profile", selection.profile],
    ...each("--package", selection.packages),
    ...(selection.lib ? ["--lib"] : []),
    ...each("--bin", selection.bins),
    ...each("--example", selection.examples),
    ...each("--test", selection.tests),
    ...each("--bench", selection.benches),
    ...selection.cargoArgs,
  ];
}

/** What a capture was asked to build. Leaves out empty lists. */
export function scopeOf(
  { folder, workspace }: { readonly folder: string; readonly workspace: { readonly root: string } },
  {
    packages,
    lib = false,
    bins,
    examples,
    tests,
    benches,
    lto,
    incremental,
    lineTables = false,
    toolchain,
    cargoArgs = [],
  }: CaptureOptions,
): CaptureScope {
  const lists = { packages, bins, examples, tests, benches, features: featureArguments(cargoArgs), targets: targetArguments(cargoArgs) };
  const given = Object.entries(lists).filter(([, names]) => names !== undefined && names.length > 0);
  return {
    folder: path.relative(workspace.root, folder),
    ...(lib ? { lib } : {}),
    ...(lto === undefined ? {} : { lto }),
    ...(incremental === undefined ? {} : { incremental }),
    ...(lineTables ? { lineTables } : {}),
    ...askedToolchain(toolchain),
    ...Object.fromEntries(given),
  };
}

export type ProfileOverrides = Pick<CaptureOptions, "lto" | "incremental" | "lineTables">;

/** Debug info without lines of code. */
const WITHOUT_LINES: readonly string[] = ["none", "line-directives-only"];

const LINE_TABLES = "line-tables-only";

/** Whether a build needs more debug info to have line tables. @param planned undefined if Cargo did not say */
export function lacksLines(planned: PlannedTarget | undefined): boolean {
  return planned === undefined || WITHOUT_LINES.includes(planned.profile.debugInfo);
}

/**
 * Environment variables that override the profile's settings.
 *
 * @param planned what Cargo would build without them; null if it did not say
 */
export function overrideVariables(
  profile: string,
  { lto, incremental, lineTables }: ProfileOverrides,
  planned: readonly PlannedTarget[] | null,
): NodeJS.ProcessEnv {
  const setting = (name: string): string => `CARGO_PROFILE_${profile.toUpperCase().replaceAll("-", "_")}_${name}`;
  const finals = planned?.filter(({ root }) => root) ?? [undefined];
  return {
    ...(lto === undefined ? {} : { [setting("LTO")]: lto === "thin-local" ? "false" : lto }),
    ...(incremental === undefined ? {} : { CARGO_INCREMENTAL: incremental ? "1" : "0" }),
    ...(lineTables === true && finals.some(lacksLines) ? { [setting("DEBUG")]: LINE_TABLES } : {}),
  };
}

const LTO_OF_PROFILE: Readonly<Record<string, string>> = { false: "thin-local", true: "fat", fat: "fat", thin: "thin", off: "off" };

/** The LTO that a profile requests, in this project's terms. */
export function profileLto(profile: PlannedProfile): string {
  return LTO_OF_PROFILE[profile.lto] ?? profile.lto;
}

/**
 * The settings in which the capture differs from the user's build.
 *
 * @param planned the target as Cargo would build it without the overrides; undefined if Cargo did not say
 */
export function deviationsOf(planned: PlannedTarget | undefined, { lto, incremental, lineTables }: ProfileOverrides): Deviation[] {
  const deviations: Deviation[] = [];
  const add = (setting: string, build: string, used: string): void => {
    if (build !== used) deviations.push({ setting, build, used });
  };
  const unknown = "the profile's own";
  if (lto !== undefined) add("lto", planned === undefined ? unknown : profileLto(planned.profile), lto);
  if (incremental !== undefined) {
    add("incremental", planned === undefined ? unknown : String(planned.profile.incremental), String(incremental));
  }
  if (lineTables === true && lacksLines(planned)) add("debug", planned?.profile.debugInfo ?? unknown, LINE_TABLES);
  return deviations;
}

/** rustup's proxies take a name after a plus. */
function askedToolchain(given: string | undefined): Pick<CaptureScope, "toolchain"> {
  const name = given?.replace(/^\+/, "");
  if (name === undefined) return { toolchain: null };
  return isToolchainName(name) ? { toolchain: name } : {};
}

/** The triples that Cargo's arguments name; specifications in files are left out. */
function targetArguments(cargoArgs: readonly string[]): string[] {
  const named = cargoArgs.flatMap((argument, index) => {
    if (argument === "--target") return [cargoArgs[index + 1] ?? ""];
    return argument.startsWith("--target=") ? [argument.slice("--target=".length)] : [];
  });
  return named.filter(isTargetTriple).toSorted();
}

/** Cargo's arguments that choose features, as one word each, sorted. */
export function featureArguments(cargoArgs: readonly string[]): string[] {
  const found: string[] = [];
  for (const [index, argument] of cargoArgs.entries()) {
    if (argument === "--features" || argument === "-F") found.push(`--features=${cargoArgs[index + 1] ?? ""}`);
    else if (argument === "--all-features" || argument === "--no-default-features" || argument.startsWith("--features=")) {
      found.push(argument);
    } else if (argument.startsWith("-F")) found.push(`--features=${argument.slice(2)}`);
  }
  return found.toSorted();
}
