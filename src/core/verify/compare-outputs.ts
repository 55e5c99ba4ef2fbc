/** Compares an output that was made again with the build's. */
import type { LinkComparison } from "../../protocol/runs.js";
import { endsTheRun, messageOf, systemCode } from "../base/errors.js";
import { digestIfEqual } from "../base/file-digest.js";
import type { EngineClient } from "../engine/client.js";

/** Sections that a report names. */
export const MOST = 20;

interface Compared extends LinkComparison {
  /** SHA-256 of the compared content, if it is identical. */
  readonly digest?: string;
}

export interface RemadeFile extends Compared {
  /** Exists only during the call. */
  readonly file: string;
  readonly bytes: number;
  /** Time of the linker, or of writing the archive. */
  readonly millis: number;
}

/** An output of the build that cannot be read differs. @throws LtoError Cancelled */
export async function compareOutputs(ours: string, builds: string, engine: EngineClient, signal?: AbortSignal): Promise<Compared> {
  try {
    const digest = await digestIfEqual(ours, builds);
    if (digest !== undefined) return { identical: true, differs: [], digest };
    const { sections, more } = await engine.request("compareObjects", { ours, theirs: builds, most: MOST }, signal);
    const differs = sections.map(({ section, why, symbols }) => ({
      section,
      why: symbols.length === 0 ? why : `${why} (${symbols.join(", ")})`,
    }));
    return { identical: false, differs: more === 0 ? differs : [...differs, { section: "", why: `${more} more sections differ` }] };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined && endsTheRun(error)) throw error;
    const unknown = `how it differs cannot be told: ${messageOf(error)}`;
    return { identical: false, differs: [{ section: "", why: code === "ENOENT" ? `the build's output is missing (${builds})` : unknown }] };
  }
}
