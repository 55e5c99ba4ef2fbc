/** Sources of published programs, as Cargo downloads them from crates.io or its replacement. */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { BenchFailure } from "./failure.js";
import { WORK } from "./paths.js";
import { mustRun } from "./run.js";

export interface PublishedProgram {
  readonly name: string;
  /** Exact. */
  readonly version: string;
}

/** The Cargo that downloads, and its environment. */
export interface Downloader {
  readonly cargo: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Creates a copy of a program's sources that builds on its own.
 *
 * @param folder the copy; created, or restored without edits (times are kept, so that Cargo does not rebuild what has not changed)
 * @throws BenchFailure if it cannot be downloaded
 */
export async function layOutProgram(program: PublishedProgram, folder: string, downloader: Downloader): Promise<void> {
  await fs.cp(await sourceOf(program, downloader), folder, { recursive: true, preserveTimestamps: true, filter: isNoBuild });
  await mustRun(`Downloading the dependencies of ${program.name}`, downloader.cargo, ["fetch"], {
    cwd: folder,
    env: downloader.environment,
  });
}

function isNoBuild(file: string): boolean {
  return path.basename(file) !== "target";
}

/**
 * Cargo downloads a package's dependencies, so an empty package depends on the program. Cargo does not list a dependency without a library, so this
 * searches the folder where Cargo unpacks sources.
 */
async function sourceOf({ name, version }: PublishedProgram, { cargo, environment }: Downloader): Promise<string> {
  const folder = path.join(WORK, "crates", `${name}-${version}`);
  await fs.mkdir(path.join(folder, "src"), { recursive: true });
  await fs.writeFile(path.join(folder, "src", "lib.rs"), "");
  await fs.writeFile(
    path.join(folder, "Cargo.toml"),
    `[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${name} = "=${version}"\n\n[workspace]\n`,
  );
  await mustRun(`Downloading ${name} ${version}`, cargo, ["fetch"], { cwd: folder, env: environment });
  const registries = path.join(environment["CARGO_HOME"] ?? path.join(os.homedir(), ".cargo"), "registry", "src");
  for (const registry of await fs.readdir(registries)) {
    const source = path.join(registries, registry, `${name}-${version}`);
    if ((await fs.stat(source).catch(() => undefined)) !== undefined) return source;
  }
  throw new BenchFailure(
    `Cargo downloaded ${name} ${version}, but did not unpack it below ${registries}.`,
    "Leave the project out with --project, or use a registry as its source.",
  );
}
