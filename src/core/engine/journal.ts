/**
 * Reads the journal, in which the engine records each thread's module, stage and pass, so that a crash can be attributed.
 *
 * Format: slots of 1024 bytes, one per worker thread. Idle: all zero. Busy: "module\nstage\n", during passes followed by "pass\nfunction\n". The slot of the thread that crashed begins with
 * "!", the signal's number and a newline.
 */
import { constants } from "node:os";
import { readRegularFile } from "../base/read-file.js";

export const JOURNAL_SLOT_BYTES = 1024;

/** More threads than a process can have. */
const MOST_SLOTS = 65_536;

/** What one worker thread was doing. */
export interface JournalEntry {
  /** As the engine wrote it; truncated if it did not fit. */
  readonly module: string;
  readonly stage: string;
  /** LLVM's name; "": no pass was running. */
  readonly pass: string;
  /** The symbol on which it ran, or the first of several; "": the module. */
  readonly function: string;
  /** "SIGSEGV" in the slot of the thread that crashed, else null. */
  readonly signal: string | null;
}

/** Reads every busy slot; an unfinished or empty journal yields an empty list. */
export function parseJournal(content: Buffer): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let start = 0; start < content.length; start += JOURNAL_SLOT_BYTES) {
    const entry = parseSlot(content.subarray(start, start + JOURNAL_SLOT_BYTES));
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function parseSlot(slot: Buffer): JournalEntry | undefined {
  const end = slot.indexOf(0);
  const text = slot.subarray(0, end < 0 ? slot.length : end).toString("utf8");
  if (text === "") return undefined;
  const lines = text.split("\n");
  const crashed = lines[0]?.startsWith("!") === true;
  const signal = crashed ? signalName(Number(lines.shift()?.slice(1))) : null;
  const [module = "", stage = "", pass = "", fn = ""] = lines;
  return { module, stage, pass, function: fn, signal };
}

/** "SIGSEGV" for 11. */
export function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}

/** Reads a journal file; one that cannot be read counts as empty. */
export async function readJournal(file: string): Promise<JournalEntry[]> {
  try {
    return parseJournal(await readRegularFile(file, MOST_SLOTS * JOURNAL_SLOT_BYTES));
  } catch {
    return [];
  }
}

/** "GVNPass on the function f"; empty: no pass was running. */
export function passOf({ pass, function: fn }: JournalEntry): string {
  return fn === "" ? pass : `${pass} on the function ${fn}`;
}
