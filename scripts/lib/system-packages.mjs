// What the machine needs besides Node: checked by what is installed and not by package name, so that any distribution works.
import fs from "node:fs";
import path from "node:path";
import { aptInstall, isDebianLike, isInstalled, withoutCandidate } from "./apt.mjs";
import { DEBIAN_RUSTS, isAdditional } from "./debian-rust.mjs";
import { unpackPackages } from "./debian-suite.mjs";
import { PlainError, step } from "./run.mjs";
import { findRust, useRust } from "./rust.mjs";
import { majorsInWords, TOOLS_MAJOR } from "./llvm-series.mjs";
import { cache, inRoot } from "./paths.mjs";

/** @typedef {import("./llvm-series.mjs").LlvmSeries} LlvmSeries */
/** @typedef {"addon" | "headers" | "engine-tests" | "rust" | "more-rust" | "lint" | "vscode" | "browser" | "fuzz" | "series"} Purpose the purpose of a requirement */

/** @param {string} program */
export function onPath(program) {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => folder !== "" && fs.existsSync(path.join(folder, program)));
}

/** @param {string} header */
function hasHeader(header) {
  return ["/usr/include", "/usr/local/include"].some((folder) => fs.existsSync(path.join(folder, header)));
}

/** Where headers are unpacked that no package source of this machine has. @param {LlvmSeries} series */
function unpackedLlvm({ major }) {
  return path.join(cache, "llvm", major);
}

/** In an LLVM's files. @param {LlvmSeries} series */
function debianCmakeFolder({ major }) {
  return path.join("usr", "lib", `llvm-${major}`, "lib", "cmake", "llvm");
}

/**
 * The folder with the CMake files of a series: `$LLVM_DIR` when they are that series', where Debian and Ubuntu put them, or where the set-up unpacked them.
 *
 * @param {LlvmSeries} series
 * @returns {string | undefined}
 */
export function llvmCmakeFolder(series) {
  const candidates = ["/", unpackedLlvm(series)].map((folder) => path.join(folder, debianCmakeFolder(series)));
  return [process.env["LLVM_DIR"], ...candidates].find((folder) => {
    if (folder === undefined || !fs.existsSync(path.join(folder, "LLVMConfig.cmake"))) return false;
    const version = fs.readFileSync(path.join(folder, "LLVMConfigVersion.cmake"), "utf8");
    return version.includes(`set(PACKAGE_VERSION "${series.name}.`);
  });
}

/**
 * Whether programs that are linked with the LLVM of a series run on this machine: not where only its headers were unpacked, because the library beside them
 * may need a newer system.
 *
 * @param {LlvmSeries} series
 */
export function runsHere(series) {
  const folder = llvmCmakeFolder(series);
  return folder !== undefined && !folder.startsWith(unpackedLlvm(series) + path.sep);
}

/** Unpacks the headers of a series if they are needed and no package source of this machine has them. @param {LlvmSeries} series @throws {PlainError} */
async function unpackHeaders(series) {
  const { major, packages } = series;
  const { headers, library, suite } = packages;
  if (suite === null || llvmCmakeFolder(series) !== undefined || !isDebianLike() || withoutCandidate([headers]).length === 0) return;
  await step(`headers of LLVM ${series.name}, from Debian ${suite}`, async () => {
    try {
      // CMake checks that every shared library of LLVM's is there; the static ones are large, and unused.
      await unpackPackages(suite, [headers, library, `llvm-${major}-linker-tools`], unpackedLlvm(series), { without: "*.a" });
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      const message = `No package source of this machine has ${headers}, and it cannot be unpacked from Debian ${suite}:\n${error.message}`;
      throw new PlainError(
        `${message}\nIf LLVM ${series.name} is installed elsewhere, set LLVM_DIR to the folder of its LLVMConfig.cmake.`,
      );
    }
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

/** @param {LlvmSeries} series @returns {Requirement} */
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
  {
    what: "debootstrap",
    packages: ["debootstrap"],
    purpose: "series",
    present: () => fs.existsSync("/usr/sbin/debootstrap"),
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
 * @param {readonly LlvmSeries[]} [series] whose headers are needed
 * @throws {PlainError} if something is missing and this process may not install it
 */
export async function ensureSystemPackages(purposes, series = []) {
  for (const one of series) await unpackHeaders(one);
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
    const why = error instanceof MissingError ? `${packages.headers} is missing.` : error.message;
    console.log(`set-up: no engine for LLVM ${name}, which ${because} uses: ${why}`);
    console.log(`With ${packages.headers}, \`npm run build:addon -- --llvm ${major}\` builds one.`);
    return false;
  }
}
