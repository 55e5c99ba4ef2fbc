/** A tree view in the side bar. */
import type { Locator, Page } from "playwright-core";
import { eventually, exactly, NAME, plain } from "./dom.js";
import type { PageElement } from "./dom.js";

export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 at the top. */
  readonly level: number;
  /** null for a row without children. */
  readonly expanded: boolean | null;
  readonly selected: boolean;
  /** The text for screen readers. */
  readonly ariaLabel: string;
}

export class TreeView {
  readonly pane: Locator;
  private readonly page: Page;

  constructor(page: Page, title: string) {
    this.page = page;
    this.pane = page.locator(".pane").filter({ has: page.locator(".pane-header h3.title").getByText(title, { exact: true }) });
  }

  /** The row with this label, if it is on the screen. */
  row(label: string): Locator {
    return this.pane.locator(".monaco-list-row").filter({ has: this.page.locator(NAME, { hasText: exactly(label) }) });
  }

  /** The rows that are on the screen, from top to bottom. */
  async rows(): Promise<TreeRow[]> {
    const found = await this.pane.locator(".monaco-list-rows > .monaco-list-row").evaluateAll((rows: PageElement[]) =>
      rows.map((row) => ({
        index: Number(row.getAttribute("data-index")),
        label: row.querySelector(".monaco-icon-name-container")?.textContent ?? null,
        description: row.querySelector(".label-description")?.textContent ?? null,
        level: Number(row.getAttribute("aria-level")),
        expanded: row.getAttribute("aria-expanded"),
        selected: row.getAttribute("aria-selected") === "true",
        ariaLabel: row.getAttribute("aria-label"),
      })),
    );
    return found
      .sort((a, b) => a.index - b.index)
      .map(({ label, description, level, expanded, selected, ariaLabel }) => ({
        label: plain(label),
        description: plain(description),
        level,
        expanded: expanded === null ? null : expanded === "true",
        selected,
        ariaLabel: plain(ariaLabel),
      }));
  }

  /** Waits until the rows on the screen are right. @throws with the current rows */
  async whenRows(what: string, isRight: (rows: readonly TreeRow[]) => boolean): Promise<TreeRow[]> {
    return eventually(`${what} in the tree`, () => this.rows(), isRight);
  }

  /** The view's text instead of rows, including buttons. */
  async welcome(): Promise<string> {
    return plain(await this.pane.locator(".welcome-view-content").innerText());
  }

  /** Presses a button of the welcome view, or a button in the view's title. */
  async press(name: string): Promise<void> {
    // Buttons in the title are visible while the mouse is over the view.
    await this.pane.hover();
    await this.pane.getByRole("button", { name, exact: true }).first().click();
  }

  /** Scrolls until a row is on the screen. */
  async reveal(label: string): Promise<Locator> {
    const row = this.row(label).first();
    const list = this.pane.locator(".monaco-list").first();
    await list.waitFor();
    if ((await row.count()) > 0) return row;
    await list.focus();
    await this.page.keyboard.press("Home");
    let [last, rounds] = ["", 1];
    for (;;) {
      const before = await this.rows();
      const end = before.at(-1)?.ariaLabel ?? "";
      if ((await row.count()) > 0) return row;
      // Rows that were added during scrolling may have been missed.
      if (end === last && rounds++ === 1) {
        await this.page.keyboard.press("Home");
        last = "";
        continue;
      }
      if (end === last) {
        throw new Error(`there is no "${label}" in the tree; its last rows are ${JSON.stringify(before.slice(-5).map((at) => at.label))}`);
      }
      last = end;
      await this.page.keyboard.press("PageDown");
      await this.page.keyboard.press("PageDown");
    }
  }

  async select(label: string): Promise<void> {
    await (await this.reveal(label)).click();
  }

  /** Expands a row by its arrow, which (unlike its label) runs no command, and waits for its children. */
  async expand(label: string): Promise<void> {
    const row = await this.reveal(label);
    if ((await row.getAttribute("aria-expanded")) !== "false") return;
    await row.locator(".monaco-tl-twistie").click();
    await this.whenRows(`expanded "${label}"`, (rows) => rows.some((at) => at.label === label && at.expanded === true));
    await this.whenRows(`row below "${label}"`, (rows) => {
      const index = rows.findIndex((at) => at.label === label);
      return index === rows.length - 1 || (rows[index + 1]?.level ?? 0) > (rows[index]?.level ?? 0);
    });
  }

  /** Collapses a row. */
  async collapse(label: string): Promise<void> {
    const row = await this.reveal(label);
    if ((await row.getAttribute("aria-expanded")) !== "true") return;
    await row.locator(".monaco-tl-twistie").click();
    await this.whenRows(`collapsed "${label}"`, (rows) => rows.some((at) => at.label === label && at.expanded === false));
  }

  /** Presses a button at the end of a row. */
  async action(label: string, name: string): Promise<void> {
    const row = await this.reveal(label);
    await row.hover();
    await row.getByRole("button", { name, exact: true }).click();
  }

  /** The tooltip of a row. */
  async tooltip(label: string, isRight: (text: string) => boolean): Promise<string> {
    await (await this.reveal(label)).hover();
    const hover = this.page.locator(".workbench-hover, .monaco-hover").filter({ visible: true });
    return eventually(`tooltip of "${label}"`, async () => plain((await hover.allInnerTexts()).join("\n")), isRight);
  }

  /** Chooses from a row's context menu. */
  async contextMenu(label: string, item: string): Promise<void> {
    await (await this.reveal(label)).click({ button: "right" });
    await chooseFromMenu(this.page, item);
  }
}

/** Chooses from the context menu that is open. */
export async function chooseFromMenu(page: Page, item: string): Promise<void> {
  const menu = page.locator(".context-view .monaco-menu");
  const wanted = menu.locator(".action-menu-item").filter({ hasText: item }).first();
  await wanted.waitFor();
  // For a moment after opening, a menu ignores clicks, so that the click that opened it does not count.
  await eventually(
    `closed menu after "${item}"`,
    async () => {
      if (await menu.first().isVisible()) await wanted.click({ timeout: 1000 }).catch(() => undefined);
      await page.waitForTimeout(100);
      return menu.first().isVisible();
    },
    (open) => !open,
  );
}
