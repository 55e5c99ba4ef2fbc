/** Reads a workspace with `cargo metadata`, without resolving dependencies (fetches nothing and writes no Cargo.lock). */
import fs from "node:fs/promises";
import path from "node:path";
import { LtoError, messageOf } from "../../../base/errors.js";
import { cargoMetadata } from "../../../machine/cargo.js";
import { parseJson } from "../../../base/parse.js";
import { refuseOddCargoFiles } from "../../../machine/cargo-files.js";
import { runProcess } from "../../../base/process.js";
import type { CargoProgram } from "../../../machine/programs.js";

export interface WorkspacePackage {
  readonly id: string;
  readonly name: string;
  readonly manifestPath: string;
  readonly targets: readonly {
    readonly kind: readonly string[];
    readonly crateTypes: readonly string[];
    readonly name: string;
    readonly srcPath: string;
    readonly requiredFeatures: readonly string[];
  }[];
}

export interface Workspace {
  readonly root: string;
  readonly targetDirectory: string;
  readonly packages: readonly WorkspacePackage[];
  /** Ids of the packages that `cargo build` in the workspace's root builds; null: Cargo does not say. */
  readonly defaultMembers: readonly string[] | null;
}

/** The package folder that a path to a folder or to a Cargo.toml names. */
export async function packageFolder(given: string): Promise<string> {
  const file = path.resolve(given);
  try {
    return (await fs.stat(file)).isDirectory() ? file : path.dirname(file);
  } catch (error) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `${given} cannot be read: ${messageOf(error)}.`,
      file,
      help: "Name a folder with a Cargo.toml.",
    });
  }
}

/**
 * Reads a workspace.
 *
 * @throws NothingToInspect with Cargo's own message if the folder is in no Cargo package; UnreadableFile if Cargo would hang
 */
export async function readWorkspace(folder: string, program: CargoProgram, signal?: AbortSignal): Promise<Workspace> {
  await refuseOddCargoFiles(folder, program.environment);
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
      help: "Name the folder of a Cargo package or workspace.",
    });
  }
  const raw = parseJson(cargoMetadata, result.stdout, {
    what: "The output of `cargo metadata`",
    file: folder,
    help: "Check that the `cargo` in PATH is Cargo.",
  });
  return {
    root: raw.workspace_root,
    targetDirectory: raw.target_directory,
    defaultMembers: raw.workspace_default_members ?? null,
    packages: raw.packages.map(({ id, name, manifest_path, targets }) => ({
      id,
      name,
      manifestPath: manifest_path,
      targets: targets.map((target) => ({
        kind: target.kind,
        crateTypes: target.crate_types,
        name: target.name,
        srcPath: target.src_path,
        requiredFeatures: target["required-features"] ?? [],
      })),
    })),
  };
}
