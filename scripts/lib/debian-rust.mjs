// An older Rust compiler in addition to the machine's own: Debian 12's rustc-web 1.85 (LLVM 19), unpacked into .cache/rust/1.85. apt-get would
// replace a newer rustc-web, so this only downloads and unpacks the packages, without changes to the system.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { isDebianLike } from "./apt.mjs";
import { cache } from "./paths.mjs";
import { runLogged, step } from "./run.mjs";

const RELEASE = "1.85";
const PACKAGES = ["rustc-web", "cargo-web", "libstd-rust-web-dev", `libstd-rust-web-${RELEASE}`];
/** Shared libraries that rustc and cargo need, other than the C library, as Debian's packages install them. */
export const OLD_RUST_LIBRARIES = ["libllvm19", "libcurl4", "libhttp-parser2.9", "libpcre3", "libsqlite3-0", "libssh2-1", "patchelf"];

const home = path.join(cache, "rust", RELEASE);
/** The folder of the unpacked rustc and cargo. */
export const oldRustFolder = path.join(home, "usr", "bin");

/** @param {string} name @returns {string | undefined} the newest version of the release in the package lists */
function versionOf(name) {
  const text = execFileSync("apt-cache", ["madison", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const versions = text.split("\n").map((line) => line.split("|")[1]?.trim() ?? "");
  return versions.find((version) => version.startsWith(`${RELEASE}.`));
}

/** Why this machine cannot have the old compiler; undefined if it can. @returns {string | undefined} */
export function whyNoOldRust() {
  if (!isDebianLike() || process.arch !== "x64") return "only Debian's packages for x86-64 have it";
  const missing = PACKAGES.filter((name) => versionOf(name) === undefined);
  return missing.length === 0 ? undefined : `this system's package sources have no ${missing.join(", ")} of ${RELEASE}`;
}

function isUnpacked() {
  return fs.existsSync(path.join(oldRustFolder, "rustc")) && fs.existsSync(path.join(oldRustFolder, "cargo"));
}

/** @param {string} folder an empty folder, into which the packages are unpacked */
async function unpack(folder) {
  const files = path.join(folder, "packages");
  fs.mkdirSync(files, { recursive: true });
  const wanted = PACKAGES.map((name) => `${name}=${versionOf(name) ?? ""}`);
  // As root, apt-get would download as its own user, who may not be able to write here.
  await runLogged(
    `downloading rustc ${RELEASE}`,
    "old-rust-download",
    "apt-get",
    ["-o", "APT::Sandbox::User=root", "download", ...wanted],
    {
      cwd: files,
    },
  );
  for (const file of fs.readdirSync(files)) {
    await runLogged(`unpacking ${file}`, "old-rust-unpack", "dpkg-deb", ["--extract", path.join(files, file), folder]);
  }
  fs.rmSync(files, { recursive: true });
  // The compiler searches for librustc_driver only in the system's folders.
  const rustc = path.join(folder, "usr", "bin", "rustc");
  await runLogged("patching rustc", "old-rust-patch", "patchelf", ["--set-rpath", "$ORIGIN/../lib/x86_64-linux-gnu", rustc]);
}

/**
 * Unpacks the old compiler, unless it is already unpacked.
 *
 * @throws {import("./run.mjs").PlainError} if it cannot be downloaded or does not run
 */
export async function ensureOldRust() {
  if (isUnpacked()) return;
  await step(`rustc ${RELEASE} (LLVM 19), in addition to the machine's own`, async () => {
    const temporary = `${home}.${process.pid}.tmp`;
    fs.rmSync(temporary, { recursive: true, force: true });
    await unpack(temporary);
    fs.rmSync(home, { recursive: true, force: true });
    fs.renameSync(temporary, home);
    await runLogged(`starting rustc ${RELEASE}`, "old-rust-start", path.join(oldRustFolder, "rustc"), ["-vV"]);
  });
}
