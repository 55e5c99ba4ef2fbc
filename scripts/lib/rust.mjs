// Finds the Rust compilers of this machine. The demo and the tests use the first one in PATH for whose LLVM an engine can be built; every series that a compiler
// uses gets an engine.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { majorsInWords, supportedSeriesOf, USUAL_SERIES } from "./llvm-series.mjs";

/**
 * @typedef {object} RustCompiler
 * @property {string} folder where rustc and cargo are
 * @property {string} release "1.95.0"
 * @property {string} llvm "22.1.2"
 */

/** @param {string} folder @returns {RustCompiler | undefined} undefined if there is no rustc that runs */
export function askRustc(folder) {
  const rustc = path.join(folder, "rustc");
  if (!fs.existsSync(rustc)) return undefined;
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
    const found = fs.existsSync(path.join(folder, "cargo")) ? askRustc(folder) : undefined;
    if (found === undefined) continue;
    if (supportedSeriesOf(found.llvm) !== undefined) return { usable: found, refused };
    refused.push(found);
  }
  return { usable: undefined, refused };
}

/** Where rustup keeps its toolchains, linked ones too. @returns {string[]} their folders of programs */
function rustupFolders() {
  const home = process.env["RUSTUP_HOME"] ?? path.join(os.homedir(), ".rustup");
  const toolchains = path.join(home, "toolchains");
  return fs.existsSync(toolchains) ? fs.readdirSync(toolchains).map((name) => path.join(toolchains, name, "bin")) : [];
}

/** @typedef {{ series: import("./llvm-series.mjs").LlvmSeries, because: string }} NeededSeries */

/**
 * The series that this machine needs an engine for: first that of the compiler that the demo and the tests use, then those of rustup's toolchains.
 *
 * @param {readonly string[]} [more] folders of other compilers
 * @returns {readonly [NeededSeries, ...NeededSeries[]]}
 */
export function neededSeries(more = []) {
  /** @type {NeededSeries[]} */
  const needed = [];
  const { usable } = findRust();
  for (const compiler of [usable, ...[...rustupFolders(), ...more].map(askRustc)]) {
    const series = compiler === undefined ? undefined : supportedSeriesOf(compiler.llvm);
    if (compiler === undefined || series === undefined || needed.some((one) => one.series === series)) continue;
    needed.push({ series, because: `rustc ${compiler.release} in ${compiler.folder}` });
  }
  const [first = { series: USUAL_SERIES, because: "no Rust compiler says otherwise" }, ...others] = needed;
  return [first, ...others];
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
