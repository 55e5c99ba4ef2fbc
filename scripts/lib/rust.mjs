// Finds the Rust compiler for the demo and the tests: the first in PATH whose LLVM is of a series that an engine is built for.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { BUILT_SERIES, majorsInWords, seriesOf } from "./llvm-series.mjs";

/**
 * @typedef {object} RustCompiler
 * @property {string} folder where rustc and cargo are
 * @property {string} release "1.95.0"
 * @property {string} llvm "22.1.2"
 */

/** @param {string} folder @returns {RustCompiler | undefined} undefined if there is no rustc that runs */
function askRustc(folder) {
  const rustc = path.join(folder, "rustc");
  if (!fs.existsSync(rustc) || !fs.existsSync(path.join(folder, "cargo"))) return undefined;
  try {
    const text = execFileSync(rustc, ["-vV"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const release = /^release: (.*)$/m.exec(text)?.[1] ?? "";
    const llvm = /^LLVM version: (.*)$/m.exec(text)?.[1] ?? "";
    return { folder, release, llvm };
  } catch {
    return undefined;
  }
}

/**
 * Finds the first usable rustc with a cargo in the same folder.
 *
 * @returns {{ usable: RustCompiler | undefined, refused: readonly RustCompiler[] }} `refused`: compilers with another LLVM, in PATH's order
 */
export function findRust() {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const refused = [];
  for (const folder of new Set(folders)) {
    const found = askRustc(folder);
    if (found === undefined) continue;
    const series = seriesOf(found.llvm);
    if (series !== undefined && BUILT_SERIES.includes(series)) return { usable: found, refused };
    refused.push(found);
  }
  return { usable: undefined, refused };
}

/**
 * Puts the usable compiler first in PATH, for this process and its children, and reports it if that changes anything.
 *
 * @param {RustCompiler} compiler
 * @param {readonly RustCompiler[]} refused
 */
export function useRust(compiler, refused) {
  if (refused.length === 0) return;
  for (const { folder, release, llvm } of refused) {
    console.log(`set-up: rustc ${release} in ${folder} is skipped: its LLVM is ${llvm || "unknown"}, not ${majorsInWords()}`);
  }
  console.log(`set-up: using rustc ${compiler.release} (LLVM ${compiler.llvm}) in ${compiler.folder}`);
  process.env["PATH"] = `${compiler.folder}${path.delimiter}${process.env["PATH"] ?? ""}`;
}
