// Packages of a Debian suite that the machine's own sources lack, such as the newest LLVM's headers. apt-get downloads them with package lists of its own, in
// .cache/apt, and accepts only what Debian's keyring signed. They are unpacked, not installed: that needs no root, and the system stays as it is.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { debianMirror, isDebianLike, osRelease } from "./apt.mjs";
import { cache } from "./paths.mjs";
import { PlainError, runLogged } from "./run.mjs";

export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Why this machine cannot have packages of other suites; undefined: it can, given the network. @returns {string | undefined} */
export function whyNoSuites() {
  if (process.platform !== "linux" || process.arch !== "x64") return "only Linux on x86-64 is supported";
  if (!isDebianLike()) return "this system has no apt-get";
  if (!fs.existsSync(KEYRING)) return `${KEYRING} is missing (package debian-archive-keyring)`;
  return usedMirror() === undefined ? "this system's package sources name no mirror of Debian" : undefined;
}

function usedMirror() {
  const { ID, VERSION_CODENAME: codename } = osRelease();
  return ID === "debian" && codename ? debianMirror(codename) : undefined;
}

/** The mirror of Debian that this machine's own packages come from. @throws {PlainError} if there is none */
export function mirror() {
  const used = usedMirror();
  if (used === undefined) throw new PlainError("This system's package sources name no mirror of Debian.");
  return used;
}

/** A line of apt's sources. @param {string} suite */
export function sourceLine(suite) {
  return `deb [signed-by=${KEYRING}] ${mirror()} ${suite} main\n`;
}

/** @param {string} suite where the lists and files of a suite are */
function folderOf(suite) {
  return path.join(cache, "apt", suite);
}

/** Options that give apt programs these lists and no others. @param {string} suite */
function aptOptions(suite) {
  const folder = folderOf(suite);
  return [
    ...["-o", `Dir::Etc::sourcelist=${path.join(folder, "sources.list")}`, "-o", "Dir::Etc::sourceparts=/dev/null"],
    ...["-o", `Dir::State::lists=${listsOf(suite)}`, "-o", `Dir::Cache=${path.join(folder, "cache")}`],
    // As root, apt-get would download as its own user, who may not be able to write here.
    ...["-o", "APT::Architecture=amd64", "-o", "APT::Architectures=amd64", "-o", "APT::Sandbox::User=root"],
  ];
}

/** @type {Set<string>} suites whose lists this process has updated */
const updated = new Set();

/** The package lists of a suite, once they are updated. @param {string} suite */
export function listsOf(suite) {
  return path.join(folderOf(suite), "lists");
}

/** @param {string} suite @throws {PlainError} without network */
export async function updateLists(suite) {
  if (updated.has(suite)) return;
  const folder = folderOf(suite);
  fs.mkdirSync(path.join(listsOf(suite), "partial"), { recursive: true });
  fs.mkdirSync(path.join(folder, "cache", "archives", "partial"), { recursive: true });
  fs.writeFileSync(path.join(folder, "sources.list"), sourceLine(suite));
  // Without this option, apt-get only warns if it cannot get the lists.
  const args = ["update", "-o", "APT::Update::Error-Mode=any", ...aptOptions(suite)];
  await runLogged(`package lists of Debian ${suite}`, `apt-${suite}-update`, "apt-get", args);
  updated.add(suite);
}

/**
 * The packages of a suite that a package depends on and whose names match.
 *
 * @param {string} suite
 * @param {string} name
 * @param {RegExp} wanted
 * @throws {PlainError}
 */
export async function dependencies(suite, name, wanted) {
  await updateLists(suite);
  const text = execFileSync("apt-cache", [...aptOptions(suite), "show", "--no-all-versions", name], { encoding: "utf8" });
  const depends = /^Depends: (.*)$/m.exec(text)?.[1] ?? "";
  return depends.split(/[,|]/).flatMap((part) => /^[^\s(]+/.exec(part.trim())?.filter((found) => wanted.test(found)) ?? []);
}

/**
 * Unpacks packages of a suite into a folder that appears only when it is complete.
 *
 * @param {string} suite
 * @param {readonly string[]} packages
 * @param {string} folder
 * @param {{ without?: string }} [options] `without`: a pattern of tar's for files that are left out
 * @throws {PlainError} if they cannot be downloaded
 */
export async function unpackPackages(suite, packages, folder, { without } = {}) {
  const why = whyNoSuites();
  if (why !== undefined) throw new PlainError(`Packages of Debian ${suite} are not to be had: ${why}.`);
  await updateLists(suite);
  const temporary = `${folder}.${process.pid}.tmp`;
  const files = path.join(temporary, "packages");
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(files, { recursive: true });
  const label = packages.join(", ");
  await runLogged(`downloading ${label}`, `apt-${suite}-download`, "apt-get", [...aptOptions(suite), "download", ...packages], {
    cwd: files,
  });
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar --extract --directory "$2" --no-same-owner ${3:+--exclude "$3"}';
  for (const file of fs.readdirSync(files)) {
    const args = [
      "-e",
      "-o",
      "pipefail",
      "-c",
      script,
      "bash",
      path.join(files, file),
      temporary,
      ...(without === undefined ? [] : [without]),
    ];
    await runLogged(`unpacking ${file}`, `apt-${suite}-unpack`, "bash", args);
  }
  fs.rmSync(files, { recursive: true });
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  fs.renameSync(temporary, folder);
}
