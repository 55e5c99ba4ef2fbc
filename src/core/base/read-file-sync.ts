/** As read-file.ts, for the rustc wrapper, which has nothing else to do meanwhile: only regular files of a fitting size are read or copied. */
import { closeSync, constants, copyFileSync, existsSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { refuseUnfit } from "./read-file.js";

/** @throws the system's error; UnreadableFile where it is no regular file or larger than `limit` */
export function readTextFileSync(file: string, limit: number): string {
  return withRegularFile(file, limit, (descriptor) => readFileSync(descriptor, "utf8"));
}

/** @throws as `readTextFileSync` does */
export function copyRegularFileSync(from: string, to: string, limit: number): void {
  withRegularFile(from, limit, (descriptor) => {
    // What was opened is copied, whatever bears its name now.
    const opened = `/proc/self/fd/${descriptor}`;
    copyFileSync(existsSync(opened) ? opened : from, to);
  });
}

function withRegularFile<T>(file: string, limit: number, use: (descriptor: number) => T): T {
  refuseUnfit(file, statSync(file), limit);
  // It may be another one by now.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    refuseUnfit(file, fstatSync(descriptor), limit);
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
