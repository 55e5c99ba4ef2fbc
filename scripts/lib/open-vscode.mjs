// Opens a folder in VS Code with the extension's package installed, at the end of `npm start`.
import fs from "node:fs";
import path from "node:path";
import { cache } from "./paths.mjs";
import { PlainError, run } from "./run.mjs";
import { installExtension, startVscodeServer } from "./vscode-server.mjs";

/** @typedef {{ folder: string, vsix: string, env?: Readonly<Record<string, string>>, settings?: Readonly<Record<string, unknown>> }} OpenOptions */

/** Whether a window can be shown: there is a desktop, or this is a terminal inside VS Code, whose `code` controls the surrounding window. */
function hasScreen() {
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return ["DISPLAY", "WAYLAND_DISPLAY", "VSCODE_IPC_HOOK_CLI"].some((name) => process.env[name]);
}

/**
 * The `code` command, if it can show a window.
 *
 * @returns {string | undefined}
 */
export function codeCommand() {
  if (!hasScreen()) return undefined;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** What has to be set up before `openVscode`: nothing if `code` can be used. @returns {readonly import("./setup.mjs").Need[]} */
export function needsToOpen() {
  return codeCommand() === undefined ? ["vscode"] : [];
}

/** @param {string} code @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
async function runCode(code, args, env) {
  const { code: status, output } = await run(code, args, { env });
  if (status !== 0) throw new PlainError(`\`code ${args.join(" ")}\` failed:\n${output.trim()}`);
}

/** @param {string} code @param {OpenOptions} options */
async function openOnDesktop(code, { folder, vsix, env = {} }) {
  const environment = { ...process.env, ...env };
  await runCode(code, ["--install-extension", vsix, "--force"], environment);
  await runCode(code, ["--new-window", folder], environment);
  console.log(`${folder} is open in VS Code.`);
}

/** Keeps this process running until the user interrupts it. @param {Promise<void>} serverEnded @returns {Promise<void>} */
function untilInterrupted(serverEnded) {
  return new Promise((resolve, reject) => {
    // run.mjs ends the process at the first signal; here there is something to close first.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal).once(signal, () => resolve());
    void serverEnded.then(() => reject(new PlainError("VS Code's server has exited unexpectedly.")));
  });
}

/** @param {OpenOptions} options */
async function openInBrowser({ folder, vsix, env = {}, settings = {} }) {
  const dataDir = path.join(cache, "vscode");
  await installExtension(dataDir, vsix);
  // The folder is trusted: it is this repository's own example.
  const server = await startVscodeServer({ dataDir, env, settings, token: true });
  const interrupted = untilInterrupted(server.ended);
  console.log(`\nVS Code shows ${folder} at\n\n  ${server.folderUrl(folder)}\n\nIt runs on this machine only, until you press Ctrl-C.`);
  await interrupted;
  console.log("\nClosing VS Code's server …");
  await server.stop();
}

/**
 * Opens a folder in this desktop's VS Code and returns; otherwise opens it in a server on 127.0.0.1 that runs until Ctrl-C.
 *
 * @param {OpenOptions} options `env` and `settings` reach the extension (the former on a desktop only when VS Code was not running yet, the latter not)
 * @throws {PlainError} when the package cannot be installed or VS Code does not start
 */
export async function openVscode(options) {
  const code = codeCommand();
  if (code === undefined) await openInBrowser(options);
  else await openOnDesktop(code, options);
}
