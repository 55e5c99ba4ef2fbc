/**
 * How long the passes of a unit's modules took in earlier runs: a run starts the longest module first. Without this file, runs only have a worse order, so
 * one that is missing or damaged counts as empty.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod/mini";
import { parseCaptureRef } from "../../protocol/refs.js";
import { byName } from "../base/by-name.js";
import { dictionary } from "../base/dictionary.js";
import { readSealed, writeSealed } from "../base/sealed-file.js";
import { millis } from "../base/values.js";
import type { StoreLayout } from "./store-layout.js";

const TIMES = z.lazy(() => z.object({ millis: byName(millis) }));

/**
 * Module → milliseconds.
 *
 * @param unit the ref of any of its captures, or the id of plain files
 */
export async function readModuleTimes(layout: StoreLayout, unit: string): Promise<Map<string, number>> {
  const times = await readSealed(TIMES, timesFile(layout, unit));
  return new Map(Object.entries(times?.millis ?? {}));
}

/** @throws the system's error if the store cannot be written to */
export async function writeModuleTimes(layout: StoreLayout, unit: string, times: ReadonlyMap<string, number>): Promise<void> {
  await writeSealed(timesFile(layout, unit), { millis: dictionary(times) });
}

/** All captures of a unit share a file. Ids of plain files can be of any length. */
function timesFile({ verified }: StoreLayout, unit: string): string {
  const id = parseCaptureRef(unit)?.id ?? unit;
  return join(verified, "module-times", `${createHash("sha256").update(id).digest("hex").slice(0, 32)}.json`);
}
