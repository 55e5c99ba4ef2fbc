// Starts and stops the VS Code server of vscode.mjs. All its data is in one folder. Everything that it starts has a mark in its environment, is
// ended with it, and also ends if this process is killed.
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWith } from "./processes.mjs";
import { inRoot, root } from "./paths.mjs";
import { PlainError, run } from "./run.mjs";
import { hasVscodeServer, serverMain, serverNode } from "./vscode.mjs";

/** A variable in the environment of the server and everything that it starts; each server has its own value. */
const MARK = "LTO_INSPECTOR_VSCODE";
/** Far more than a start takes on a slow machine. */
const START_MILLIS = 10 * 60_000;
/** How long an extension host outlives a window that was not closed properly. */
const RECONNECTION_SECONDS = 5;

/** Settings that keep VS Code from opening, asking, looking up or installing things. */
const QUIET_SETTINGS = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": "off",
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "telemetry.telemetryLevel": "off",
  "window.autoDetectColorScheme": false,
  "workbench.editor.useModal": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/**
 * @typedef {import("./processes.mjs").Process} Process
 *
 * @typedef {object} ServerOptions
 * @property {string} dataDir kept: settings, installed extensions, state
 * @property {Readonly<Record<string, string | undefined>>} [env] for the extension host and its children, in addition to this process's; undefined
 * removes a variable
 * @property {Readonly<Record<string, unknown>>} [settings] take precedence over the settings that keep VS Code quiet
 * @property {boolean} [askTrust] folders open in Restricted Mode, as for users; otherwise every folder is trusted
 * @property {boolean} [testDriver] needed for tests inside the extension host; it hides notifications
 * @property {boolean} [token] only a page with the token in its URL may connect
 * @property {number} [port] the default 0 chooses a free one
 *
 * @typedef {object} VscodeServer
 * @property {number} port
 * @property {string} url of the empty window, with the token
 * @property {string} dataDir
 * @property {(folder: string, parameters?: Readonly<Record<string, string>>) => string} folderUrl of a folder's window, or of a .code-workspace
 * file's
 * @property {(settings: Readonly<Record<string, unknown>>) => void} writeSettings replaces the settings that take precedence over the quiet ones;
 * windows apply them at once
 * @property {() => Process[]} processes all running processes, including the server
 * @property {() => string} output what the server has printed
 * @property {Promise<void>} ended
 * @property {() => Promise<Process[]>} stop resolves to the processes that outlived the server and were killed
 */

/** @param {string} dataDir @param {string} part */
const within = (dataDir, part) => path.join(dataDir, part);

/** @param {string} dataDir */
function dataArguments(dataDir) {
  const folders = { "server-data-dir": "server", "user-data-dir": "user", "extensions-dir": "ext" };
  return Object.entries(folders).flatMap(([option, folder]) => [`--${option}`, within(dataDir, folder)]);
}

/** @param {ServerOptions} options */
function serverArguments({ dataDir, askTrust = false, testDriver = false, token = false, port = 0 }) {
  return [
    ...[serverMain, "--host", "127.0.0.1", "--port", String(port), "--accept-server-license-terms"],
    ...dataArguments(dataDir),
    ...["--telemetry-level", "off", "--disable-telemetry", "--disable-experiments", "--force-disable-user-env"],
    ...["--reconnection-grace-time", String(RECONNECTION_SECONDS)],
    ...(token ? ["--connection-token-file", within(dataDir, "token")] : ["--without-connection-token"]),
    ...(askTrust ? [] : ["--disable-workspace-trust"]),
    ...(testDriver ? ["--enable-smoke-test-driver"] : []),
  ];
}

/** For sockets, whose paths are limited to about a hundred characters. */
function newTemporaryFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "lto-vscode-"));
}

/** @param {string} folder */
function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * This process's environment without the variables of a surrounding VS Code or test runner.
 *
 * @param {string} temporary the folder for temporary files
 * @param {Readonly<Record<string, string | undefined>>} [changes]
 * @returns {NodeJS.ProcessEnv}
 */
function environment(temporary, changes) {
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_|npm_)/.test(name));
  return { ...Object.fromEntries(own), EXTENSIONS_GALLERY: "{}", TMPDIR: temporary, ...changes };
}

