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

/** A part of a multi-file diff. */
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
    // A file's name is written in two parts, and nothing else is written beside them.
    const labels = await this.page.locator(".tabs-container .tab .tab-label").allTextContents();
    return labels.map(plain);
  }

  /** The title of the tab in front; empty when nothing is open. */
  async active(): Promise<string> {
    const label = this.group.locator(".tab.active .tab-label");
    return (await label.count()) === 0 ? "" : plain(await label.first().textContent());
  }

  /** Waits until a tab is in front. */
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

  /** The lines on the screen of the text editor in front. */
  async lines(): Promise<string[]> {
    const lines = await this.linesOf(this.group.locator(".editor-instance .monaco-editor[role='code']"));
    return lines.map(({ text }) => text);
  }

  /** The lines on the screen of the diff editor in front. */
  async diff(): Promise<Diff> {
    return this.diffIn(this.group.locator(".monaco-diff-editor").first());
  }

  /** Waits until the diff editor in front is right. @throws with what it shows */
  async whenDiff(what: string, isRight: (diff: Diff) => boolean): Promise<Diff> {
    return eventually(`diff with ${what}`, () => this.diff(), isRight);
  }

  /** The parts on the screen of the multi-file diff in front. */
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
   * Follows the first link with this text in the text editor in front, as the user does: Ctrl and a click. A click on an editor that has just come to the front
   * can be lost on a slow machine, and is made again.
   *
   * @param title of what it opens
   */
  async follow(label: string | RegExp, title: string | RegExp): Promise<void> {
    const links = this.group.locator(".editor-instance .monaco-editor[role='code'] .detected-link");
    // An editor writes spaces as such that no line breaks at.
    const text = typeof label === "string" ? new RegExp(exactly(label).source.replaceAll(" ", "\\s")) : label;
    const link = links.filter({ hasText: text }).first();
    // With Ctrl held the editor puts something of its own under the mouse.
    await until(`editor ${String(title)} behind the link ${String(label)}`, async () => {
      await link.click({ modifiers: ["Control"], force: true, timeout: ASK_AGAIN_MILLIS }).catch(() => undefined);
      return this.comes(title);
    });
  }

  /** Whether a tab comes to the front soon. */
  private async comes(title: string | RegExp): Promise<boolean> {
    const end = Date.now() + ASK_AGAIN_MILLIS;
    while (Date.now() < end) {
      if (isTitle(await this.active(), title)) return true;
      await delay(50);
    }
    return false;
  }

  /** Presses a button in the title bar of the editor in front. */
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
