// Debian and Ubuntu packages, by apt-get, as root. If a package is only in Debian's security suite and the machine's sources lack that suite (those
// of a bare debootstrap do), adds the suite from the mirror that is already in use.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { PlainError, runLogged } from "./run.mjs";

const SOURCES_FILE = "/etc/apt/sources.list.d/lto-inspector-security.sources";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
const LOCK = ["-o", "DPkg::Lock::Timeout=300"];

/** @returns {Record<string, string>} /etc/os-release; empty if there is none */
export function osRelease() {
  try {
    const lines = fs.readFileSync("/etc/os-release", "utf8").split("\n");
    return Object.fromEntries(
      lines
        .filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1).replaceAll('"', "")]),
    );
  } catch {
    return {};
  }
}

/** Whether apt-get manages this machine. */
export function isDebianLike() {
  const { ID = "", ID_LIKE = "" } = osRelease();
  return `${ID} ${ID_LIKE}`.split(" ").some((id) => id === "debian" || id === "ubuntu") && fs.existsSync("/usr/bin/apt-get");
}

/** @param {readonly string[]} packages @returns {boolean} whether all of them are installed */
export function isInstalled(packages) {
  try {
    const text = execFileSync("dpkg-query", ["--show", "--showformat=${db:Status-Status}\n", ...packages], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text
      .trim()
      .split("\n")
      .every((status) => status === "installed");
  } catch {
    // A name that dpkg does not know.
    return false;
  }
}

/** @param {readonly string[]} packages @returns {readonly string[]} those that the machine's package sources lack */
export function withoutCandidate(packages) {
  const text = execFileSync("apt-cache", ["policy", ...packages], { encoding: "utf8", env: ENVIRONMENT });
  // The output has a paragraph that starts with `name:` only for known names.
  const known = new Set();
  let name = "";
  for (const line of text.split("\n")) {
    if (/^\S+:$/.test(line)) name = line.slice(0, -1);
    if (/^ {2}Candidate: (?!\(none\))/.test(line)) known.add(name);
  }
  return packages.filter((wanted) => !known.has(wanted));
}

/** @param {string} why */
function update(why) {
  return runLogged(`apt-get update (${why})`, "apt-update", "apt-get", ["update", ...LOCK], { env: ENVIRONMENT });
}

/**
 * The mirror that Debian's own packages come from.
 *
 * @param {string} codename
 * @returns {string | undefined}
 */
export function debianMirror(codename) {
  const format = "$(LABEL)\t$(CODENAME)\t$(COMPONENT)\t$(REPO_URI)";
  const text = execFileSync("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  for (const line of text.split("\n")) {
    const [label, release, component, uri = ""] = line.split("\t");
    if (label === "Debian" && release === codename && component === "main" && uri.includes("/debian/")) return uri;
  }
  return undefined;
}

/** Adds Debian's security suite to the sources. @returns {Promise<boolean>} whether it was added */
async function addSecuritySuite() {
  const { ID, VERSION_CODENAME: codename } = osRelease();
  if (ID !== "debian" || !codename || fs.existsSync(SOURCES_FILE)) return false;
  const mirror = debianMirror(codename);
  if (!mirror) return false;
  const uri = mirror.replace(/\/debian\//, "/debian-security/").replace(/\/$/, "");
  const signedBy = fs.existsSync(KEYRING) ? `Signed-By: ${KEYRING}\n` : "";
  const text = `# Added by LTO Inspector's set-up: LLVM 22 and rustc-web come from the security suite.\nTypes: deb\nURIs: ${uri}\nSuites: ${codename}-security\nComponents: main\n${signedBy}`;
  // apt only reads *.sources, so it ignores the temporary name.
  fs.writeFileSync(`${SOURCES_FILE}.new`, text);
  fs.renameSync(`${SOURCES_FILE}.new`, SOURCES_FILE);
  console.log(`set-up: added ${codename}-security of the mirror in use, in ${SOURCES_FILE}`);
  try {
    await update(`${codename}-security`);
  } catch (error) {
    fs.rmSync(SOURCES_FILE);
    throw error;
  }
  return true;
}

/** @param {readonly string[]} packages */
function install(packages) {
  // --no-remove: never remove anything that the machine's owner installed.
  const options = ["-y", "--no-install-recommends", "--no-remove", "-o", "Dpkg::Use-Pty=0", ...LOCK];
  return runLogged("apt-get install", "apt-install", "apt-get", ["install", ...options, ...packages], { env: ENVIRONMENT });
}

/**
 * Installs packages, as root.
 *
 * @param {readonly string[]} packages
 * @throws {PlainError} if one is not available, or apt-get fails
 */
export async function aptInstall(packages) {
  let fresh = false;
  if (withoutCandidate(packages).length > 0) {
    await update("package lists");
    fresh = true;
    if (withoutCandidate(packages).length > 0) await addSecuritySuite();
  }
  const unknown = withoutCandidate(packages);
  if (unknown.length > 0) {
    throw new PlainError(
      `This system's package sources have no ${unknown.join(", ")}. Add a source that has them (Debian 12 has them in its security suite), then run this again.`,
    );
  }
  try {
    await install(packages);
  } catch (error) {
    // Outdated lists name package files that the mirror has replaced since.
    if (fresh) throw error;
    await update("the lists were out of date");
    await install(packages);
  }
}
