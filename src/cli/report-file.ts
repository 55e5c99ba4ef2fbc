/** Writes the report of `--json FILE`. A file appears whole or not at all; pipes, terminals and open descriptors are written directly. */
import { constants, write } from "node:fs";
import { open, realpath, stat, type FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { writeFileWhole } from "../core/base/atomic-file.js";
import { LtoError, systemCode, throwIfCancelled } from "../core/base/errors.js";

const MILLIS_BETWEEN_TRIES = 50;

/** The descriptor that a path like /dev/stdout or /dev/fd/3 names. */
export function descriptorOf(file: string): number | undefined {
  if (file === "-" || file === "/dev/stdout") return 1;
  if (file === "/dev/stderr") return 2;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d{1,7})$/.exec(file)?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * Writes a report. Leaves no thread waiting for the reader of a FIFO.
 *
 * @throws the system's error; UnreadableFile if the path cannot hold a report; Cancelled
 */
export async function writeReportFile(file: string, text: string, signal: AbortSignal): Promise<void> {
  const descriptor = descriptorOf(file);
  if (descriptor !== undefined) return writeAll(descriptor, text, signal);
  const found = await stat(file).catch(() => undefined);
  // Replaces the target of a link, not the link.
  if (found === undefined || found.isFile() || found.isDirectory()) {
    return writeFileWhole(await realpath(file).catch(() => file), text);
  }
  if (!found.isFIFO() && !found.isCharacterDevice()) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `Cannot write a report to ${file}: it is neither a file nor a pipe.`,
      file,
      help: "Give --json a file name, or - for standard output.",
    });
  }
  const handle = await openForWriting(file, signal);
  try {
    await writeAll(handle.fd, text, signal);
  } finally {
    await handle.close();
  }
}

async function openForWriting(file: string, signal: AbortSignal): Promise<FileHandle> {
  for (;;) {
    throwIfCancelled(signal, `Writing the report to ${file}`);
    try {
      return await open(file, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      // A FIFO without a reader yet.
      if (systemCode(error) !== "ENXIO" || !(await stat(file)).isFIFO()) throw error;
      await delay(MILLIS_BETWEEN_TRIES);
    }
  }
}

async function writeAll(descriptor: number, text: string, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    throwIfCancelled(signal, "Writing the report");
    try {
      done += (await promisify(write)(descriptor, bytes, done, bytes.length - done, null)).bytesWritten;
    } catch (error) {
      // The reader is slower than this process.
      if (systemCode(error) !== "EAGAIN") throw error;
      await delay(MILLIS_BETWEEN_TRIES);
    }
  }
}
