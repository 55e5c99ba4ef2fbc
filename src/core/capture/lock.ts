/** One capture at a time per target directory: its records and rustc's temporary files belong to one build. */
import fs from "node:fs/promises";
import path from "node:path";
import { writeFileWhole } from "../atomic-file.js";
import { isAlive } from "../alive.js";
import { LtoError, systemCode } from "../errors.js";

/**
 * Runs an action while holding the lock of a target directory. A lock left by a process that is gone is taken over.
 *
 * @throws CargoLocked when another capture holds it
 */
export async function withTargetLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const file = path.join(folder, "lock");
  await take(file);
  try {
    return await action();
  } finally {
    await fs.rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  const own = `${file}.${process.pid}.tmp`;
  await writeFileWhole(own, String(process.pid));
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await linked(own, file)) return;
      const holder = Number(await fs.readFile(file, "utf8").catch(() => ""));
      if (holder > 0 && isAlive(holder)) throw locked(file, holder);
      await fs.rm(file, { force: true });
    }
  } finally {
    await fs.rm(own, { force: true });
  }
  throw locked(file, 0);
}

/** A link appears whole or not at all, and only where nothing stands. */
async function linked(own: string, file: string): Promise<boolean> {
  try {
    await fs.link(own, file);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function locked(file: string, holder: number): LtoError {
  return new LtoError({
    name: "CargoLocked",
    message: `Another capture of this workspace is under way${holder > 0 ? ` (process ${holder})` : ""}.`,
    file,
    mend: "Wait until it has ended, then capture again.",
  });
}
