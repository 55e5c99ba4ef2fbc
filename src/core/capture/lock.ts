/** One capture at a time per target directory: its records and rustc's temporary files belong to one build. */
import fs from "node:fs/promises";
import path from "node:path";
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
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await fs.writeFile(file, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
    const holder = Number(await fs.readFile(file, "utf8").catch(() => ""));
    if (holder > 0 && isAlive(holder)) throw locked(file, holder);
    await fs.rm(file, { force: true });
  }
  throw locked(file, 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
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
