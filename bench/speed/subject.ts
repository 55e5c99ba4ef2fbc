/** The subject of the speed bench: two captures of ripgrep 13, before and after an edit of one function's body. */
import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { loadUnit } from "../../src/core/store/captures.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { applyEdit, revertEdit } from "../lib/edit.js";
import { BenchFailure } from "../lib/failure.js";
import { measure, type Measured } from "../lib/measured.js";
import { RIPGREP_EDIT, ripgrepWorkspace } from "../ripgrep/workspace.js";
import { findMatrixToolchain, type MatrixToolchain, type ToolchainName } from "../verify-matrix/toolchains.js";

/** Cargo's settings for all measurements. */
export const CARGO_SETTINGS: NodeJS.ProcessEnv = {
  CARGO_PROFILE_RELEASE_LTO: "thin",
  CARGO_PROFILE_RELEASE_DEBUG: "0",
  CARGO_INCREMENTAL: "1",
};

export interface Subject {
  readonly toolchain: MatrixToolchain;
  readonly workspace: string;
  readonly store: string;
  /** The built command line. */
  readonly cli: string;
  /** `ID@1`, before the edit. */
  readonly before: string;
  /** `ID@2`, after it. */
  readonly after: string;
  readonly manifest: UnitManifest;
}

/**
 * Captures ripgrep twice, unless an earlier run of the bench already has.
 *
 * @param store the bench's own folder
 */
export async function prepareSubject(store: string, cli: string, toolchainName: ToolchainName): Promise<Subject> {
  const toolchain = await findMatrixToolchain(toolchainName);
  if (typeof toolchain === "string") {
    throw new BenchFailure(`The toolchain ${toolchainName} cannot be used: ${toolchain}`, "Name another with --toolchain.");
  }
  // Figures of this process find the toolchain in PATH, as the command line does.
  Object.assign(process.env, toolchain.environment);
  const workspace = await ripgrepWorkspace(toolchain.cargo, toolchain.environment);
  const known = await capturedIn(store);
  const id = known ?? (await captureTwice({ toolchain, workspace, store, cli }));
  const manifest = await loadUnit(store, `${id}@2`);
  return { toolchain, workspace, store, cli, before: `${id}@1`, after: `${id}@2`, manifest };
}

async function capturedIn(store: string): Promise<string | undefined> {
  const [id] = await fs.readdir(path.join(store, "captures")).catch(() => []);
  if (id === undefined) return undefined;
  const numbers = await fs.readdir(path.join(store, "captures", id));
  return numbers.includes("1") && numbers.includes("2") ? id : undefined;
}

async function captureTwice(parts: { toolchain: MatrixToolchain; workspace: string; store: string; cli: string }): Promise<string> {
  const { toolchain, workspace, store, cli } = parts;
  await fs.rm(store, { recursive: true, force: true });
  const env = { ...toolchain.environment, ...CARGO_SETTINGS, LTO_INSPECTOR_STORE: store };
  const capture = async (): Promise<string> => {
    const { stdout } = await measure(process.execPath, [cli, "capture", workspace, "--package", "ripgrep"], { env });
    return stdout.trimEnd().split("\n").at(-1) ?? "";
  };
  console.log("speed: capturing ripgrep");
  await capture();
  await applyEdit(workspace, RIPGREP_EDIT);
  try {
    console.log(`speed: capturing it again with ${RIPGREP_EDIT.function} edited`);
    return await capture();
  } finally {
    await revertEdit(workspace, RIPGREP_EDIT);
  }
}

/**
 * Forgets all stages and runs, so that the next run is a first run. Captures stay. Moves the stages aside, and `deleteForgotten` deletes them: file
 * systems do not re-use recently freed inodes (ext4 for up to five minutes), and a run that writes thousands of files right after as many were
 * deleted would pay for searching past them.
 */
export async function forgetStages({ store }: Subject): Promise<void> {
  const aside = path.join(forgottenFolder(store), randomUUID());
  await fs.mkdir(aside, { recursive: true });
  for (const name of ["blobs", "stages", "runs"]) {
    await fs.rename(path.join(store, name), path.join(aside, name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
  }
}

/** Called after all measurements: deletes what `forgetStages` moved aside. */
export async function deleteForgotten({ store }: Subject): Promise<void> {
  await fs.rm(forgottenFolder(store), { recursive: true, force: true });
}

function forgottenFolder(store: string): string {
  return `${store}-forgotten`;
}

/** Runs the command line on the subject's store. */
export async function inspector(subject: Subject, args: readonly string[]): Promise<Measured> {
  return measure(process.execPath, [subject.cli, ...args], {
    env: { ...subject.toolchain.environment, LTO_INSPECTOR_STORE: subject.store },
  });
}
