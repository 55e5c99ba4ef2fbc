/** What Cargo's configuration says, config files and environment merged by Cargo itself (`cargo config get` is unstable, hence RUSTC_BOOTSTRAP). */
import fs from "node:fs/promises";
import path from "node:path";
import { cargoConfigValue } from "../formats/cargo.js";
import { parseJsonIf } from "../formats/parse.js";
import { runProcess } from "./process.js";
import { cargoHome } from "./programs.js";
import type { CargoProgram } from "./toolchain.js";

/**
 * The value of a key of Cargo's configuration that is a string; undefined when it is not set or is none.
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
  const result = await runProcess(program.cargo, ["config", "get", "-Zunstable-options", "--format", "json-value", key], {
    cwd: folder,
    env: { ...program.environment, RUSTC_BOOTSTRAP: "1" },
    signal,
  });
  if (result.code !== 0) return undefined;
  const value = parseJsonIf(cargoConfigValue, result.stdout);
  return value === "" ? undefined : value;
}

/** Whether Cargo finds anything to read where it looks for configuration of builds; most often it does not, and need not be started to say so. */
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

/** Cargo reads a path with a slash relative to the folder that holds `.cargo`; a bare name is looked up in PATH. */
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
