/** A window of VS Code, as users see and use it. */
import fs from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { cache } from "../../../scripts/lib/paths.mjs";
import type { VscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import { eventually, plain } from "./dom.js";
import { Editors } from "./editors.js";
import { QuickInput } from "./quick-input.js";
import { TreeView } from "./tree.js";

/** The name of VS Code's colour theme, and the class that its window then has. */
const THEMES = {
  dark: { setting: "Dark 2026", class: "vs-dark" },
  light: { setting: "Light 2026", class: "vs" },
  "high-contrast": { setting: "Default High Contrast", class: "hc-black" },
  "high-contrast-light": { setting: "Default High Contrast Light", class: "hc-light" },
} as const;

export type Theme = keyof typeof THEMES;

/** The themes of every picture. */
export const PICTURE_THEMES: readonly Theme[] = ["dark", "light", "high-contrast"];

export interface Notification {
  readonly message: string;
  readonly severity: "info" | "warning" | "error" | "none";
  readonly buttons: readonly string[];
}

/** A text to equal or to match. */
type Wanted = string | RegExp;

export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly editors: Editors;
  private readonly server: VscodeServer;
  private readonly pictures: string;
  private settings: Readonly<Record<string, unknown>>;
  /** The number of changes of the settings. */
  private configured = 0;

  /**
   * @param pictures the folder in .cache/screenshots for pictures
   * @param settings the current user settings
   */
  constructor(page: Page, server: VscodeServer, pictures: string, settings: Readonly<Record<string, unknown>>) {
    this.page = page;
    this.server = server;
    this.pictures = path.join(cache, "screenshots", pictures);
    this.settings = settings;
    this.quickInput = new QuickInput(page);
    this.editors = new Editors(page);
  }

  /** Opens a folder or a .code-workspace file in this page, or reopens the same one. */
  async open(folder: string): Promise<void> {
    await this.page.goto(this.server.folderUrl(folder));
    await this.whenOpen();
  }

  /** Reloads the window as a user does, which keeps its state. */
  async reload(): Promise<void> {
    await Promise.all([this.page.waitForEvent("load"), this.command("Developer: Reload Window")]);
    await this.whenOpen();
  }

  private async whenOpen(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor();
    // The window appears before it has read its settings.
    const theme = Object.values(THEMES).find(({ setting }) => setting === this.settings["workbench.colorTheme"]);
    if (theme) await this.page.locator(`.monaco-workbench.${theme.class}`).waitFor();
  }

  /** Runs a command from the palette: category and title, as the palette shows them. */
  async command(title: string): Promise<void> {
    await this.quickInput.run(title);
  }

  /** Opens a container of the activity bar. */
  async openContainer(title: string): Promise<void> {
    const button = this.page.locator(".activitybar .action-item").filter({ has: this.page.locator(`a[aria-label^="${title}"]`) });
    await button.waitFor();
    if ((await button.getAttribute("class"))?.includes("checked") !== true) await button.click();
    await this.page.locator(".sidebar .title-label h2").getByText(title).waitFor();
  }

  /** Makes the side bar this wide, in pixels, by dragging its edge. */
  async sideBarWidth(width: number): Promise<void> {
    const { x = 0, y = 0, width: now = 0, height = 0 } = (await this.page.locator(".part.sidebar").boundingBox()) ?? {};
    await this.page.mouse.move(x + now, y + height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width, y + height / 2, { steps: 10 });
    await this.page.mouse.up();
  }

  tree(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /** The buttons of all empty views in the side bar. */
  async emptyButtons(): Promise<string[]> {
    const buttons = await this.page.locator(".sidebar .welcome-view-content .monaco-button:visible").allInnerTexts();
    return buttons.map(plain);
  }

  /** The texts of the status bar. */
  async statusBar(): Promise<string[]> {
    const items = await this.page.locator(".statusbar-item:visible").allTextContents();
    return items.map(plain).filter((text) => text !== "");
  }

  statusBarItem(text: Wanted): Locator {
    return this.page.locator(".statusbar-item:visible").filter({ hasText: text });
  }

  async whenStatusBar(text: Wanted): Promise<void> {
    await this.statusBarItem(text).first().waitFor();
  }

  private toast(message: Wanted): Locator {
    const wanted = this.page.locator(".notification-list-item-message").filter({ hasText: message });
    return this.page.locator(".notifications-toasts .notification-list-item").filter({ has: wanted }).first();
  }

  /** Waits for a notification. */
  async notification(message: Wanted): Promise<Notification> {
    const toast = this.toast(message);
    await toast.waitFor();
    const icon = (await toast.locator(".notification-list-item-icon").getAttribute("class")) ?? "";
    return {
      message: plain(await toast.locator(".notification-list-item-message").textContent()),
      severity: (/codicon-(info|warning|error)/.exec(icon)?.[1] as Notification["severity"] | undefined) ?? "none",
      buttons: await toast.locator(".notification-list-item-buttons-container .monaco-button").allTextContents(),
    };
  }

  /** Waits for a notification and presses one of its buttons: "Cancel" for a progress that can be cancelled. */
  async answer(message: Wanted, button: string): Promise<void> {
    const toast = this.toast(message);
    await toast.waitFor();
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  async clearNotifications(): Promise<void> {
    await this.command("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "hidden" });
  }

  /** A modal dialog: `showInformationMessage` with `modal`, or the one about trust. */
  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** Trusts the folder of a window in Restricted Mode. */
  async trust(): Promise<void> {
    await this.command("Workspaces: Manage Workspace Trust");
    await this.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await this.statusBarItem("Restricted Mode").waitFor({ state: "hidden" });
  }

  /**
   * Revokes what `trust` has granted: removes the folder from the list. A window on a server then reloads at some time, and clicks before that are
   * lost.
   */
  async distrust(): Promise<void> {
    await this.command("Workspaces: Manage Workspace Trust");
    const folder = this.page.locator(".workspace-trust-editor .trusted-uris-table .monaco-list-row").first();
    await folder.hover();
    await Promise.all([this.page.waitForEvent("load"), folder.locator(".codicon-workspace-trust-editor-remove-folder").click()]);
    await this.whenOpen();
    await this.whenStatusBar("Restricted Mode");
  }

  /** The text on the screen of the active terminal. */
  async terminal(): Promise<string> {
    const rows = await this.page.locator(".terminal-wrapper.active .xterm-rows > div").allTextContents();
    return rows.map(plain).join("\n").trim();
  }

  async whenTerminal(text: RegExp): Promise<string> {
    return eventually(
      `terminal with ${String(text)}`,
      () => this.terminal(),
      (shown) => text.test(shown),
    );
  }

  /** What a command copied. */
  async clipboard(): Promise<string> {
    return this.page.evaluate<string>("navigator.clipboard.readText()");
  }

  /** Changes settings and waits until the window has read them, which its title shows because that is a setting. */
  async configure(changes: Readonly<Record<string, unknown>>): Promise<void> {
    this.configured += 1;
    const title = `settings ${this.configured}`;
    this.settings = { ...this.settings, ...changes, "window.title": title };
    this.server.writeSettings(this.settings);
    await eventually(
      "change of settings",
      () => this.page.title(),
      (shown) => shown.includes(title),
    );
  }

  /** Changes the colour theme and waits until it is applied. */
  async theme(theme: Theme): Promise<void> {
    await this.configure({ "workbench.colorTheme": THEMES[theme].setting });
    await this.page.locator(`.monaco-workbench.${THEMES[theme].class}`).waitFor();
  }

  /** Takes a picture of the window. @returns its file */
  async picture(name: string): Promise<string> {
    const file = path.join(this.pictures, `${name}.png`);
    fs.mkdirSync(this.pictures, { recursive: true });
    // A tooltip under the mouse would be in the picture.
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    return file;
  }

  /** Takes a picture in each of three themes, and leaves the dark one. @returns the files */
  async threePictures(name: string): Promise<string[]> {
    const files: string[] = [];
    for (const theme of PICTURE_THEMES) {
      await this.theme(theme);
      // Icons and webviews get the new colours a little later than the window.
      await this.page.waitForTimeout(300);
      files.push(await this.picture(`${name}.${theme}`));
    }
    await this.theme("dark");
    return files;
  }
}
