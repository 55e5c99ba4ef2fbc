/**
 * Keeps the store below its quota after runs and captures. Reading all of it each time would take longer than many runs, so this remembers its size
 * and counts additions: it reads the store if the sum exceeds the quota, and occasionally.
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { writeJsonWhole } from "../base/atomic-file.js";
import { readJsonFileIf } from "../base/parse.js";
import { prune } from "./prune.js";
import { filesOfStore, totalBytes } from "./store-inventory.js";
import type { StoreLayout } from "./store-layout.js";

/** After this time, additions by Cargo and other programs are noticed. */
const MILLIS_BETWEEN_LOOKS = 10 * 60 * 1000;

/** If the rest may not be removed, it is tried again after this share of the quota was added. */
const WORTH_A_TRY = 0.01;

const usageSchema = z.object({
  schema: z.literal(1),
  /** Milliseconds since 1970. */
  lookedAt: z.number(),
  quota: z.number(),
  bytes: z.number(),
  added: z.number(),
});

type Usage = z.output<typeof usageSchema>;

/**
 * Prunes if the store is over its quota. Never fails, because a large store must not make anything else fail.
 *
 * @param quota bytes; 0: none
 * @param added approximate bytes added since the last call; Infinity: unknown
 */
export async function keepQuota(layout: StoreLayout, quota: number, added: number, signal?: AbortSignal): Promise<void> {
  if (quota <= 0) return;
  try {
    const usage = await readUsage(layout);
    const now = usage === undefined ? undefined : { ...usage, quota, added: usage.added + added };
    if (now !== undefined && usage !== undefined && !isDue(usage, now)) {
      if (added > 0) await writeUsage(layout, now);
      return;
    }
    let bytes = totalBytes(await filesOfStore(layout));
    if (bytes > quota) {
      await prune(layout, quota, signal);
      bytes = totalBytes(await filesOfStore(layout));
    }
    await writeUsage(layout, { schema: 1, lookedAt: Date.now(), quota, bytes, added: 0 });
  } catch {
    // A read-only store or a full disk: the next write reports the error.
  }
}

function isDue(before: Usage, now: Usage): boolean {
  const age = Date.now() - before.lookedAt;
  if (age < 0 || age > MILLIS_BETWEEN_LOOKS || !Number.isFinite(now.added)) return true;
  const over = now.bytes + now.added > now.quota;
  // It is over its quota because nothing more may be removed, and hardly anything was added since.
  const tried = before.quota === now.quota && before.bytes > before.quota;
  return over && (!tried || now.added > WORTH_A_TRY * now.quota);
}

async function readUsage(layout: StoreLayout): Promise<Usage | undefined> {
  return readJsonFileIf(usageSchema, usageFile(layout));
}

async function writeUsage(layout: StoreLayout, usage: Usage): Promise<void> {
  await writeJsonWhole(usageFile(layout), usage);
}

function usageFile({ root }: StoreLayout): string {
  return join(root, "uses", "size");
}
