/** A folder for one test with VS Code's data, a workspace, a state folder and a store; removed afterwards. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Sandbox {
  readonly folder: string;
  /** What VS Code keeps: settings, installed extensions, logs. */
  readonly dataDir: string;
  /** The folder that VS Code opens. */
  readonly workspace: string;
  /** The stage store, separate from the user's. */
  readonly store: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

export type WorkspaceFiles = Readonly<Record<string, string>>;

const LEFT_OUT = new Set(["target", "node_modules", ".git"]);

function copyWorkspace(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true, filter: (source) => source === from || !LEFT_OUT.has(path.basename(source)) });
}

/**
 * @param workspace a folder to copy (without build output), or files by path (`${workspace}` in them is replaced by the folder); default: an empty
 * folder
 */
export function newSandbox(workspace: string | WorkspaceFiles = {}): Sandbox {
  // A short name: the paths of sockets are limited to about a hundred characters.
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "lto-vscode-")));
  const within = (name: string): string => path.join(folder, name);
  for (const name of ["vscode", "workspace", "store", "state"]) fs.mkdirSync(within(name));
  if (typeof workspace === "string") copyWorkspace(workspace, within("workspace"));
  else {
    for (const [name, text] of Object.entries(workspace)) {
      const file = path.join(within("workspace"), name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text.replaceAll("${workspace}", within("workspace")));
    }
  }
  return {
    folder,
    dataDir: within("vscode"),
    workspace: within("workspace"),
    store: within("store"),
    env: { LTO_INSPECTOR_STORE: within("store"), XDG_STATE_HOME: within("state") },
    remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/**
 * The logs of VS Code, its extension host and the extensions, by file, including output channels.
 *
 * @param part part of the file's path, relative to the logs
 */
export function logsOf(dataDir: string, part = ""): Readonly<Record<string, string>> {
  const folder = path.join(dataDir, "user", "logs");
  if (!fs.existsSync(folder)) return {};
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".log") && file.includes(part))
    .sort();
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(folder, file), "utf8")]));
}

/** Logs of VS Code's own parts, which are long and seldom relevant. */
const NOISE = /(^|\/)(vscode\.[\w-]+\/|mcpGateway|remoteagent|remoteCLI|remoteExtHostTelemetry)/;

const NOISY_LINE = /_doActivateExtension vscode\.|vsda|AgentHost|ManagementConnection|^\s*$/;

/** The ends of the logs that concern an extension, to investigate a failure. */
export function showLogs(dataDir: string, serverOutput = "", lines = 40): string {
  const logs = Object.entries(logsOf(dataDir)).filter(([name]) => !NOISE.test(name));
  return [["the server", serverOutput] as const, ...logs]
    .filter(([, text]) => text.trim() !== "")
    .map(
      ([name, text]) =>
        `--- ${name}\n${text
          .split("\n")
          .filter((line) => !NOISY_LINE.test(line))
          .slice(-lines)
          .join("\n")}`,
    )
    .join("\n");
}
