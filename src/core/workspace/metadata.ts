/** What a workspace consists of: `cargo metadata`, without resolving dependencies (nothing is fetched and no Cargo.lock is written). */
import fs from "node:fs/promises";
import path from "node:path";
import { LtoError, messageOf } from "../errors.js";
import { runProcess } from "./process.js";
import type { CargoProgram } from "./toolchain.js";

export interface WorkspacePackage {
  readonly id: string;
  readonly name: string;
  readonly manifestPath: string;
  readonly targets: readonly {
    readonly kind: readonly string[];
    readonly crateTypes: readonly string[];
    readonly name: string;
    readonly srcPath: string;
  }[];
}

export interface Workspace {
  readonly root: string;
  readonly targetDirectory: string;
  readonly packages: readonly WorkspacePackage[];
}

interface RawMetadata {
  readonly workspace_root: string;
  readonly target_directory: string;
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly manifest_path: string;
    readonly targets: readonly {
      readonly kind: string[];
      readonly crate_types: string[];
      readonly name: string;
      readonly src_path: string;
    }[];
  }[];
}

/** The folder that a person means by a path to a folder or to a Cargo.toml. */
export async function packageFolder(given: string): Promise<string> {
  const file = path.resolve(given);
  try {
    return (await fs.stat(file)).isDirectory() ? file : path.dirname(file);
  } catch (error) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `${given} cannot be read: ${messageOf(error)}.`,
      file,
      mend: "Name a folder with a Cargo.toml.",
    });
  }
}

/**
 * Reads a workspace.
 *
 * @throws NothingToInspect with Cargo's own words, when the folder is in no Cargo package
 */
export async function readWorkspace(folder: string, program: CargoProgram, signal?: AbortSignal): Promise<Workspace> {
  const result = await runProcess(program.cargo, ["metadata", "--format-version", "1", "--no-deps", "--offline"], {
    cwd: folder,
    env: { ...program.environment, CARGO_TERM_COLOR: "never" },
    signal,
  });
  if (result.code !== 0) {
    throw new LtoError({
      name: "NothingToInspect",
      message: `Cargo cannot read a package in ${folder}.`,
      output: result.stderr.trim(),
      file: folder,
      mend: "Name the folder of a Cargo package or workspace.",
    });
  }
  const raw = JSON.parse(result.stdout) as RawMetadata;
  return {
    root: raw.workspace_root,
    targetDirectory: raw.target_directory,
    packages: raw.packages.map(({ id, name, manifest_path, targets }) => ({
      id,
      name,
      manifestPath: manifest_path,
      targets: targets.map((target) => ({
        kind: target.kind,
        crateTypes: target.crate_types,
        name: target.name,
        srcPath: target.src_path,
      })),
    })),
  };
}
