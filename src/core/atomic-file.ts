/** Writing files whole or not at all: to a temporary name in the same folder, then renamed. */
import { randomBytes } from "node:crypto";
import { constants, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes a file under its final name only when it is complete. Folders are made as needed. */
export async function writeFileWhole(file: string, content: string | Uint8Array): Promise<void> {
  await whole(file, (temporary) => writeFile(temporary, content));
}

/** Copies a file (cheaply where the file system can share blocks); the copy appears under its name only when it is complete. */
export async function copyFileWhole(from: string, to: string): Promise<void> {
  await whole(to, (temporary) => copyFile(from, temporary, constants.COPYFILE_FICLONE));
}

/** Writes JSON with a newline at the end. */
export async function writeJsonWhole(file: string, value: unknown): Promise<void> {
  await writeFileWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

async function whole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // The name is cut so that a long final name does not make the temporary one too long for the file system.
  const temporary = join(dirname(file), `.${basename(file).slice(0, 60)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await write(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
