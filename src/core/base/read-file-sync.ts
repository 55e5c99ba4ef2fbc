/**
 * Like read-file.ts, but synchronous: only reads or copies regular files of bounded size. For the rustc wrapper, and for thousands of small files in a
 * program of its own, where the event loop's part in each operation costs several times the operation.
 */
import { closeSync, constants, copyFileSync, existsSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { refuseUnfit } from "./read-file.js";

/** @throws the system's error; UnreadableFile if it is not a regular file or larger than `limit` */
export function readTextFileSync(file: string, limit: number): string {
  return withRegularFileSync(file, limit, (descriptor) => readFileSync(descriptor, "utf8"));
}

/** @throws as `readTextFileSync` does */
export function copyRegularFileSync(from: string, to: string, limit: number): void {
  withRegularFileSync(from, limit, (descriptor) => {
    // Copies the opened file, even if its name refers to another one now.
    const opened = `/proc/self/fd/${descriptor}`;
    copyFileSync(existsSync(opened) ? opened : from, to, constants.COPYFILE_FICLONE);
  });
}

/** Opens a regular file for the time of a call. @throws as `readTextFileSync` does */
export function withRegularFileSync<T>(file: string, limit: number, use: (descriptor: number) => T): T {
  refuseUnfit(file, statSync(file), limit);
  // The name may refer to another file by now.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    refuseUnfit(file, fstatSync(descriptor), limit);
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
