/** Remembering that a capture was verified under an engine and settings, so that later runs can say so. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fidelity, VerifyReport } from "../../protocol/runs.js";
import { writeJsonWhole } from "../atomic-file.js";
import type { StoreLayout } from "../stages/store-layout.js";
import type { OpenUnit } from "./open.js";

/** Notes a verification in which nothing differed. */
export async function noteVerified(layout: StoreLayout, open: OpenUnit, report: VerifyReport): Promise<void> {
  await writeJsonWhole(fileOf(layout, open), { schema: 1, verifiedAt: new Date().toISOString(), report });
}

export async function fidelityOf(layout: StoreLayout, open: OpenUnit): Promise<Fidelity> {
  if (!open.llvm.matchesProducer) return "other LLVM";
  const found = await readFile(fileOf(layout, open)).catch(() => undefined);
  return found === undefined ? "same LLVM, not verified" : "verified";
}

function fileOf(layout: StoreLayout, open: OpenUnit): string {
  return join(layout.verified, `${encodeURIComponent(open.inputs.unit.id)}-${open.maker.identity.slice(0, 16)}.json`);
}
