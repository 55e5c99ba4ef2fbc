// The LLVM series for which engines are built: the table of src/core/machine/llvm-series.json.
import fs from "node:fs";
import { inRoot } from "./paths.mjs";
import { PlainError } from "./run.mjs";

/**
 * @typedef {object} LlvmSeries
 * @property {string} name "22.1"
 * @property {string} major "22"
 * @property {{ from: string, to: string | null }} rustc the first and last release with it; null: the newest known
 * @property {boolean} engine whether addon/lto/compat knows its differences, so that an engine can be built given its headers
 * @property {boolean} useListsOption whether the library has the option that writes use-lists; otherwise a plugin for rustc is built
 * @property {{ headers: string, library: string, suite: string | null }} packages Debian's; `suite`: where they are if a stable release has
 *   none of them
 */

/** @type {readonly Omit<LlvmSeries, "major">[]} */
const rows = JSON.parse(fs.readFileSync(inRoot("src", "core", "machine", "llvm-series.json"), "utf8"));

/** @type {readonly LlvmSeries[]} oldest first */
export const LLVM_SERIES = rows.map((row) => ({ ...row, major: row.name.split(".")[0] ?? row.name }));

/** The series for which an engine can be built. */
const SUPPORTED = LLVM_SERIES.filter(({ engine }) => engine);

/** @param {string} version of an LLVM, "22.1.2" @returns {LlvmSeries | undefined} the series, if an engine can be built for it */
export function supportedSeriesOf(version) {
  return SUPPORTED.find(({ name }) => version.startsWith(`${name}.`));
}

/** @param {string} major "22" @returns {LlvmSeries} @throws {PlainError} where no engine can be built for it */
export function supportedSeries(major) {
  const found = SUPPORTED.find((series) => series.major === major);
  if (found === undefined) throw new PlainError(`No engine can be built for LLVM ${major}; this version supports LLVM ${majorsInWords()}.`);
  return found;
}

/** "19, 22 or 23" */
export function majorsInWords() {
  const majors = SUPPORTED.map(({ major }) => major);
  return [majors.slice(0, -1).join(", "), ...majors.slice(-1)].filter((part) => part !== "").join(" or ");
}

/** The LLVM whose tools the repository uses: its clang-format formats the code, and its clang builds the fuzzers. */
export const TOOLS_MAJOR = "22";

/** The series of the engine's C++ tests, which is also built if no toolchain needs another. */
export const USUAL_SERIES = supportedSeries("22");
