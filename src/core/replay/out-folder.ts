/** `--out DIR`: the stages as files with names that the user can read, copied from the store. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { looksLikeSession } from "../../protocol/session-names.js";
import { ARTIFACTS, type ArtifactKind, type Stage } from "../../protocol/pipelines.js";
import { stageInfo } from "../../protocol/stages.js";
import { copyFileWhole } from "../base/atomic-file.js";
import { LtoError } from "../base/errors.js";
import { makeFolder } from "../base/folders.js";

/** The longest file name that most file systems allow. */
const LONGEST_NAME = 255;

/**
 * The file name of a module's stage: `<module>.<stage>.bc`. Characters that file systems refuse (and "%") become %XX; a name that is too long is
 * shortened to a hash and its tail, as rustc does.
 */
export function stageFileName(module: string, stage: Stage): string {
  const kind: ArtifactKind = stageInfo(stage)?.artifact ?? "bitcode";
  const ending = `.${stage}.${ARTIFACTS[kind].extension}`;
  const escaped = escapeName(module);
  const room = LONGEST_NAME - Buffer.byteLength(ending);
  if (Buffer.byteLength(escaped) <= room) return escaped + ending;
  const hash = createHash("sha256").update(module).digest("hex").slice(0, 16);
  let tail = escaped;
  while (Buffer.byteLength(tail) > room - hash.length - 1) tail = tail.slice(1);
  return `${hash}-${tail}${ending}`;
}

function escapeName(name: string): string {
  return name
    .replaceAll(/[%/\\:*?"<>|\p{Cc}]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
    )
    .replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
}

/** Creates the folder. @throws LtoError Usage if it is one of rustc's session directories, UnreadableFile if it cannot be created */
export async function prepareOut(folder: string): Promise<string> {
  const path = resolve(folder);
  const session = (await stat(join(path, "work-products.bin")).catch(() => undefined)) !== undefined || looksLikeSession(basename(path));
  if (session) {
    throw new LtoError({
      name: "Usage",
      message: `${path} is one of rustc's session directories, which LTO Inspector never writes to.`,
      file: path,
      help: "Give --out another folder.",
    });
  }
  await makeFolder(path);
  return path;
}

/** Copies a stage out of the store. @returns the file */
export async function exportStage(out: string, module: string, stage: Stage, blob: string): Promise<string> {
  const file = join(out, stageFileName(module, stage));
  await copyFileWhole(blob, file);
  return file;
}
