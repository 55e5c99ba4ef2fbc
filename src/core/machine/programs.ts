/** Finds cargo, rustc and rustup. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** How to start Cargo for a toolchain. */
export interface CargoProgram {
  readonly cargo: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** @returns whether the path is an executable file. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The first program of a name in PATH, or in Cargo's own folder, which may be missing in a desktop's PATH. */
export async function findProgram(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const all = await findPrograms(name, environment);
  return all[0];
}

/**
 * Every program of a name, in the order of PATH; Cargo's own folder and /usr/bin come last. Skips relative and empty entries of PATH, which depend
 * on the current folder and may lead into a workspace.
 */
export async function findPrograms(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = (environment["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  folders.push(path.join(cargoHome(environment), "bin"), "/usr/local/bin", "/usr/bin");
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) found.push(file);
  }
  return found;
}

export function cargoHome(environment: NodeJS.ProcessEnv): string {
  const set = environment["CARGO_HOME"];
  return set !== undefined && set !== "" ? set : path.join(homeOf(environment), ".cargo");
}

export function rustupHome(environment: NodeJS.ProcessEnv): string {
  const set = environment["RUSTUP_HOME"];
  return set !== undefined && set !== "" ? set : path.join(homeOf(environment), ".rustup");
}

function homeOf(environment: NodeJS.ProcessEnv): string {
  const set = environment["HOME"];
  return set !== undefined && set !== "" ? set : os.homedir();
}
