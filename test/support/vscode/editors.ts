/** Editors, diff editors and webviews of the active editor group. */
import { setTimeout as delay } from "node:timers/promises";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { ASK_AGAIN_MILLIS, until } from "../patience.js";
import { eventually, exactly, NAME, plain, visibleLines } from "./dom.js";
import type { Line } from "./dom.js";

export interface Diff {
  readonly original: readonly Line[];
  readonly modified: readonly Line[];
}

/** One file of a multi-file diff. */
export interface FileDiff extends Diff {
  readonly title: string;
}

function isTitle(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

export class Editors {
  private readonly page: Page;
  private readonly group: Locator;

  constructor(page: Page) {
    this.page = page;
    this.group = page.locator(".editor-group-container.active");
  }

  /** The titles of all open tabs. */
  async tabs(): Promise<string[]> {
    // A file's name consists of two parts, with nothing else around them.
    const labels = await this.page.locator(".tabs-container .tab .tab-label").allTextContents();
    return labels.map(plain);
  }

  /** The title of the active tab; empty if nothing is open. */
  async active(): Promise<string> {
    const label = this.group.locator(".tab.active .tab-label");
    return (await label.count()) === 0 ? "" : plain(await label.first().textContent());
  }

  /** Waits until a tab is active. */
  async whenActive(title: string | RegExp): Promise<string> {
    return eventually(
      `editor ${String(title)}`,
      () => this.active(),
      (active) => isTitle(active, title),
    );
  }

  private async linesOf(editors: Locator): Promise<Line[]> {
    return (await editors.count()) === 0 ? [] : visibleLines(editors.first());
  }

  private async diffIn(diff: Locator): Promise<Diff> {
    return {
      original: await this.linesOf(diff.locator(".editor.original > .monaco-editor")),
      modified: await this.linesOf(diff.locator(".editor.modified > .monaco-editor")),
    };
  }

  /** The lines on the screen of the active text editor. */
  async lines(): Promise<string[]> {
    const lines = await this.linesOf(this.group.locator(".editor-instance .monaco-editor[role='code']"));
    return lines.map(({ text }) => text);
  }

  /** The lines on the screen of the active diff editor. */
  async diff(): Promise<Diff> {
    return this.diffIn(this.group.locator(".monaco-diff-editor").first());
  }

  /** Waits until the active diff editor is right. @throws with its content */
  async whenDiff(what: string, isRight: (diff: Diff) => boolean): Promise<Diff> {
    return eventually(`diff with ${what}`, () => this.diff(), isRight);
  }

  /** The files on the screen of the active multi-file diff. */
  async multiDiff(): Promise<FileDiff[]> {
    const entries = await this.group.locator(".multiDiffEditor .multiDiffEntry").all();
    const parts: FileDiff[] = [];
    for (const entry of entries) {
      if (!(await entry.isVisible())) continue;
      const title = plain(await entry.locator(`.title.modified ${NAME}`).textContent());
      parts.push({ title, ...(await this.diffIn(entry.locator(".monaco-diff-editor").first())) });
    }
    return parts;
  }

  /**
   * Follows the first link with this text in the active text editor, as a user does with Ctrl+click. On a slow machine, a click on an editor that
   * has just become active can be lost, so this repeats it.
   *
   * @param title the title of the target
   */
  async follow(label: string | RegExp, title: string | RegExp): Promise<void> {
    const links = this.group.locator(".editor-instance .monaco-editor[role='code'] .detected-link");
    // An editor writes non-breaking spaces.
    const text = typeof label === "string" ? new RegExp(exactly(label).source.replaceAll(" ", "\\s")) : label;
    const link = links.filter({ hasText: text }).first();
    // While Ctrl is held, the editor inserts an element under the mouse.
    await until(`editor ${String(title)} behind the link ${String(label)}`, async () => {
      await link.click({ modifiers: ["Control"], force: true, timeout: ASK_AGAIN_MILLIS }).catch(() => undefined);
      return this.comes(title);
    });
  }

  /** Whether a tab becomes active soon. */
  private async comes(title: string | RegExp): Promise<boolean> {
    const end = Date.now() + ASK_AGAIN_MILLIS;
    while (Date.now() < end) {
      if (isTitle(await this.active(), title)) return true;
      await delay(50);
    }
    return false;
  }

  /** Presses a button in the title bar of the active editor. */
  async press(name: string): Promise<void> {
    await this.group.locator(".editor-actions").getByRole("button", { name }).first().click();
  }

  /** The document of the webview on the screen. Playwright's locators work in it. */
  webview(): FrameLocator {
    return this.page.locator("iframe.webview.ready:visible").contentFrame().locator("iframe#active-frame").contentFrame();
  }

  async closeAll(): Promise<void> {
    await this.page.keyboard.press("Control+K");
    await this.page.keyboard.press("Control+W");
    await eventually(
      "empty editor area",
      () => this.tabs(),
      (tabs) => tabs.length === 0,
    );
  }
}
