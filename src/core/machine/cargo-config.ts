/** Reads Cargo's configuration, in which Cargo itself merges config files and environment (`cargo config get` is unstable, hence RUSTC_BOOTSTRAP). */
import fs from "node:fs/promises";
import path from "node:path";
import { cargoConfigValue, cargoRustflags, cargoTargets } from "./cargo.js";
import { parseJsonIf } from "../base/parse.js";
import { runProcess } from "../base/process.js";
import { cargoHome } from "./programs.js";
import type { CargoProgram } from "./programs.js";

/**
 * The value of a key of Cargo's configuration; undefined if it is not set or not a string.
 *
 * @param key of the table `build`
 */
export async function cargoConfigString(
  folder: string,
  program: CargoProgram,
  key: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!(await mayBeConfigured(folder, program.environment))) return undefined;
  const value = parseJsonIf(cargoConfigValue, await configured(folder, program, [], key, signal));
  return value === "" ? undefined : value;
}

/** A value of the configuration as JSON; empty if it is not set. */
async function configured(
  folder: string,
  program: CargoProgram,
  options: readonly string[],
  key: string,
  signal?: AbortSignal,
): Promise<string> {
  const result = await runProcess(program.cargo, [...options, "config", "get", "-Zunstable-options", "--format", "json-value", key], {
    cwd: folder,
    env: { ...program.environment, RUSTC_BOOTSTRAP: "1" },
    signal,
  });
  return result.code === 0 ? result.stdout : "";
}

export interface ConfiguredFlags {
  readonly flags: readonly string[];
  /** Whether all of them apply; false if a `cfg(…)` of the configuration decides about some. */
  readonly certain: boolean;
}

/**
 * The flags that Cargo passes to rustc besides those of the profile: the first that is set of CARGO_ENCODED_RUSTFLAGS, RUSTFLAGS,
 * `target.*.rustflags` and `build.rustflags`.
 *
 * Mirrors `extra_args` in cargo's `src/cargo/core/compiler/build_context/target_info.rs` (1.95).
 *
 * @param target the target triple of the build
 * @param options Cargo's `--config`, as given
 */
export async function configuredFlags(
  folder: string,
  program: CargoProgram,
  { target, options, signal }: { readonly target: string; readonly options: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<ConfiguredFlags> {
  const { environment } = program;
  const encoded = environment["CARGO_ENCODED_RUSTFLAGS"];
  if (encoded !== undefined) return { flags: encoded === "" ? [] : encoded.split("\x1f"), certain: true };
  const given = environment["RUSTFLAGS"];
  if (given !== undefined) return { flags: words(given), certain: true };
  const own = words(environment[`CARGO_TARGET_${target.toUpperCase().replaceAll(/[-.]/g, "_")}_RUSTFLAGS`] ?? "");
  if (options.length === 0 && !(await mayBeConfigured(folder, environment))) return { flags: own, certain: true };
  const targets = parseJsonIf(cargoTargets, await configured(folder, program, options, "target", signal)) ?? {};
  const entries = Object.entries(targets).filter(
    ([name, { rustflags }]) => rustflags !== undefined && (name === target || name.startsWith("cfg(")),
  );
  const forTarget = [...entries.flatMap(([, { rustflags = [] }]) => words(rustflags)), ...own];
  const certain = entries.every(([name]) => name === target);
  if (forTarget.length > 0) return { flags: forTarget, certain };
  return {
    flags: words(parseJsonIf(cargoRustflags, await configured(folder, program, options, "build.rustflags", signal)) ?? ""),
    certain,
  };
}

function words(flags: string | readonly string[]): string[] {
  return typeof flags === "string" ? flags.split(/\s+/).filter((word) => word !== "") : [...flags];
}

/** Whether there is any configuration of builds for Cargo to read. Usually there is none, and Cargo need not be started. */
async function mayBeConfigured(folder: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  if (Object.keys(environment).some((name) => name.startsWith("CARGO_BUILD_"))) return true;
  const start = await fs.realpath(folder).catch(() => path.resolve(folder));
  const places = [path.resolve(start, cargoHome(environment))];
  for (let at = start; ; at = path.dirname(at)) {
    places.push(path.join(at, ".cargo"));
    if (path.dirname(at) === at) break;
  }
  const files = places.flatMap((place) => ["config", "config.toml"].map((name) => path.join(place, name)));
  return (await Promise.all(files.map(exists))).includes(true);
}

/** The rustc wrapper that a build in this folder would use: RUSTC_WRAPPER (empty: none), else `build.rustc-wrapper`. */
export async function existingWrapper(folder: string, program: CargoProgram, signal?: AbortSignal): Promise<string | undefined> {
  const set = program.environment["RUSTC_WRAPPER"];
  if (set !== undefined) return set === "" ? undefined : set;
  const configured = await cargoConfigString(folder, program, "build.rustc-wrapper", signal);
  return configured === undefined ? undefined : resolveConfigPath(folder, configured);
}

/** Cargo resolves a path with a slash relative to the folder that contains `.cargo`, and looks up a bare name in PATH. */
async function resolveConfigPath(folder: string, value: string): Promise<string> {
  if (path.isAbsolute(value) || !value.includes("/")) return value;
  for (let ancestor = path.resolve(folder); ; ancestor = path.dirname(ancestor)) {
    const candidate = path.join(ancestor, value);
    if ((await exists(path.join(ancestor, ".cargo"))) && (await exists(candidate))) return candidate;
    if (path.dirname(ancestor) === ancestor) return value;
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
