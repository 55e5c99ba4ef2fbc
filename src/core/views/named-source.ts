/** Resolves a ref, or files and folders that the user chose, to a unit or plain files. */
import { readdir, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join } from "node:path";
import { isLtoError, LtoError } from "../base/errors.js";
import { DEFAULT_COMMAND, PIPELINES } from "../../protocol/pipelines.js";
import { tagsOf } from "../../protocol/stages.js";
import type { StoreLayout } from "../store/store-layout.js";
import { parseStageFileName } from "../pipelines/stage-file-names.js";
import { sessionsIn } from "../pipelines/sessions.js";
import type { LtoSource } from "../replay/open.js";
import { unitNamed } from "../producers/rust/named-unit.js";
import { isSessionFolder, unitOfSession } from "../producers/rust/session-unit.js";
import { rustUnit } from "../producers/rust/unit-source.js";

/** What may hold bitcode. */
const EXTENSIONS = new Set([".bc", ".o", ".rlib", ".a"]);

/** More files than this are surely a mistake. */
const MOST_FILES = 5000;

/** The source of a unit's ref: a capture, a session, or the path of a file. @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay */
export async function sourceOfRef(layout: StoreLayout, ref: string): Promise<LtoSource> {
  try {
    return rustUnit(await unitNamed(layout, ref));
  } catch (error) {
    const found = isLtoError(error, "UnknownUnit") ? await stat(ref).catch(() => undefined) : undefined;
    if (found?.isFile() === true) return { kind: "paths", paths: [ref] };
    throw isLtoError(error, "UnknownUnit") && isAbsolute(ref) ? notRunnable(ref) : error;
  }
}

/**
 * The source of files and folders: a session directory is a unit of its own, a folder stands for the files below it that can hold bitcode. Of a folder
 * in which rustc saved stages, the first stage of every module is taken.
 *
 * @throws LtoError NothingToInspect, UnreadableFile, SessionUnderWay
 */
export async function sourceOfPaths(paths: readonly string[]): Promise<LtoSource> {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) {
    const session = await sessionOf(only);
    if (session !== undefined) return rustUnit(await unitOfSession(session));
  }
  const files = (await Promise.all(paths.map(filesOf))).flat();
  if (files.length === 0) throw nothingIn(paths);
  if (files.length > MOST_FILES) throw tooMany(paths, files.length);
  return { kind: "paths", paths: [...new Set(files)] };
}

/** Something that discovery lists but LTO cannot run on: stage files that rustc saved, or something that is gone. */
function notRunnable(path: string): LtoError {
  return new LtoError({
    name: "IncompleteUnit",
    message: `${path} has no unit that thin LTO can run on: it is gone, or it is a folder of single stages.`,
    file: path,
    help: "Capture the workspace; you can show and compare saved stages as they are.",
  });
}

/** A session directory, or the folder of a crate's sessions, of which the latest is meant. */
async function sessionOf(path: string): Promise<string | undefined> {
  if (await isSessionFolder(path)) return path;
  const sessions = await sessionsIn(join(path, "..")).catch(() => []);
  return sessions.find((session) => !session.underWay && session.crateFolder === basename(path))?.folder;
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  // The reader of a missing file reports it.
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
    help: "Choose a folder further down.",
  });
}
