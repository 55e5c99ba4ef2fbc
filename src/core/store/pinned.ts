/** What pruning keeps for pinned runs: their folders, the captures that their stages can be made from, and the stages that they show. */
import { join } from "node:path";
import * as z from "zod/mini";
import { readJsonFileIf } from "../base/parse.js";
import { MANIFEST, REPORT } from "./run-folder.js";
import { keptRuns } from "./run-notes.js";
import { blobOf, type StoreLayout } from "./store-layout.js";

export interface PinnedContents {
  readonly runs: ReadonlySet<string>;
  /** `ID@N` */
  readonly captures: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
}

const made = z.object({
  origin: z.optional(z.object({ source: z.object({ unit: z.optional(z.string()) }) })),
  saved: z.optional(z.record(z.string(), z.record(z.string(), z.string()))),
});

const shown = z.object({ modules: z.array(z.object({ stages: z.array(z.object({ file: z.nullable(z.string()) })) })) });

export async function pinnedContents(layout: StoreLayout): Promise<PinnedContents> {
  const runs = await keptRuns(layout);
  const [captures, blobs] = [new Set<string>(), new Set<string>()];
  for (const id of runs) {
    const folder = join(layout.runs, id);
    const manifest = await readJsonFileIf(made, join(folder, MANIFEST));
    const capture = manifest?.origin?.source.unit;
    if (capture !== undefined) captures.add(capture);
    for (const stages of Object.values(manifest?.saved ?? {})) for (const blob of Object.values(stages)) blobs.add(blob);
    // Stages that were in the store already are in the report only.
    const report = await readJsonFileIf(shown, join(folder, REPORT));
    for (const { stages } of report?.modules ?? []) {
      for (const { file } of stages) {
        const blob = file === null ? undefined : blobOf(layout, file);
        if (blob !== undefined) blobs.add(blob);
      }
    }
  }
  return { runs: new Set(runs), captures, blobs };
}
