/** Resolves files and folders that a user names to files. */
import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { DEFAULT_COMMAND, PIPELINES } from "../../../protocol/pipelines.js";
import { tagsOf } from "../../../protocol/stages.js";
import { LtoError } from "../../base/errors.js";
import { parseStageFileName } from "../../pipelines/stage-file-names.js";

/** Extensions of files that can contain bitcode. */
const EXTENSIONS = new Set([".bc", ".o", ".rlib", ".a"]);

/** More files than this are surely a mistake. */
const MOST_FILES = 5000;

/**
 * Replaces each folder by the files below it that can contain bitcode. In a folder where rustc saved stages, these are the files of every module's
 * first stage.
 *
 * @throws LtoError NothingToInspect, Usage if there are more files than a run takes
 */
export async function filesNamed(paths: readonly string[]): Promise<readonly string[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  if (files.length === 0) throw nothingIn(paths);
  if (files.length > MOST_FILES) throw tooMany(paths, files.length);
  return [...new Set(files)];
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  // A missing file is reported when it is read.
  if (found?.isDirectory() !== true) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name)))
    .map((entry) => ({ path: join(entry.parentPath, entry.name), stage: parseStageFileName(entry.name)?.stage }));
  const [input] = tagsOf(PIPELINES[DEFAULT_COMMAND]);
  const inputs = files.filter(({ stage }) => stage === input);
  const wanted = inputs.length > 0 ? inputs : files.filter(({ stage }) => stage === undefined);
  return wanted.map((file) => file.path).sort();
}

function nothingIn(paths: readonly string[]): LtoError {
  const [first = ""] = paths;
  return new LtoError({
    name: "NothingToInspect",
    message: `No file below ${first} can contain bitcode (.bc, .o, .rlib, .a).`,
    file: first,
    help: "Choose a folder with bitcode, objects or rlibs, or run LTO on the workspace to capture a build.",
  });
}

function tooMany(paths: readonly string[], count: number): LtoError {
  return new LtoError({
    name: "Usage",
    message: `Below ${paths[0] ?? ""} there are ${count} files that can contain bitcode; a run takes at most ${MOST_FILES}.`,
    file: paths[0] ?? "",
    help: "Choose a subfolder.",
  });
}
