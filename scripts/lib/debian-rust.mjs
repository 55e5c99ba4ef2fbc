// Debian 12's Rust compilers in addition to the machine's own: rustc-web 1.85 (LLVM 19) and 1.96 (LLVM 22), unpacked into .cache/rust. apt-get could
// install only one of them, and would replace the machine's, so this only downloads and unpacks the packages, without changes to the system.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { isDebianLike } from "./apt.mjs";
import { cache } from "./paths.mjs";
import { runLogged, step } from "./run.mjs";
import { askRustc } from "./rust.mjs";

/**
 * @typedef {object} DebianRust
 * @property {string} release "1.85"
 * @property {string} llvm "19"
 * @property {readonly string[]} libraries what rustc and cargo need besides the C library, as Debian's packages install it; and patchelf
 */

/** @type {readonly DebianRust[]} */
export const DEBIAN_RUSTS = [
  {
    release: "1.85",
    llvm: "19",
    libraries: ["libllvm19", "libcurl4", "libhttp-parser2.9", "libpcre3", "libsqlite3-0", "libssh2-1", "patchelf"],
  },
  { release: "1.96", llvm: "22", libraries: ["libllvm22", "libcurl4", "libgit2-1.5", "libsqlite3-0", "libssh2-1", "patchelf"] },
];

/** @param {DebianRust} rust */
const homeOf = ({ release }) => path.join(cache, "rust", release);

/** The folder of the unpacked rustc and cargo. @param {DebianRust} rust */
export const folderOf = (rust) => path.join(homeOf(rust), "usr", "bin");

/** @param {DebianRust} rust */
const packagesOf = ({ release }) => ["rustc-web", "cargo-web", "libstd-rust-web-dev", `libstd-rust-web-${release}`];

/** @param {DebianRust} rust @param {string} name @returns {string | undefined} the newest version of the release in the package lists */
function versionOf({ release }, name) {
  const text = execFileSync("apt-cache", ["madison", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const versions = text.split("\n").map((line) => line.split("|")[1]?.trim() ?? "");
  return versions.find((version) => version.startsWith(`${release}.`));
}

/** Whether the machine's own rustc, as Debian installs it, is another release. @param {DebianRust} rust */
export function isAdditional({ release }) {
  return askRustc("/usr/bin")?.release.startsWith(`${release}.`) !== true;
}

/** Why this machine cannot have the compiler; undefined if it can. @param {DebianRust} rust @returns {string | undefined} */
export function whyNoDebianRust(rust) {
  if (!isDebianLike() || process.arch !== "x64") return "only Debian's packages for x86-64 have it";
  const missing = packagesOf(rust).filter((name) => versionOf(rust, name) === undefined);
  return missing.length === 0 ? undefined : `this system's package sources have no ${missing.join(", ")} of ${rust.release}`;
}

/** @param {DebianRust} rust */
function isUnpacked(rust) {
  return ["rustc", "cargo"].every((name) => fs.existsSync(path.join(folderOf(rust), name)));
}

/** @param {DebianRust} rust @param {string} folder an empty folder, into which the packages are unpacked */
async function unpack(rust, folder) {
  const files = path.join(folder, "packages");
  fs.mkdirSync(files, { recursive: true });
  const wanted = packagesOf(rust).map((name) => `${name}=${versionOf(rust, name) ?? ""}`);
  const log = `rust-${rust.release}`;
  // As root, apt-get would download as its own user, who may not be able to write here.
  const download = ["-o", "APT::Sandbox::User=root", "download", ...wanted];
  await runLogged(`downloading rustc ${rust.release}`, `${log}-download`, "apt-get", download, { cwd: files });
  for (const file of fs.readdirSync(files)) {
    await runLogged(`unpacking ${file}`, `${log}-unpack`, "dpkg-deb", ["--extract", path.join(files, file), folder]);
  }
  fs.rmSync(files, { recursive: true });
  // The compiler searches for librustc_driver only in the system's folders.
  const rustc = path.join(folder, "usr", "bin", "rustc");
  await runLogged("patching rustc", `${log}-patch`, "patchelf", ["--set-rpath", "$ORIGIN/../lib/x86_64-linux-gnu", rustc]);
}

/**
 * Unpacks the compiler, unless it is already unpacked.
 *
 * @param {DebianRust} rust
 * @throws {import("./run.mjs").PlainError} if it cannot be downloaded or does not run
 */
export async function ensureDebianRust(rust) {
  if (isUnpacked(rust)) return;
  const home = homeOf(rust);
  await step(`rustc ${rust.release} (LLVM ${rust.llvm}), in addition to the machine's own`, async () => {
    const temporary = `${home}.${process.pid}.tmp`;
    fs.rmSync(temporary, { recursive: true, force: true });
    await unpack(rust, temporary);
    fs.rmSync(home, { recursive: true, force: true });
    fs.renameSync(temporary, home);
    await runLogged(`starting rustc ${rust.release}`, `rust-${rust.release}-start`, path.join(folderOf(rust), "rustc"), ["-vV"]);
  });
}
