// What the machine needs besides Node: checked by what is installed and not by package name, so that any distribution works.
import fs from "node:fs";
import path from "node:path";
import { aptInstall, isDebianLike, isInstalled } from "./apt.mjs";
import { DEBIAN_RUSTS, isAdditional } from "./debian-rust.mjs";
import { PlainError, step } from "./run.mjs";
import { findRust, useRust } from "./rust.mjs";
import { majorsInWords, TOOLS_MAJOR } from "./llvm-series.mjs";
import { inRoot } from "./paths.mjs";

/** @typedef {"addon" | "headers" | "engine-tests" | "rust" | "more-rust" | "lint" | "vscode" | "browser" | "fuzz"} Purpose the purpose of a requirement */

/** @param {string} program */
export function onPath(program) {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => folder !== "" && fs.existsSync(path.join(folder, program)));
}

/** @param {string} header */
function hasHeader(header) {
  return ["/usr/include", "/usr/local/include"].some((folder) => fs.existsSync(path.join(folder, header)));
}

/**
 * The folder with the CMake files of a series: `$LLVM_DIR` when they are that series', or where Debian and Ubuntu put them.
 *
 * @param {import("./llvm-series.mjs").LlvmSeries} series
 * @returns {string | undefined}
 */
export function llvmCmakeFolder({ name, major }) {
  return [process.env["LLVM_DIR"], `/usr/lib/llvm-${major}/lib/cmake/llvm`].find((folder) => {
    if (folder === undefined || !fs.existsSync(path.join(folder, "LLVMConfig.cmake"))) return false;
    const version = fs.readFileSync(path.join(folder, "LLVMConfigVersion.cmake"), "utf8");
    return version.includes(`set(PACKAGE_VERSION "${name}.`);
  });
}

/** @returns {string | undefined} the clang-format version that formats the code */
export function clangFormat() {
  return onPath(`clang-format-${TOOLS_MAJOR}`) ? `clang-format-${TOOLS_MAJOR}` : undefined;
}

/** A Chromium or Chrome: `$CHROMIUM`, or the first in PATH. @returns {string | undefined} its path */
export function chromium() {
  if (process.env["CHROMIUM"]) return process.env["CHROMIUM"];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  const candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return candidates.find((file) => fs.existsSync(file));
}

/**
 * @typedef {object} Requirement
 * @property {string} what for the user
 * @property {readonly string[]} packages Debian's names
 * @property {Purpose} purpose
 * @property {() => boolean} present
 */

/** @param {import("./llvm-series.mjs").LlvmSeries} series @returns {Requirement} */
function headersOf(series) {
  return {
    what: `LLVM ${series.name} with headers (or LLVM_DIR set to the folder of its LLVMConfig.cmake)`,
    packages: [series.packages.headers],
    purpose: "headers",
    present: () => llvmCmakeFolder(series) !== undefined,
  };
}

/** @type {readonly Requirement[]} */
const plainRequirements = [
  { what: "CMake 3.20 or later", packages: ["cmake"], purpose: "addon", present: () => onPath("cmake") },
  { what: "Ninja", packages: ["ninja-build"], purpose: "addon", present: () => onPath("ninja") },
  { what: "a C++20 compiler", packages: ["g++"], purpose: "addon", present: () => Boolean(process.env["CXX"]) || onPath("c++") },
  { what: "zlib's headers", packages: ["zlib1g-dev"], purpose: "addon", present: () => hasHeader("zlib.h") },
  { what: "zstd's headers", packages: ["libzstd-dev"], purpose: "addon", present: () => hasHeader("zstd.h") },
  {
    what: "GoogleTest and GoogleMock",
    packages: ["libgtest-dev", "libgmock-dev"],
    purpose: "engine-tests",
    present: () => hasHeader("gtest/gtest.h") && hasHeader("gmock/gmock.h"),
  },
  {
    what: `a Rust compiler whose LLVM is ${majorsInWords()}, with cargo`,
    packages: ["rustc-web", "cargo-web"],
    purpose: "rust",
    present: () => findRust().usable !== undefined,
  },
  {
    what: `clang-format ${TOOLS_MAJOR}`,
    packages: [`clang-format-${TOOLS_MAJOR}`],
    purpose: "lint",
    present: () => clangFormat() !== undefined,
  },
  {
    what: "a C++ compiler, make and Python 3, for two native modules of the VS Code server",
    packages: ["g++", "make", "python3"],
    purpose: "vscode",
    present: () => onPath("c++") && onPath("make") && onPath("python3"),
  },
  {
    what: `clang ${TOOLS_MAJOR} with its sanitizers and libFuzzer`,
    packages: [`clang-${TOOLS_MAJOR}`, `libclang-rt-${TOOLS_MAJOR}-dev`],
    purpose: "fuzz",
    present: () => onPath(`clang++-${TOOLS_MAJOR}`) && fs.existsSync(`/usr/lib/llvm-${TOOLS_MAJOR}/lib/clang/${TOOLS_MAJOR}/lib/linux`),
  },
  { what: "Chromium", packages: ["chromium"], purpose: "browser", present: () => chromium() !== undefined },
];

