/** Reads VS Code's window from its page. */
import type { Locator } from "playwright-core";
import { PATIENCE_MILLIS } from "../patience.js";

/** The part of the browser's Element that callbacks in the page use. */
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
  /** A diff editor marks it as only on this side. */
  readonly changed: boolean;
}

/** Monaco writes non-breaking spaces, and additional marks around invisible characters. */
export function plain(text: string | null): string {
  return (text ?? "")
    .replaceAll("\u00A0", " ")
    .replaceAll(/[\u200B-\u200F\u202A-\u202E]/g, "")
    .trim();
}

/** Scrolls an element to the top. */
export async function scrollTo(place: Locator): Promise<void> {
  await place.evaluate((element: PageElement) => {
    element.scrollIntoView({ block: "start", behavior: "instant" });
  });
}

/** The element in which lists and trees write a name. */
export const NAME = ".monaco-icon-name-container";

/** Matches a whole text. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`);
}

interface Placed {
  readonly top: number;
  readonly text: string | null;
}

/** The rows below a locator in the order of the screen, which differs from the document's. */
async function placed(rows: Locator): Promise<Placed[]> {
  const found = await rows.evaluateAll((elements: PageElement[]) =>
    elements.map((element) => ({ top: Number.parseFloat(element.style.top), text: element.textContent })),
  );
  return found.sort((a, b) => a.top - b.top);
}

/** An editor's lines on the screen, from top to bottom. */
export async function visibleLines(editor: Locator): Promise<Line[]> {
  const marked = await placed(editor.locator(".view-overlays > div").filter({ has: editor.page().locator(".line-insert, .line-delete") }));
  const changed = new Set(marked.map(({ top }) => top));
  const lines = await placed(editor.locator(".view-lines > .view-line"));
  return lines.map(({ top, text }) => ({ text: (text ?? "").replaceAll("\u00A0", " "), changed: changed.has(top) }));
}

/** Waits until something read from the page is right. @throws with the last value */
export async function eventually<T>(what: string, read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > end) throw new Error(`there is still no ${what}, but ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