/** @param {string} file @param {Readonly<Record<string, unknown>>} settings */
function writeSettingsFile(file, settings) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // Written in place, not renamed: VS Code follows the file that it has opened, and would miss every change after the first.
  fs.writeFileSync(file, JSON.stringify(settings, undefined, 2));
}

/**
 * Writes the user settings, which a window of the server reads once when it opens.
 *
 * @param {string} dataDir
 * @param {Readonly<Record<string, unknown>>} settings take precedence over those that keep VS Code quiet
 */
export function writeUserSettings(dataDir, settings) {
  writeSettingsFile(within(dataDir, "user/User/settings.json"), { ...QUIET_SETTINGS, ...settings });
}

/**
 * Writes the machine settings, which override the user's and take effect at once.
 *
 * @param {string} dataDir
 * @param {Readonly<Record<string, unknown>>} settings
 */
function writeMachineSettings(dataDir, settings) {
  writeSettingsFile(within(dataDir, "user/Machine/settings.json"), settings);
}

function checkInstalled() {
  if (!hasVscodeServer()) throw new PlainError("The VS Code server is not installed: `npm run test:e2e` and `npm start` install it.");
}

/**
 * Installs a package for the server that uses the same data folder.
 *
 * @param {string} dataDir
 * @param {string} vsix
 * @throws {PlainError} with VS Code's own message
 */
export async function installExtension(dataDir, vsix) {
  checkInstalled();
  const temporary = newTemporaryFolder();
  const args = [serverMain, ...dataArguments(dataDir), "--accept-server-license-terms", "--install-extension", vsix, "--force"];
  try {
    const { code, output } = await run(serverNode, args, { env: environment(temporary) });
    const installed = code === 0 && output.includes("was successfully installed");
    if (!installed) throw new PlainError(`VS Code does not install ${vsix}:\n${output.trim()}`);
  } finally {
    removeFolder(temporary);
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => string} output
 * @returns {Promise<number>} the port that the server listens on
 */
async function whenListening(child, output) {
  const end = Date.now() + START_MILLIS;
  while (Date.now() < end) {
    const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null || child.signalCode !== null) throw new PlainError(`VS Code's server does not start:\n${output().trim()}`);
    await sleep(20);
  }
  throw new PlainError(`VS Code's server has not started after ${START_MILLIS / 1000} s:\n${output().trim()}`);
}

/** @param {string} output of supervise.mjs @returns {Process[]} */
function leftovers(output) {
  const line = /^leftovers: (.*)$/m.exec(output)?.[1];
  return line === undefined ? [] : JSON.parse(line);
}

/**
 * Starts a server.
 *
 * @param {ServerOptions} options
 * @returns {Promise<VscodeServer>}
 * @throws {PlainError} if it does not start, with its output
 */
export async function startVscodeServer(options) {
  checkInstalled();
  const { dataDir } = options;
  const token = options.token ? crypto.randomBytes(16).toString("hex") : undefined;
  const temporary = newTemporaryFolder();
  // Machine-scoped settings only work in the second file, application-scoped ones only in the first.
  writeUserSettings(dataDir, options.settings ?? {});
  writeMachineSettings(dataDir, options.settings ?? {});
  if (token !== undefined) fs.writeFileSync(within(dataDir, "token"), token, { mode: 0o600 });
  const mark = crypto.randomUUID();
  const supervise = [inRoot("scripts", "lib", "supervise.mjs"), MARK, mark, serverNode, ...serverArguments(options)];
  const env = { ...environment(temporary, options.env), [MARK]: mark };
  const child = spawn(process.execPath, supervise, { cwd: root, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
  }
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.stdin.end();
    await ended;
    removeFolder(temporary);
    return leftovers(output);
  };
  let port;
  try {
    port = await whenListening(child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  const base = `http://localhost:${port}/`;
  /** @param {Readonly<Record<string, string>>} parameters */
  const url = (parameters) =>
    `${base}?${new URLSearchParams({ ...(token === undefined ? {} : { tkn: token }), ...parameters }).toString()}`;
  return {
    port,
    url: url({}),
    dataDir,
    folderUrl: (folder, parameters = {}) => url({ [folder.endsWith(".code-workspace") ? "workspace" : "folder"]: folder, ...parameters }),
    writeSettings: (settings) => writeMachineSettings(dataDir, settings),
    processes: () => processesWith(MARK, mark).filter(({ pid }) => pid !== child.pid),
    output: () => output,
    ended,
    stop,
  };
}
