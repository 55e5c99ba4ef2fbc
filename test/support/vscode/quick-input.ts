/** The command palette, quick picks and input boxes. */
import type { Locator, Page } from "playwright-core";
import { ASK_AGAIN_MILLIS, PATIENCE_MILLIS } from "../patience.js";
import { exactly, NAME, plain } from "./dom.js";
import type { PageElement } from "./dom.js";

export interface PickItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** How long the palette may lack a command before it is reopened (longer each time): it lists the commands that were known when it opened. */
const PALETTE_MILLIS = 2000;
const PALETTE_ATTEMPTS = Math.ceil(Math.sqrt((2 * PATIENCE_MILLIS) / PALETTE_MILLIS));

export class QuickInput {
  readonly widget: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.widget = page.locator(".quick-input-widget:visible");
  }

  private get rows(): Locator {
    return this.widget.locator(".quick-input-list .monaco-list-row");
  }

  private row(label: string): Locator {
    return this.rows.filter({ has: this.page.locator(NAME, { hasText: exactly(label) }) }).first();
  }

  /** Waits until it is visible. */
  async shown(): Promise<this> {
    await this.widget.waitFor();
    return this;
  }

  /** Whether it becomes visible. VS Code closes a list when something else takes the focus; the caller can then try again. */
  async comes(): Promise<boolean> {
    return this.widget.waitFor({ timeout: ASK_AGAIN_MILLIS }).then(
      () => true,
      () => false,
    );
  }

  /** Waits until it is hidden. */
  async hidden(): Promise<void> {
    await this.widget.waitFor({ state: "hidden" });
  }

  async isOpen(): Promise<boolean> {
    return (await this.widget.count()) > 0;
  }

  async title(): Promise<string> {
    return plain(await this.widget.locator(".quick-input-title").textContent());
  }

  async placeholder(): Promise<string> {
    return (await this.widget.locator("input.input").getAttribute("placeholder")) ?? "";
  }

  /** The validation message of an input box. */
  async message(): Promise<string> {
    return plain(await this.widget.locator(".quick-input-message").textContent());
  }

  /** The items on the screen. */
  async items(): Promise<PickItem[]> {
    await this.shown();
    return this.listed();
  }

  /** The current items; empty if no list is open. */
  private async listed(): Promise<PickItem[]> {
    const found = await this.rows.evaluateAll((rows: PageElement[]) =>
      rows.map((row) => ({
        label: row.querySelector(".monaco-icon-name-container")?.textContent ?? null,
        description: row.querySelector(".label-description")?.textContent ?? null,
        detail: row.querySelector(".quick-input-list-label-meta")?.textContent ?? null,
      })),
    );
    return found.map(({ label, description, detail }) => ({ label: plain(label), description: plain(description), detail: plain(detail) }));
  }

  /** Replaces the text. */
  async type(text: string): Promise<void> {
    await this.shown();
    await this.widget.locator("input.input").fill(text);
  }

  /** Accepts the typed text or the highlighted item. */
  async accept(): Promise<void> {
    await this.page.keyboard.press("Enter");
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.hidden();
  }

  /** Chooses the item with this label. */
  async choose(label: string): Promise<void> {
    await this.shown();
    await this.row(label).click();
  }

  /** Opens the command palette and types a filter. */
  async palette(filter: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press("F1");
      // The palette closes if something else takes the focus while it opens.
      const timeout = attempt * PALETTE_MILLIS;
      const opened = this.widget.waitFor({ timeout }).then(() => this.widget.locator("input.input").fill(`>${filter}`, { timeout }));
      try {
        await opened;
        return;
      } catch (error) {
        if (attempt === PALETTE_ATTEMPTS) throw error;
      }
    }
  }

  /** The titles of the commands that the palette lists for a filter. */
  async commands(filter: string): Promise<string[]> {
    await this.palette(filter);
    // The list follows the typing; without results, it has a row that says so.
    await this.rows.first().waitFor();
    const items = await this.items();
    await this.cancel();
    return items.map(({ label }) => label);
  }

  /**
   * Runs a command from the palette, as a user does.
   *
   * @param title category and title, as the palette shows them
   * @throws if the palette does not list it, with what it lists
   */
  async run(title: string): Promise<void> {
    const row = this.row(title);
    for (let attempt = 1; ; attempt++) {
      await this.palette(title);
      try {
        await row.waitFor({ timeout: attempt * PALETTE_MILLIS });
      } catch (error) {
        // The palette closes if something else takes the focus; then it is reopened.
        const offered = (await this.listed()).map(({ label }) => label);
        if (await this.isOpen()) await this.cancel();
        if (attempt === PALETTE_ATTEMPTS) {
          throw new Error(`the palette does not offer "${title}", but ${offered.join(", ")}`, { cause: error });
        }
        continue;
      }
      // Only once: a click that takes long may have run the command.
      await row.click();
      return;
    }
  }
}
