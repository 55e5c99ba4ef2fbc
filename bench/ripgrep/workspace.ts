/**
 * A Cargo workspace with ripgrep 13 that builds offline from Debian's crates, with a small wrapper crate that makes a shared and a static library
 * from ripgrep's search.
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { BodyEdit } from "../lib/edit.js";
import { BenchFailure } from "../lib/failure.js";
import { BENCH, WORK } from "../lib/paths.js";
import { mustRun } from "../lib/run.js";
import { fetchSource, installCrates, REGISTRY } from "./debian-source.js";

/** An edit of one function body that keeps the number of lines; it changes behaviour, so that no optimisation can undo it. */
export const RIPGREP_EDIT: BodyEdit = {
  file: "ripgrep/crates/core/subject.rs",
  function: "Subject::is_explicit",
  from: "self.is_stdin() || (self.dent.depth() == 0 && !self.is_dir())",
  to: "self.is_stdin() || (self.dent.depth() <= 1 && !self.is_dir())",
};
export const LIBRARY_EDIT: BodyEdit = {
  file: "grep-c/files.rs",
  function: "files::is_searched",
  from: "entry.depth() < 64",
  to: "entry.depth() < 32",
};

const LIBRARIES = { "grep-c-dynamic": ["cdylib"], "grep-c-static": ["staticlib"], "grep-c-both": ["cdylib", "staticlib"] } as const;

const ROOT_MANIFEST = `[workspace]
resolver = "2"
members = ["ripgrep", ${Object.keys(LIBRARIES)
  .map((name) => `"${name}"`)
  .join(", ")}]
default-members = ["ripgrep"]
`;

const CARGO_CONFIG = `[source.crates-io]
replace-with = "debian"

[source.debian]
directory = "${REGISTRY}"

[net]
offline = true
`;

function libraryManifest(name: string, types: readonly string[]): string {
  return `[package]
name = "${name}"
version = "0.1.0"
edition = "2018"
publish = false

[lib]
path = "../grep-c/lib.rs"
crate-type = [${types.map((type) => `"${type}"`).join(", ")}]

[dependencies]
grep = "0.2"
ignore = "0.4"
termcolor = "1"
`;
}

/**
 * Makes sure that the workspace exists, without edits.
 *
 * @param cargo the cargo that writes Cargo.lock if there is none
 * @returns its folder
 */
export async function ripgrepWorkspace(cargo: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const work = path.join(WORK, "ripgrep");
  const source = await fetchSource(work);
  await installCrates(source);
  const workspace = path.join(work, "workspace");
  await layOut(source, workspace);
  await mustRun("Resolving ripgrep's dependencies among Debian's crates", cargo, ["metadata", "--offline", "--format-version", "1"], {
    cwd: workspace,
    env: environment,
  });
  return workspace;
}

async function layOut(source: string, workspace: string): Promise<void> {
  await fs.mkdir(path.join(workspace, ".cargo"), { recursive: true });
  await fs.writeFile(path.join(workspace, ".cargo", "config.toml"), CARGO_CONFIG);
  await fs.writeFile(path.join(workspace, "Cargo.toml"), ROOT_MANIFEST);
  // cp keeps the times of files, so that Cargo does not rebuild what has not changed.
  await fs.cp(source, path.join(workspace, "ripgrep"), { recursive: true, preserveTimestamps: true });
  await fs.rm(path.join(workspace, "ripgrep", "Cargo.lock"), { force: true });
  await adjustManifest(path.join(workspace, "ripgrep", "Cargo.toml"));
  await fs.cp(path.join(BENCH, "ripgrep", "grep-c"), path.join(workspace, "grep-c"), { recursive: true, preserveTimestamps: true });
  for (const [name, types] of Object.entries(LIBRARIES)) {
    await fs.mkdir(path.join(workspace, name), { recursive: true });
    await fs.writeFile(path.join(workspace, name, "Cargo.toml"), libraryManifest(name, types));
  }
}

/** Debian's grep crate lacks the feature `simd-accel`, which ripgrep's manifest enables; profiles belong to the workspace's root. */
async function adjustManifest(file: string): Promise<void> {
  const text = await fs.readFile(file, "utf8");
  const adjusted = text.replace(/^simd-accel = .*\n/m, "").replace(/^\[profile\.release\]\ndebug = 1\n/m, "");
  if (adjusted === text) {
    throw new BenchFailure(`${file} is not the manifest of Debian's ripgrep 13.`, "Remove bench/work/ripgrep and run the bench again.");
  }
  await fs.writeFile(file, adjusted);
}
