/** What VS Code's window shows, read from its page. */
import type { Locator } from "playwright-core";
import { PATIENCE_MILLIS } from "../patience.js";

/** As much of the browser's Element as is used in callbacks that run in the page. */
export interface PageElement {
  readonly textContent: string | null;
  readonly style: { readonly top: string };
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  scrollIntoView(how: { readonly block: "start"; readonly behavior: "instant" }): void;
}

/** A line of an editor. */
export interface Line {
  readonly text: string;
  /** Marked by a diff editor as only on its side. */
  readonly changed: boolean;
}

/** Monaco writes spaces as non-breaking ones, and some more marks around what is invisible. */
export function plain(text: string | null): string {
  return (text ?? "")
    .replaceAll("\u00A0", " ")
    .replaceAll(/[\u200B-\u200F\u202A-\u202E]/g, "")
    .trim();
}

/** Brings something to the top of what scrolls around it. */
export async function scrollTo(place: Locator): Promise<void> {
  await place.evaluate((element: PageElement) => {
    element.scrollIntoView({ block: "start", behavior: "instant" });
  });
}

/** Where lists and trees write a name. */
export const NAME = ".monaco-icon-name-container";

/** Matches a text as a whole. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`);
}

interface Placed {
  readonly top: number;
  readonly text: string | null;
}

/** The rows below a locator by their place on the screen, which is not their place in the document. */
async function placed(rows: Locator): Promise<Placed[]> {
  const found = await rows.evaluateAll((elements: PageElement[]) =>
    elements.map((element) => ({ top: Number.parseFloat(element.style.top), text: element.textContent })),
  );
  return found.sort((a, b) => a.top - b.top);
}

/** The lines of an editor that are on the screen, from top to bottom. */
export async function visibleLines(editor: Locator): Promise<Line[]> {
  const marked = await placed(editor.locator(".view-overlays > div").filter({ has: editor.page().locator(".line-insert, .line-delete") }));
  const changed = new Set(marked.map(({ top }) => top));
  const lines = await placed(editor.locator(".view-lines > .view-line"));
  return lines.map(({ top, text }) => ({ text: (text ?? "").replaceAll("\u00A0", " "), changed: changed.has(top) }));
}

/** Waits until something read from the page is as it should be. @throws with what was read last */
export async function eventually<T>(what: string, read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > end) throw new Error(`there is still no ${what}, but ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
