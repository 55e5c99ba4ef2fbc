/** Checks that a capture's inputs have not changed since it was made. */
import { join, relative } from "node:path";
import type { UnitManifest } from "../../protocol/units.js";
import { CAPTURE_DIGESTS, captureDigests } from "./capture-digests.js";
import { readJsonFileIf } from "../base/parse.js";
import type { StoreLayout } from "./store-layout.js";
import { DigestMemory } from "../base/digest-memory.js";
import { inputFiles } from "./module-files.js";
import { digestsFile } from "./marks.js";
import { workThrough } from "../base/work-list.js";

const READ_AT_ONCE = 8;

/**
 * Warnings about inputs that have changed. Reads files again only if they have changed since they were last read.
 *
 * @returns empty for captures of earlier versions, and if nothing has changed
 */
export async function damagedInputs(layout: StoreLayout, unit: UnitManifest): Promise<string[]> {
  const { folder } = unit;
  if (folder === undefined) return [];
  const sealed = await readJsonFileIf(captureDigests, join(folder, CAPTURE_DIGESTS));
  if (sealed === undefined) return [];
  const memory = await DigestMemory.open(digestsFile(layout, unit));
  const damaged: string[] = [];
  await workThrough([...new Set(inputFiles(unit))], READ_AT_ONCE, async (file) => {
    const captured = sealed.files[relative(folder, file)];
    // A file that cannot be read ends the analysis, which reports it.
    if (captured !== undefined && (await memory.digest(file).catch(() => captured)) !== captured) damaged.push(file);
  });
  await memory.save();
  return damaged
    .sort()
    .map(
      (file) =>
        `DAMAGED: ${file} is not what was captured, so the results may not be rustc's: run \`lto-inspector capture\` in ${unit.workspace}, which replaces a damaged capture.`,
    );
}
