/** For artifacts that Cargo found up to date: finds the capture of that very output, if the store still has it. */
import fs from "node:fs/promises";
import path from "node:path";
import { formatCaptureRef } from "../../../../protocol/refs.js";
import type { UnitManifest } from "../../../../protocol/units.js";
import { outputIdentityFile, type OutputIdentity } from "../formats/output-identity.js";
import { readJsonFileIf } from "../../../base/parse.js";
import { runProcess, type ProcessOptions } from "../../../base/process.js";
import type { Artifact } from "./cargo-build.js";
import { captureFolder, captureNumbers, loadUnit } from "../../../store/captures.js";
import { outputOf } from "./facts.js";
import { isUndamaged } from "../../../store/seal.js";
import type { Prepared } from "./prepare.js";

/** A file beside a manifest that says which output the capture belongs to. */
export const OUTPUT_FILE = "output.json";

const FINAL_TYPES: ReadonlySet<string> = new Set(["bin", "cdylib", "staticlib", "dylib"]);

export async function outputIdentity(file: string | null): Promise<OutputIdentity | null> {
  if (file === null) return null;
  const found = await fs.stat(file).catch(() => undefined);
  return found === undefined ? null : { inode: found.ino, size: found.size, modified: found.mtimeMs };
}

/** Whether a capture keeps an artifact: it is linked, its package was requested, and Cargo's plan does not rule out LTO. */
export function isFinalArtifact({ planned, workspace }: Prepared, artifact: Artifact, ltoAsked: boolean): boolean {
  if (artifact.kind.some((kind) => kind === "custom-build" || kind === "proc-macro")) return false;
  if (!artifact.test && !artifact.crateTypes.some((type) => FINAL_TYPES.has(type))) return false;
  if (planned === null) return workspace.packages.some(({ id }) => id === artifact.packageId);
  if (!planned.some(({ root, packageId }) => root && packageId === artifact.packageId)) return false;
  const target = planned.find(({ packageId, srcPath }) => packageId === artifact.packageId && srcPath === artifact.srcPath);
  if (target === undefined || ltoAsked) return true;
  const { lto, optLevel } = target.profile;
  return lto !== "off" && !(lto === "false" && optLevel === "0");
}

/** The capture of a unit with this artifact as output; undefined if there is none. */
export async function captureOf(store: string, id: string, artifact: Artifact): Promise<UnitManifest | undefined> {
  const wanted = await outputIdentity(outputOf(artifact));
  if (wanted === null) return undefined;
  for (const capture of (await captureNumbers(store, id)).toReversed()) {
    const file = path.join(captureFolder(store, id, capture), OUTPUT_FILE);
    // Damaged captures are made again.
    const kept = await readJsonFileIf(outputIdentityFile, file);
    if (kept?.inode === wanted.inode && kept.size === wanted.size && kept.modified === wanted.modified) {
      const unit = await loadUnit(store, formatCaptureRef({ id, capture })).catch(() => undefined);
      if (unit !== undefined && (await isUndamaged(captureFolder(store, id, capture)))) return unit;
    }
  }
  return undefined;
}

/** Makes Cargo forget packages in the capture's own target directory, so that the next build re-compiles them. */
export async function forget(
  prepared: Prepared,
  environment: NodeJS.ProcessEnv,
  artifacts: readonly Artifact[],
  options: Pick<ProcessOptions, "signal" | "held">,
): Promise<void> {
  const packages = [...new Set(artifacts.map(({ packageId }) => packageId))];
  const args = ["clean", "--profile", prepared.profile, ...packages.flatMap((id) => ["--package", id])];
  await runProcess(prepared.program.cargo, args, {
    cwd: prepared.folder,
    env: { ...prepared.program.environment, ...environment },
    ...options,
  });
}
