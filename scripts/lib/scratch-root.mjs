// A root folder with Debian unstable in .cache/series, in which `npm run test:series` runs tests: it has the LLVMs and Rust compilers that need a newer C library
// than this machine's. debootstrap makes it, with Debian's signatures checked. Programs start in it by chroot, with mounts of their own that end with them.
import fs from "node:fs";
import path from "node:path";
import { dependencies, KEYRING, mirror, sourceLine, unpackPackages, updateLists, listsOf, whyNoSuites } from "./debian-suite.mjs";
import { cache, root as repository } from "./paths.mjs";
import { PlainError, run, runLogged, step } from "./run.mjs";

const SUITE = "unstable";
const scratchRoot = path.join(cache, "series", "root");
/** Lists what the root was made with. */
const mark = path.join(cache, "series", "root.packages");
/** Node, a C compiler as the linker, Debian's newest rustc, and patchelf for another one. */
const TOOLS = ["nodejs", "gcc", "libc6-dev", "rustc", "cargo", "patchelf"];

/** Why this machine cannot have the root; undefined: it can, given the network. @returns {string | undefined} */
export function whyNoScratchRoot() {
  if (process.getuid?.() !== 0) return "chroot needs root";
  return (
    whyNoSuites() ??
    ["/usr/bin/unshare", "/usr/sbin/chroot"].filter((program) => !fs.existsSync(program)).map((program) => `there is no ${program}`)[0]
  );
}

/**
 * Enters a root ($1) in a folder ($2); the folders after that have the same path inside as outside, up to "--". The mounts are this process's own and end with it,
 * even if it is killed.
 */
const ENTER = `set -e
root=$1
folder=$2
shift 2
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1"
  shift
done
shift
exec chroot "$root" /usr/bin/env -i --chdir="$folder" "$@"`;

/**
 * @typedef {object} InsideOptions
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {readonly string[]} [folders] folders of this machine that are also there, besides the repository
 */

/** Arguments of `unshare` that run a command in a root. @param {string} root @param {readonly string[]} command @param {InsideOptions} [options] */
function inside(root, command, { environment = {}, folders = [] } = {}) {
  const variables = {
    HOME: "/root",
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    DEBIAN_FRONTEND: "noninteractive",
    ...environment,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const enter = ["/bin/sh", "-c", ENTER, "sh", root, repository, repository, ...folders, "--", ...assignments, ...command];
  return ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--", ...enter];
}

/** @param {readonly string[]} packages */
async function install(packages) {
  const temporary = `${scratchRoot}.${process.pid}.tmp`;
  try {
    await fill(temporary, packages);
    fs.rmSync(scratchRoot, { recursive: true, force: true });
    fs.renameSync(temporary, scratchRoot);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {readonly string[]} packages */
async function fill(folder, packages) {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const bare = ["--variant=minbase", "--arch=amd64", `--keyring=${KEYRING}`, SUITE, folder, mirror()];
  await runLogged(`debootstrap of Debian ${SUITE}`, "series-debootstrap", "/usr/sbin/debootstrap", bare);
  // The lists are updated from outside, where the machine's owner has configured apt.
  await updateLists(SUITE);
  fs.writeFileSync(path.join(folder, "etc", "apt", "sources.list"), sourceLine(SUITE));
  fs.cpSync(listsOf(SUITE), path.join(folder, "var", "lib", "apt", "lists"), { recursive: true });
  const command = [
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    "-o",
    "APT::Sandbox::User=root",
    "-o",
    "Dpkg::Use-Pty=0",
    ...packages,
  ];
  await runLogged(
    `installing ${packages.join(", ")} in it`,
    "series-install",
    "unshare",
    inside(folder, command, { environment: proxies() }),
  );
}

/** Variables that apt-get needs to reach its mirror. @returns {Record<string, string>} */
function proxies() {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (/_proxy$/i.test(name) && value !== undefined ? [[name, value]] : [])),
  );
}

/**
 * Makes the root, unless there is one with these packages.
 *
 * @param {readonly string[]} packages besides those that every test needs
 * @throws {PlainError} if it cannot be made
 */
export async function ensureScratchRoot(packages) {
  const all = [...TOOLS, ...packages];
  const present = fs.existsSync(scratchRoot) && fs.existsSync(mark) ? fs.readFileSync(mark, "utf8").trim().split("\n") : [];
  if (all.every((name) => present.includes(name))) return;
  await step(`scratch root of Debian ${SUITE} (minutes; 3 GB)`, async () => {
    fs.rmSync(mark, { force: true });
    await install(all);
    fs.writeFileSync(mark, `${all.join("\n")}\n`);
  });
}

/**
 * Unpacks the rustc and cargo of another suite in the root, beside its own.
 *
 * @param {string} suite
 * @returns {Promise<string>} the folder of its programs, inside the root
 * @throws {PlainError} if they cannot be had
 */
export async function ensureAnotherRust(suite) {
  const home = path.join("/opt", `rust-${suite}`);
  const programs = path.join(home, "usr", "bin");
  if (fs.existsSync(path.join(scratchRoot, programs, "rustc"))) return programs;
  await step(`rustc and cargo of Debian ${suite}, in the scratch root`, async () => {
    const standard = await dependencies(suite, "libstd-rust-dev", /^libstd-rust-\d/);
    await unpackPackages(suite, ["rustc", "cargo", "libstd-rust-dev", ...standard], path.join(scratchRoot, home));
    // The compiler searches for librustc_driver only in the system's folders.
    const patch = ["patchelf", "--set-rpath", "$ORIGIN/../lib/x86_64-linux-gnu", path.join(programs, "rustc")];
    await runLogged("patching rustc", "series-patch", "unshare", inside(scratchRoot, patch));
  });
  return programs;
}

/**
 * Runs a program in the root, in the repository's folder.
 *
 * @param {readonly string[]} command
 * @param {InsideOptions & { onOutput?: (text: string) => void }} [options]
 */
export function runInScratchRoot(command, { onOutput, ...options } = {}) {
  return run("unshare", inside(scratchRoot, command, options), onOutput === undefined ? {} : { onOutput });
}

/** @param {readonly string[]} command @returns {Promise<string>} what it prints @throws {PlainError} if it fails */
export async function readFromScratchRoot(command) {
  const { code, output } = await runInScratchRoot(command);
  if (code !== 0) throw new PlainError(`${command.join(" ")} failed in the scratch root:\n${output.trimEnd()}`);
  return output;
}
