/** Whether a capture's inputs are still what they were when it was made. */
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
 * What a user sees of inputs that have changed since. Files are read again only when they are not the ones that were read before.
 *
 * @returns nothing for captures of earlier versions, and where everything is as it was
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
    // One that cannot be read ends the analysis, which says so.
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
