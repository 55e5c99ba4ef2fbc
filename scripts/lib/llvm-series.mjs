// The LLVM series that engines are built for: the table of src/core/machine/llvm-series.json.
import fs from "node:fs";
import { inRoot } from "./paths.mjs";

/**
 * @typedef {object} LlvmSeries
 * @property {string} name "22.1"
 * @property {string} major "22"
 * @property {{ from: string, to: string | null }} rustc the first and last release with it; null: the newest known
 * @property {{ headers: string, library: string }} packages Debian's
 */

/** @type {readonly Omit<LlvmSeries, "major">[]} */
const rows = JSON.parse(fs.readFileSync(inRoot("src", "core", "machine", "llvm-series.json"), "utf8"));

/** @type {readonly LlvmSeries[]} oldest first */
export const LLVM_SERIES = rows.map((row) => ({ ...row, major: row.name.split(".")[0] ?? row.name }));

/** @param {string} version of an LLVM, "22.1.2" @returns {LlvmSeries | undefined} */
export function seriesOf(version) {
  return LLVM_SERIES.find(({ name }) => version.startsWith(`${name}.`));
}

/** @param {string} major "22" @returns {LlvmSeries} */
function seriesNamed(major) {
  const found = LLVM_SERIES.find((series) => series.major === major);
  if (found === undefined) throw new Error(`the table has no LLVM ${major}`);
  return found;
}

/** The LLVM whose tools the repository uses: the code is laid out with its clang-format, and the fuzzers are built with its clang. */
export const TOOLS_MAJOR = "22";

/** The series of the engine's C++ tests and debug builds, which is also built where no toolchain asks for another. */
export const FIRST_SERIES = seriesNamed("22");

/** The series that engines are built for. */
export const BUILT_SERIES = [FIRST_SERIES];

/** "22" */
export function majorsInWords() {
  return BUILT_SERIES.map(({ major }) => major).join(" or ");
}
