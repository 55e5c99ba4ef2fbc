/**
 * What is noted of a run after it has ended, beside its summary: the user's name for it and whether it is pinned (`notes.json`), and what changed in its
 * build (`what-changed.json`). Two files, because different programs may write them at the same time.
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { writeJsonInside } from "../base/atomic-file.js";
import { readJsonFileIf } from "../base/parse.js";
import { foldersIn, look } from "./store-files.js";
import type { StoreLayout } from "./store-layout.js";

export const NOTES = "notes.json";
export const WHAT_CHANGED = "what-changed.json";

/** The longest name in characters; a user's is cut, and a computed one has function names that can be kilobytes long. */
export const LONGEST_NAME = 200;

/** What the user says of a run. */
export interface RunNotes {
  /** null: the user gave none. */
  readonly name: string | null;
  /** A pinned run is listed first and never pruned. */
  readonly pinned: boolean;
}

const NO_NOTES: RunNotes = { name: null, pinned: false };

const notesFile = z.object({ schema: z.literal(1), name: z.nullable(z.string()), pinned: z.boolean() });

const whatFile = z.object({ schema: z.literal(1), what: z.string() });

/** The notes in a run's folder. Damaged notes count as none: they must not hide the run. */
export async function readNotes(folder: string): Promise<RunNotes> {
  const notes = await readJsonFileIf(notesFile, join(folder, NOTES));
  return notes === undefined ? NO_NOTES : { name: notes.name, pinned: notes.pinned };
}

export async function writeNotes(folder: string, { name, pinned }: RunNotes): Promise<void> {
  const given = name?.trim().slice(0, LONGEST_NAME) ?? "";
  await writeJsonInside(folder, NOTES, { schema: 1, name: given === "" ? null : given, pinned });
}

/** What changed in the build of a run; undefined: not computed yet. */
export async function readWhatChanged(folder: string): Promise<string | undefined> {
  return (await readJsonFileIf(whatFile, join(folder, WHAT_CHANGED)))?.what;
}

export async function writeWhatChanged(folder: string, what: string): Promise<void> {
  await writeJsonInside(folder, WHAT_CHANGED, { schema: 1, what: what.slice(0, LONGEST_NAME) });
}

/** Whether a run may not be pruned: it is pinned, or its notes are there and cannot be read, so it may be. */
export async function isKept(folder: string): Promise<boolean> {
  const file = join(folder, NOTES);
  return (await look(file)) !== undefined && (await readJsonFileIf(notesFile, file))?.pinned !== false;
}

/** Ids of the runs of a store that may not be pruned. */
export async function keptRuns({ runs }: StoreLayout): Promise<string[]> {
  const ids = (await foldersIn(runs)).filter((id) => !id.startsWith("."));
  const kept = await Promise.all(ids.map(async (id) => ((await isKept(join(runs, id))) ? [id] : [])));
  return kept.flat();
}
