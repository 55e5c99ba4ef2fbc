/** Differences between two stages of a module outside of function definitions. */
import { statSync } from "node:fs";
import type { ChangeCounts, OtherChanges, StageChanges, TextPart } from "../../protocol/ir.js";
import type { EngineClient } from "../engine/client.js";
import { digestIfEqual } from "../base/file-digest.js";
import { DOCUMENT_LIMITS, withoutFileNames } from "./printed-modules.js";
import { textChanges } from "./text-changes.js";

/** The maximum size of modules whose texts are compared. */
export interface TextLimits {
  /** Bytes of bitcode. */
  readonly bitcode: number;
  /** Characters of text. */
  readonly module: number;
}

/** Files of the two stages. */
export interface StageFilePair {
  readonly before: string;
  readonly after: string;
}

/**
 * Counts declarations and globals. If no function shows a change, compares the texts that a diff of the whole module would show.
 *
 * @throws the engine's errors, Cancelled
 */
export async function otherChanges(
  { before, after }: StageFilePair,
  { functions, globals, declarations }: StageChanges,
  engine: EngineClient,
  signal?: AbortSignal,
  limits: TextLimits = DOCUMENT_LIMITS,
): Promise<OtherChanges> {
  const counts = { declarations, globals: countsOf(globals) };
  const same = before === after || (await digestIfEqual(before, after)) !== undefined;
  if (same || functions.length > 0) return { ...counts, sameBytes: same, text: same ? [] : null };
  return { ...counts, sameBytes: false, text: await comparedTexts([before, after], limits, engine, signal) };
}

function countsOf(changes: StageChanges["globals"]): ChangeCounts {
  const count = (wanted: string): number => changes.filter(({ change }) => change === wanted).length;
  return { added: count("added"), removed: count("removed"), changed: count("changed") };
}

/** null: too large. */
async function comparedTexts(
  files: readonly string[],
  { bitcode, module: limit }: TextLimits,
  engine: EngineClient,
  signal?: AbortSignal,
): Promise<readonly TextPart[] | null> {
  if (files.some((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > bitcode)) return null;
  const printed = await Promise.all(files.map((file) => engine.request("print", { file, limit }, signal)));
  if (printed.some(({ truncated }) => truncated)) return null;
  const [left = "", right = ""] = printed.map(({ text }) => withoutFileNames(text, ""));
  return textChanges(left, right);
}