/**
 * What another of Debian's compilers needs.
 *
 * @param {import("./debian-rust.mjs").DebianRust} rust
 * @returns {Requirement}
 */
function librariesOf(rust) {
  return {
    what: `what Debian's rustc ${rust.release} needs, and patchelf`,
    packages: rust.libraries,
    purpose: "more-rust",
    present: () => !isAdditional(rust) || (onPath("patchelf") && isInstalled(rust.libraries)),
  };
}

/** The machine lacks something that this process may not install. */
export class MissingError extends PlainError {}

/**
 * @param {readonly Requirement[]} missing
 * @returns {MissingError}
 */
function lacking(missing) {
  const list = missing.map(({ what }) => `  - ${what}`).join("\n");
  const packages = missing.flatMap((requirement) => requirement.packages).join(" ");
  const help = isDebianLike()
    ? `Run this one command, then try again:\n\n  sudo ${process.execPath} ${inRoot("scripts", "install-system-packages.mjs")} ${packages}\n`
    : `Install these, then try again. (As root on Debian and Ubuntu, this is automatic; the packages are ${packages}.)`;
  return new MissingError(`This machine lacks ${packages}:\n${list}\n${help}`);
}

/** rustc-web replaces Debian's own rustc, and the set-up does not remove what the machine's owner installed. @returns {MissingError | undefined} */
function rustInTheWay() {
  const old = findRust().refused.find(({ folder }) => folder === "/usr/bin");
  if (!old || !isDebianLike()) return undefined;
  return new MissingError(
    `rustc ${old.release} in ${old.folder} cannot be used: its LLVM is ${old.llvm || "unknown"}, and LTO Inspector is built for LLVM ${majorsInWords()}.\n` +
      `Install a newer Rust with rustup, or replace the old one with Debian's rustc-web and cargo-web:\n\n` +
      `  sudo apt-get install rustc-web cargo-web\n`,
  );
}

/** @param {readonly Requirement[]} missing */
async function install(missing) {
  if (process.getuid?.() !== 0 || !isDebianLike()) throw lacking(missing);
  const packages = missing.flatMap((requirement) => requirement.packages);
  await step(`system packages: ${packages.join(" ")}`, () => aptInstall(packages));
  const still = missing.filter(({ present }) => !present());
  if (still.length === 0) return;
  const what = still.map((requirement) => requirement.what).join(", no ");
  throw new PlainError(`Installed ${packages.join(", ")}, but there is still no ${what}. The installed version may be too old.`);
}

/**
 * Installs what is missing, or says how.
 *
 * @param {readonly Purpose[]} purposes
 * @param {readonly import("./llvm-series.mjs").LlvmSeries[]} [series] whose headers are needed
 * @throws {PlainError} if something is missing and this process may not install it
 */
export async function ensureSystemPackages(purposes, series = []) {
  const requirements = [...plainRequirements, ...DEBIAN_RUSTS.map(librariesOf), ...series.map(headersOf)];
  const missing = requirements.filter(({ purpose, present }) => (purpose === "headers" || purposes.includes(purpose)) && !present());
  const blocked = missing.some(({ purpose }) => purpose === "rust") ? rustInTheWay() : undefined;
  const installable = missing.filter(({ purpose }) => purpose !== "rust" || blocked === undefined);
  if (installable.length > 0) await install(installable);
  if (blocked) throw blocked;
  if (!purposes.includes("rust")) return;
  const { usable, refused } = findRust();
  if (usable) useRust(usable, refused);
}

/**
 * Installs the headers of a series that is not needed for everything else, or says how.
 *
 * @param {import("./rust.mjs").NeededSeries} needed
 * @returns {Promise<boolean>} whether they are there
 */
export async function ensureMoreHeaders({ series, because }) {
  try {
    await ensureSystemPackages([], [series]);
    return true;
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    const { major, name, packages } = series;
    console.log(
      `set-up: no engine for LLVM ${name}, which ${because} uses: ${packages.headers} is missing. ` +
        `With it, \`npm run build:addon -- --llvm ${major}\` builds one.`,
    );
    return false;
  }
}
