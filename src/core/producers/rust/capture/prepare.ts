/** Prepares a capture: finds the workspace, the toolchain, and what Cargo would build. */
import path from "node:path";
import type { Toolchain } from "../../../../protocol/units.js";
import { LtoError } from "../../../base/errors.js";
import { configuredFlags, type ConfiguredFlags } from "../../../machine/cargo-config.js";
import { packageFolder, readWorkspace } from "../workspace/metadata.js";
import type { Workspace } from "../workspace/metadata.js";
import { cargoFor, detectToolchain } from "../../../machine/toolchain.js";
import type { CargoProgram } from "../../../machine/programs.js";
import { unitGraph } from "../workspace/unit-graph.js";
import type { PlannedTarget } from "../workspace/unit-graph.js";
import type { CaptureOptions } from "../../captures.js";
import { buildArguments } from "./plan.js";
import { storeRoot } from "../../../store/store-paths.js";

export interface Prepared {
  readonly folder: string;
  readonly program: CargoProgram;
  readonly workspace: Workspace;
  readonly toolchain: Toolchain;
  readonly buildArgs: readonly string[];
  readonly profile: string;
  /** null: Cargo did not say. */
  readonly planned: readonly PlannedTarget[] | null;
  readonly store: string;
  /** Flags for rustc from the environment and from Cargo's configuration. */
  readonly flags: ConfiguredFlags;
  /** What else overrides the profile: `--config` and the profile's variables, as given. */
  readonly overrides: readonly string[];
}

/** @throws NoToolchain, NothingToInspect, Usage */
export async function prepare(options: CaptureOptions): Promise<Prepared> {
  const environment = options.environment ?? process.env;
  const { signal } = options;
  const folder = await packageFolder(options.folder);
  options.onProgress?.({ phase: "prepare", message: `Reading the workspace in ${folder}` });
  const program = await cargoFor({ environment, toolchain: options.toolchain, signal });
  const workspace = await readWorkspace(folder, program, signal);
  const toolchain = await detectToolchain(folder, { environment, toolchain: options.toolchain, signal });
  const { profile, cargoArgs } = splitProfile(options);
  const { packages = [], lib = false, bins = [], examples = [], tests = [], benches = [] } = options;
  const buildArgs = buildArguments({ profile, packages, lib, bins, examples, tests, benches, cargoArgs });
  const store = path.resolve(options.store ?? storeRoot(environment));
  // Cargo caches facts about rustc in the target directory, even if it only prints; this leaves the user's own target directory alone.
  const elsewhere = path.join(store, "targets", "plan");
  const quiet = { ...program, environment: { ...program.environment, CARGO_TARGET_DIR: elsewhere, CARGO_BUILD_BUILD_DIR: elsewhere } };
  const graph = await unitGraph(folder, quiet, buildArgs, signal);
  const planned = "targets" in graph ? graph.targets : null;
  const configuration = configOptions(cargoArgs);
  const target = targetArgument(cargoArgs) ?? toolchain.host;
  const flags = await configuredFlags(folder, program, { target, options: configuration, signal });
  const overrides = [...configuration, ...profileVariables(program.environment, profile)];
  return { folder, program, workspace, toolchain, buildArgs, profile, planned, store, flags, overrides };
}

/** Cargo's `--config`, as given. */
function configOptions(cargoArgs: readonly string[]): string[] {
  return cargoArgs.flatMap((argument, index) => {
    if (argument.startsWith("--config=")) return [argument];
    return argument === "--config" ? [`--config=${cargoArgs[index + 1] ?? ""}`] : [];
  });
}

function targetArgument(cargoArgs: readonly string[]): string | undefined {
  const index = cargoArgs.indexOf("--target");
  return index === -1 ? cargoArgs.find((argument) => argument.startsWith("--target="))?.slice("--target=".length) : cargoArgs[index + 1];
}

/** `CARGO_PROFILE_<NAME>_…`, each with its value. */
function profileVariables(environment: NodeJS.ProcessEnv, profile: string): string[] {
  const prefix = `CARGO_PROFILE_${profile.toUpperCase().replaceAll("-", "_")}_`;
  return Object.entries(environment)
    .flatMap(([name, value]) => (name.startsWith(prefix) && value !== undefined ? [`${name}=${value}`] : []))
    .toSorted();
}

/** Cargo options that conflict with the capture's own. */
const OURS = ["--target-dir", "--message-format", "--build-plan", "--unit-graph", "--artifact-dir", "--out-dir"];

/** The profile, from our option or Cargo's arguments, and the other arguments. */
function splitProfile(options: CaptureOptions): { profile: string; cargoArgs: string[] } {
  const cargoArgs: string[] = [];
  let profile = options.profile;
  const given = options.cargoArgs ?? [];
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] ?? "";
    const taken = OURS.find((option) => argument === option || argument.startsWith(`${option}=`));
    if (taken !== undefined) {
      throw new LtoError({
        name: "Usage",
        message: `\`${taken}\` cannot be used with capture, which sets its own target directory and message format.`,
      });
    }
    if (argument === "--release" || argument === "-r") profile = "release";
    else if (argument.startsWith("--profile=")) profile = argument.slice("--profile=".length);
    else if (argument === "--profile") profile = given[(index += 1)] ?? profile;
    else cargoArgs.push(argument);
  }
  return { profile: profile ?? "release", cargoArgs };
}
