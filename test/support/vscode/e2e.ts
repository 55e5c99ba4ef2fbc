/**
 * Tests of the installed package in a window of VS Code, each with its own VS Code, workspace and store. A test that fails saves a picture of the
 * window in .cache/screenshots and prints the ends of all logs.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { installExtension, startVscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import type { VscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import { vsixFile } from "../../../scripts/lib/vsix.mjs";
import type { DisplayLanguage } from "../../../src/protocol/l10n.js";
import { PATIENCE_MILLIS } from "../patience.js";
import { launchBrowser } from "./browser.js";
import type { Environment } from "./host-run.js";
import { strangersIn, untilGone } from "./leftovers.js";
import { newSandbox, showLogs } from "./sandbox.js";
import type { Sandbox, WorkspaceFiles } from "./sandbox.js";
import { Workbench } from "./workbench.js";

export interface WindowOptions {
  /** What VS Code opens: a folder to copy (without what was built in it), or files; an empty folder by default. */
  readonly workspace?: string | WorkspaceFiles;
  /** A `*.code-workspace` file to open in it; default: the folder itself. */
  readonly open?: string;
  /** The package to install; default: the one of `npm run package`. */
  readonly vsix?: string;
  readonly env?: Environment;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder opens in Restricted Mode, as for users. */
  readonly askTrust?: boolean;
  /** The display language, for which the installed extension gets these translations. */
  readonly language?: WindowLanguage;
  /** The size of the window, in pixels. */
  readonly size?: { readonly width: number; readonly height: number };
}

export interface WindowLanguage {
  /** Texts of package.json. */
  readonly manifest: Readonly<Record<string, string>>;
  /** All others. */
  readonly display: DisplayLanguage;
}

const SIZE = { width: 1400, height: 900 };

/** Settings that make pictures and texts of the window reproducible. */
const STEADY_SETTINGS = {
  "editor.cursorBlinking": "solid",
  "editor.minimap.enabled": false,
  "terminal.integrated.gpuAcceleration": "off",
  "terminal.integrated.enablePersistentSessions": false,
  "workbench.colorTheme": "Dark 2026",
  "workbench.reduceMotion": "on",
};

/** What a test receives. */
export interface Vscode {
  readonly window: Workbench;
  readonly server: VscodeServer;
  readonly sandbox: Sandbox;
  /** Closes the window as a user does. @returns processes of the extension that still run after some seconds */
  close(): Promise<ReturnType<typeof strangersIn>>;
}

/** What the workbench of a VS Code with a language pack has before its scripts run; its own texts stay English. */
function displaying(language: string): string {
  return `globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)};`;
}

/** Adds a translation to the installed extension, where VS Code looks for it. */
function addTranslation(dataDir: string, { manifest, display: { language, texts } }: WindowLanguage): void {
  const folder = path.join(dataDir, "ext");
  const name = fs.readdirSync(folder).find((entry) => entry.startsWith("lto-inspector."));
  if (name === undefined) throw new Error(`${folder} has no LTO Inspector.`);
  fs.writeFileSync(path.join(folder, name, `package.nls.${language}.json`), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, name, "l10n", `bundle.l10n.${language}.json`), JSON.stringify(texts));
}

async function openWindow(browser: Browser, server: VscodeServer, sandbox: Sandbox, name: string, options: WindowOptions): Promise<Vscode> {
  const page = await browser.newPage({ viewport: options.size ?? SIZE, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  if (options.language !== undefined) await page.addInitScript(displaying(options.language.display.language));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const window = new Workbench(page, server, name.replaceAll(/[^\w]+/g, "-").toLowerCase(), { ...STEADY_SETTINGS, ...options.settings });
  await window.open(options.open === undefined ? sandbox.workspace : path.join(sandbox.workspace, options.open));
  const close = async (): Promise<ReturnType<typeof strangersIn>> => {
    await page.close();
    return untilGone(() => strangersIn(server));
  };
  return { window, server, sandbox, close };
}

/** Part of a test, with its own result. If it fails, it saves a picture and closes everything that could disturb the next one. */
export type Step = (name: string, body: () => Promise<void>) => Promise<void>;

type Body = (vscode: Vscode, step: Step) => Promise<void>;

function stepsOf(t: TestContext, { window }: Vscode): Step {
  return (name, body) =>
    t.test(name, async () => {
      try {
        await body();
      } catch (error) {
        if (window.page.isClosed()) throw error;
        const picture = await window.picture(`failure ${name}`).catch(() => "no picture could be taken");
        await window.page.keyboard.press("Escape");
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n(see ${picture})`, { cause: error });
      }
    });
}

/** Adds to a failure what is needed to understand it. */
async function explain(error: unknown, { window, server }: Vscode): Promise<Error> {
  const picture = window.page.isClosed()
    ? "the window was closed"
    : await window.picture("failure").catch(() => "no picture could be taken");
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${message}\n(see ${picture})\n${showLogs(server.dataDir, server.output())}`, { cause: error });
}

async function runInWindow(t: TestContext, options: WindowOptions, body: Body): Promise<void> {
  const sandbox = newSandbox(options.workspace);
  const browser = await launchBrowser();
  let server: VscodeServer | undefined;
  try {
    await installExtension(sandbox.dataDir, options.vsix ?? vsixFile());
    if (options.language !== undefined) addTranslation(sandbox.dataDir, options.language);
    const { askTrust = false } = options;
    const settings = { ...STEADY_SETTINGS, ...options.settings };
    server = await startVscodeServer({ dataDir: sandbox.dataDir, env: { ...sandbox.env, ...options.env }, settings, askTrust });
    const vscode = await openWindow(browser, server, sandbox, t.name, options);
    try {
      await body(vscode, stepsOf(t, vscode));
    } catch (error) {
      throw await explain(error, vscode);
    }
    const leftovers = await vscode.close();
    assert.deepEqual(leftovers, [], "processes that outlived the window");
  } finally {
    await browser.close();
    await server?.stop();
    sandbox.remove();
  }
}

/** Declares a test of node:test that runs in its own window. */
export function windowTest(name: string, options: WindowOptions, body: Body): void {
  test(name, (t) => runInWindow(t, options, body));
}
