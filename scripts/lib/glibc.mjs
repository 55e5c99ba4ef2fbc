// Checks that shipped files load on systems with an old C library.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { PlainError } from "./run.mjs";

/** The newest glibc that a file may need: that of Debian 10 and RHEL 8, the oldest that Node 20 and VS Code support. */
const NEWEST = [2, 28];

/**
 * Lists symbols from newer versions of the C library.
 *
 * @param {string} table the output of `objdump -T`
 * @returns {string[]} "arc4random (GLIBC_2.36)"
 */
export function newerSymbols(table) {
  return [...table.matchAll(/\*UND\*.*?\(?GLIBC_(\d+)\.(\d+)[\d.]*\)?\s+(\S+)$/gm)].flatMap(([, major = "", minor = "", symbol = ""]) => {
    const newer = Number(major) === NEWEST[0] ? Number(minor) > (NEWEST[1] ?? 0) : Number(major) > (NEWEST[0] ?? 0);
    return newer ? [`${symbol} (GLIBC_${major}.${minor})`] : [];
  });
}

/**
 * Refuses a file that only loads with a newer glibc.
 *
 * @param {string} file
 * @throws {PlainError}
 */
export function checkGlibc(file) {
  const newer = newerSymbols(execFileSync("objdump", ["-T", file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  if (newer.length === 0) return;
  throw new PlainError(
    `${path.basename(file)} needs a newer C library than glibc ${NEWEST.join(".")}: ${newer.join(", ")}. addon/portable/old_glibc.cpp is where such names are replaced.`,
  );
}
