/** Sources of published programs, as Cargo downloads them from crates.io or what replaces it. */
import fs from "node:fs/promises";
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
 * Lays out a copy of a program's sources that builds on its own.
 *
 * @param folder the copy; made, or refreshed without its edits (times are kept, so that Cargo builds nothing again that is as it was)
 * @throws BenchFailure when it cannot be downloaded
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

/** Cargo downloads what a package depends on, so an empty package depends on the program. */
async function sourceOf({ name, version }: PublishedProgram, { cargo, environment }: Downloader): Promise<string> {
  const folder = path.join(WORK, "crates", `${name}-${version}`);
  await fs.mkdir(path.join(folder, "src"), { recursive: true });
  await fs.writeFile(path.join(folder, "src", "lib.rs"), "");
  await fs.writeFile(
    path.join(folder, "Cargo.toml"),
    `[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${name} = "=${version}"\n\n[workspace]\n`,
  );
  const run = { cwd: folder, env: environment };
  await mustRun(`Downloading ${name} ${version}`, cargo, ["fetch"], run);
  const metadata = await mustRun(`Finding ${name}'s sources`, cargo, ["metadata", "--format-version", "1", "--offline"], run);
  const { packages } = JSON.parse(metadata.stdout) as { packages: readonly { name: string; version: string; manifest_path: string }[] };
  const found = packages.find((candidate) => candidate.name === name && candidate.version === version);
  if (found === undefined) {
    throw new BenchFailure(`Cargo does not say where ${name} ${version} is.`, `Remove ${folder} and run the bench again.`);
  }
  return path.dirname(found.manifest_path);
}
