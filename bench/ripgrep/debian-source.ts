/**
 * ripgrep 13 from Debian 12: the source package, and the librust-*-dev packages that it is built from. Does not change the machine's own package
 * sources: the source package is downloaded with a private apt configuration.
 */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "../lib/failure.js";
import { mustRun } from "../lib/run.js";

const SOURCE_PACKAGE = "rust-ripgrep";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** The folder of Debian's librust-*-dev packages: a Cargo directory source. */
export const REGISTRY = "/usr/share/cargo/registry";
/** Cargo resolves dev-dependencies too, although they are not built. */
const FOR_RESOLVING = ["librust-serde-dev", "librust-serde-derive-dev", "librust-walkdir-dev"];

/**
 * Downloads and unpacks the source package with Debian's patches, once.
 *
 * @param work the bench's own folder
 * @returns the folder of the unpacked source
 * @throws BenchFailure without Debian 12, its archive keyring or the package tools
 */
export async function fetchSource(work: string): Promise<string> {
  const folder = path.join(work, "debian");
  const unpacked = await unpackedIn(folder);
  if (unpacked !== undefined) return unpacked;
  const release = await requireDebian();
  await fs.rm(folder, { recursive: true, force: true });
  const options = await privateApt(folder, release);
  console.log(`ripgrep: fetching the source package ${SOURCE_PACKAGE} of Debian ${release}`);
  await mustRun("Reading Debian's list of source packages", "apt-get", [...options, "update"]);
  await mustRun("Fetching the source package", "apt-get", [...options, "source", "--only-source", SOURCE_PACKAGE], { cwd: folder });
  const fetched = await unpackedIn(folder);
  if (fetched !== undefined) return fetched;
  throw new BenchFailure(
    `apt-get fetched ${SOURCE_PACKAGE}, but it was not unpacked in ${folder}.`,
    "Install dpkg-dev, then run the bench again.",
  );
}

async function unpackedIn(folder: string): Promise<string | undefined> {
  const names = await fs.readdir(folder).catch(() => []);
  const name = names.find((candidate) => /^rust-ripgrep-13\.[\d.]+$/.test(candidate));
  return name === undefined ? undefined : path.join(folder, name);
}

/** @returns the release's code name */
async function requireDebian(): Promise<string> {
  const text = await fs.readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name: string): string | undefined => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1];
  const codename = field("VERSION_CODENAME");
  if (field("ID") !== "debian" || codename !== "bookworm") {
    throw new BenchFailure(
      `This bench builds ripgrep 13 from Debian 12's packages, and this is ${field("PRETTY_NAME") ?? "another system"}.`,
      "Run it on Debian 12 (bookworm), for example in a container, or bench examples/rust instead.",
    );
  }
  for (const file of [KEYRING, "/usr/bin/apt-get", "/usr/bin/dpkg-source"]) await requireFile(file);
  return codename;
}

async function requireFile(file: string): Promise<void> {
  try {
    await fs.access(file, constants.R_OK);
  } catch {
    throw new BenchFailure(
      `${file} is missing, which fetching a source package needs.`,
      "As root: apt-get install dpkg-dev debian-archive-keyring",
    );
  }
}

/** apt's options for our own lists, cache and sources. */
async function privateApt(folder: string, release: string): Promise<string[]> {
  for (const name of ["lists/partial", "cache/archives/partial", "sources"]) await fs.mkdir(path.join(folder, name), { recursive: true });
  const entry = [
    "Types: deb-src",
    `URIs: ${await debianMirror(release)}`,
    `Suites: ${release}`,
    "Components: main",
    `Signed-By: ${KEYRING}`,
  ];
  await fs.writeFile(path.join(folder, "sources", "debian.sources"), `${entry.join("\n")}\n`);
  return [
    ...["-o", "Dir::Etc::SourceList=/dev/null"],
    ...["-o", `Dir::Etc::SourceParts=${path.join(folder, "sources")}`],
    ...["-o", `Dir::State::Lists=${path.join(folder, "lists")}`],
    ...["-o", `Dir::Cache=${path.join(folder, "cache")}`],
    // apt's own user may not be able to read the work tree.
    ...["-o", "APT::Sandbox::User=root"],
  ];
}

/** The mirror that this machine's packages come from. */
async function debianMirror(release: string): Promise<string> {
  const format = "$(CODENAME)\t$(COMPONENT)\t$(REPO_URI)";
  const { stdout } = await mustRun("Asking apt for the mirror in use", "apt-get", [
    "indextargets",
    "--format",
    format,
    "Created-By: Packages",
  ]);
  const targets = stdout.split("\n").map((line) => line.split("\t"));
  const own = targets.find(
    ([codename, component, uri]) => codename === release && component === "main" && uri?.includes("/debian/") === true,
  );
  if (own?.[2] !== undefined) return own[2];
  throw new BenchFailure(
    `apt knows no mirror of Debian ${release}'s main component.`,
    `Add one to /etc/apt/sources.list.d, run apt-get update as root, then run the bench again.`,
  );
}

/**
 * Installs the librust-*-dev packages that are build dependencies of the source package, unless they are installed.
 *
 * @throws BenchFailure if they are not installed and this is not root
 */
export async function installCrates(source: string): Promise<void> {
  const dependencies = [...(await rustBuildDependencies(source)), ...FOR_RESOLVING].join(", ");
  if (await satisfied(dependencies)) return;
  const command = ["--no-install-recommends", "--no-remove", "satisfy", dependencies];
  if (process.getuid?.() !== 0) {
    throw new BenchFailure(
      "The librust-*-dev packages that Debian builds ripgrep from are not installed, and only root can install them.",
      `As root: apt-get ${command.slice(0, -1).join(" ")} "${dependencies}"`,
    );
  }
  console.log("ripgrep: installing Debian's librust-*-dev packages");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await mustRun("Installing Debian's crates", "apt-get", ["-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", ...command], {
    env,
  });
}

async function rustBuildDependencies(source: string): Promise<string[]> {
  const control = await fs.readFile(path.join(source, "debian", "control"), "utf8");
  const field = /^Build-Depends:((?:.*\n)(?:[ \t].*\n)*)/m.exec(control)?.[1] ?? "";
  const wanted = field.split(",").map((dependency) => dependency.trim());
  return wanted.filter((dependency) => dependency.startsWith("librust-"));
}

async function satisfied(dependencies: string): Promise<boolean> {
  const { stdout } = await mustRun("Asking apt for missing packages", "apt-get", [
    ...["--simulate", "--no-install-recommends", "satisfy", dependencies],
  ]);
  return !/^Inst /m.test(stdout);
}
