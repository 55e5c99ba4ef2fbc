/** The dashboard's real bundle in a DOM without a browser, with a made-up extension behind it. */
import { setTimeout as sleep } from "node:timers/promises";
import { JSDOM, VirtualConsole } from "jsdom";
import { bundlePage } from "../harness/serve.js";
import { PATIENCE_MILLIS } from "../../support/patience.js";
import { FakeExtension } from "./fake-extension.js";

/** The table's height in pixels, because jsdom has no layout. */
const GRID_HEIGHT = 400;
const CHART_WIDTH = 800;

let script: Promise<string> | undefined;

export class Dashboard {
  readonly window: JSDOM["window"];
  readonly document: Document;
  readonly extension: FakeExtension;
  /** The state that the page has saved in VS Code. */
  state: unknown;
  /** Uncaught errors. */
  readonly errors: string[] = [];

  constructor(state: unknown) {
    this.state = state;
    const virtualConsole = new VirtualConsole();
    virtualConsole.on("jsdomError", (error) => this.errors.push(error.message));
    virtualConsole.on("error", (...words: unknown[]) => this.errors.push(words.map(String).join(" ")));
    const dom = new JSDOM(
      '<!DOCTYPE html><html lang="en"><head><title>LTO Dashboard</title></head><body><main id="root"></main></body></html>',
      {
        runScripts: "outside-only",
        pretendToBeVisual: true,
        virtualConsole,
      },
    );
    this.window = dom.window;
    this.document = dom.window.document;
    this.extension = new FakeExtension((message) => {
      this.window.dispatchEvent(new this.window.MessageEvent("message", { data: message }));
    });
    this.#layOut();
    Object.assign(this.window, {
      acquireVsCodeApi: () => ({
        postMessage: (message: Parameters<FakeExtension["receive"]>[0]) => {
          this.extension.receive(structuredClone(message));
        },
        getState: () => this.state,
        setState: (kept: unknown) => {
          this.state = structuredClone(kept);
        },
      }),
    });
  }

  /** Adds what jsdom lacks: sizes and their observers. */
  #layOut(): void {
    const { HTMLElement, Element, SVGElement } = this.window;
    Object.defineProperty(Element.prototype, "clientHeight", { get: () => GRID_HEIGHT });
    Object.defineProperty(Element.prototype, "clientWidth", { get: () => CHART_WIDTH });
    Object.defineProperty(HTMLElement.prototype, "offsetHeight", { get: () => 22 });
    Object.assign(Element.prototype, { scrollIntoView: () => undefined });
    Object.assign(this.window, {
      scrollTo: () => undefined,
      ResizeObserver: class {
        observe(): void {
          // Sizes never change here.
        }
      },
    });
    // d3 requests the size of its SVG if it has none.
    Object.assign(SVGElement.prototype, { getScreenCTM: () => null });
  }

  /** Loads the script, and waits until it shows something. */
  async start(): Promise<this> {
    script ??= bundlePage("dashboard").then((assets) => assets.script);
    this.window.eval(`{${await script}}`);
    await this.until("a page", () => this.find("#root").childElementCount > 0);
    return this;
  }

  /** Loads the script, and waits until all sections show the run. */
  async startWithRun(): Promise<this> {
    await this.start();
    await this.until("rows", () => this.rows().length > 0);
    await this.until("bars", () => this.all(".timeline-bars rect").length > 0);
    await this.until("stages", () => this.all(".stages tbody tr").length > 0);
    return this;
  }

  /** Waits for an effect. @throws if it does not occur */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MILLIS;
    // The element may not exist yet.
    const isSoNow = (): boolean => {
      try {
        return isSo();
      } catch {
        return false;
      }
    };
    while (!isSoNow()) {
      if (Date.now() > end) throw new Error(`there is still no ${what}; the page says: ${this.find("#root").textContent.slice(0, 1500)}`);
      await sleep(10);
    }
  }

  /** Waits until no more effects can be pending, to check that something does not happen. */
  async quiet(): Promise<void> {
    await sleep(400);
  }

  get grid(): HTMLElement {
    return this.find(".grid");
  }

  /** The existing rows of decisions, in order. */
  rows(): readonly HTMLElement[] {
    const place = (row: HTMLElement): number => Number(row.getAttribute("aria-rowindex"));
    return [...this.all('.grid-body [role="row"]:not([aria-busy])')].sort((left, right) => place(left) - place(right));
  }

  /** The texts of one column in the existing rows. */
  column(index: number): readonly string[] {
    return this.rows().map((row) => row.children[index]?.textContent ?? "");
  }

  get activeRow(): HTMLElement {
    return this.find('.grid-body [aria-selected="true"]');
  }

  /** The messages since the last call. */
  news(): FakeExtension["sent"] {
    return this.extension.sent.splice(0);
  }

  button(label: string, within = "#root"): HTMLElement {
    const found = this.all(`${within} vscode-button, ${within} button`).find(
      (element) => element.textContent.trim() === label || element.getAttribute("aria-label") === label,
    );
    if (found === undefined) throw new Error(`there is no button ${label}`);
    return found;
  }

  find(selector: string): HTMLElement {
    const found = this.document.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`there is no ${selector} in ${this.document.body.innerHTML.slice(0, 2000)}`);
    return found;
  }

  all(selector: string): readonly HTMLElement[] {
    return [...this.document.querySelectorAll<HTMLElement>(selector)];
  }

  texts(selector: string): readonly string[] {
    return this.all(selector).map((element) => element.textContent.trim());
  }

  key(target: HTMLElement, key: string, options: KeyboardEventInit = {}): void {
    target.dispatchEvent(new this.window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  }

  /** Sets a control of the toolkit as a user does. */
  change(element: HTMLElement, value: string, event: "input" | "change"): void {
    Object.assign(element, { value });
    element.dispatchEvent(new this.window.Event(event, { bubbles: true }));
  }

  /** When VS Code hides a page and shows it again, it is a new page with the same state. */
  hideAndShow(): Dashboard {
    this.window.dispatchEvent(new this.window.Event("pagehide"));
    const { state } = this;
    this.close();
    return new Dashboard(state);
  }

  close(): void {
    this.window.close();
  }
}
