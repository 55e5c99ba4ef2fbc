/**
 * Pages in the editor area, each about one place: opening, restoring, and what is shown when there is nothing to show. They are loaded with the session
 * (later.ts), and work with what they are given of the rest of the client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { FromAnyPage, Nothing } from "../../protocol/page.js";
import { visible } from "../../protocol/visible.js";
import { EditorPageConnection, type MessageFrom } from "./page-connection.js";
import { showPage, type PageName } from "./webview.js";

/** What every page is given of the client. */
export interface EditorPageTools {
  readonly extensionUri: vscode.Uri;
  reportOf(error: unknown): LtoErrorReport;
  showFailure(error: unknown): void;
  warn(text: string): void;
  showLog(): void;
}

/** A kind of page. */
export interface PageKind<Place, Told> {
  readonly viewType: string;
  readonly page: PageName;
  /** A product icon, for the tab. */
  readonly icon: string;
  readonly messageFrom: MessageFrom<Told>;
  /** What a restored page showed. @returns undefined if VS Code kept something else */
  readonly placeFrom: (state: unknown) => Place | undefined;
}

/** What a page starts with. */
export interface PageStart<Place, View> {
  readonly panel: vscode.WebviewPanel;
  readonly place: Place;
  /** undefined: the page was restored, and asks for it. */
  readonly view: View | undefined;
}

/** The open pages of one kind. */
export class EditorPages<Place, View> implements vscode.Disposable {
  readonly #kind: Pick<PageKind<Place, unknown>, "viewType" | "placeFrom">;
  readonly #make: (start: PageStart<Place, View>) => OpenPage<Place, View>;
  readonly #pages = new Set<OpenPage<Place, View>>();

  constructor(
    kind: Pick<PageKind<Place, unknown>, "viewType" | "placeFrom">,
    make: (start: PageStart<Place, View>) => OpenPage<Place, View>,
  ) {
    this.#kind = kind;
    this.#make = make;
  }

  /** Shows a place, in the page that already does or in a new one. */
  show(place: Place, view: View, title: string): void {
    const open = [...this.#pages].find((page) => page.isAt(place));
    if (open !== undefined) {
      open.bring(view);
      return;
    }
    const panel = vscode.window.createWebviewPanel(this.#kind.viewType, visible(title), vscode.ViewColumn.Active);
    this.#add({ panel, place, view });
  }

  /** Takes over a page that VS Code restored after the window was reloaded. */
  adopt(panel: vscode.WebviewPanel, state: unknown): void {
    const place = this.#kind.placeFrom(state);
    if (place === undefined) panel.dispose();
    else this.#add({ panel, place, view: undefined });
  }

  dispose(): void {
    for (const page of this.#pages) page.dispose();
  }

  #add(start: PageStart<Place, View>): void {
    const page = this.#make(start);
    this.#pages.add(page);
    start.panel.onDidDispose(() => {
      this.#pages.delete(page);
      page.dispose();
    });
  }
}

/** A page as the list of open ones sees it. */
export interface OpenPage<Place, View> {
  isAt(place: Place): boolean;
  /** Brings it to the front, with a new view. */
  bring(view: View): void;
  dispose(): void;
}

/** One page. A subclass asks for the view, tells it to the page, and acts on the messages of its kind. */
export abstract class EditorPage<Place, View, Told, Tell extends { readonly type: string }> implements OpenPage<Place, View> {
  protected readonly panel: vscode.WebviewPanel;
  protected place: Place;
  protected view: View | undefined;
  readonly #tools: EditorPageTools;
  readonly #connection: EditorPageConnection<Place, Told, Tell>;
  readonly #listening: vscode.Disposable[] = [];
  #failed: LtoErrorReport | undefined;
  /** The page's script runs. */
  #ready = false;
  #disposed = false;

  constructor(kind: PageKind<Place, Told>, tools: EditorPageTools, { panel, place, view }: PageStart<Place, View>) {
    this.panel = panel;
    this.place = place;
    this.view = view;
    this.#tools = tools;
    panel.iconPath = new vscode.ThemeIcon(kind.icon);
    const done = (work: Promise<void>): void => {
      work.catch((error: unknown) => {
        tools.showFailure(error);
      });
    };
    const listener = {
      toldByAny: (message: FromAnyPage) => {
        done(this.#actOnAny(message));
      },
      told: (message: Told) => {
        done(this.act(message));
      },
      refused: (why: string) => {
        tools.warn(`${kind.page.title}: ${why}`);
      },
    };
    this.#connection = new EditorPageConnection<Place, Told, Tell>(panel.webview, listener, kind.messageFrom);
    this.listen(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.renew()));
    showPage(panel.webview, tools.extensionUri, kind.page);
  }

  /** Asks for what a place shows. @throws the server's error */
  protected abstract ask(place: Place): Promise<View>;

  /** What the page is told to show. */
  protected abstract messageOf(view: View): Tell;

  protected abstract act(message: Told): Promise<void>;

  isAt(place: Place): boolean {
    return JSON.stringify(this.place) === JSON.stringify(place);
  }

  bring(view: View): void {
    this.view = view;
    this.show();
    this.panel.reveal();
  }

  dispose(): void {
    this.#disposed = true;
    for (const one of this.#listening) one.dispose();
    this.#connection.dispose();
  }

  protected get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Keeps a listener as long as the page. */
  protected listen(listener: vscode.Disposable): void {
    this.#listening.push(listener);
  }

  protected tell(message: Tell | Nothing<Place>): void {
    if (!this.#disposed) this.#connection.tell(message);
  }

  /** Shows another place, which is known. */
  protected move(place: Place, view: View): void {
    this.place = place;
    [this.view, this.#failed] = [view, undefined];
    this.show();
  }

  protected show(): void {
    if (!this.#ready || this.#disposed) return;
    const { place, view } = this;
    if (view !== undefined) this.tell(this.messageOf(view));
    else if (this.#failed !== undefined) this.tell({ type: "failed", place, report: this.#failed });
    else if (!vscode.workspace.isTrusted) this.tell({ type: "restricted", place });
  }

  /** Asks again; a failure replaces what is shown. */
  protected async renew(): Promise<void> {
    const { place } = this;
    if (vscode.workspace.isTrusted) {
      try {
        const view = await this.ask(place);
        if (this.place === place) [this.view, this.#failed] = [view, undefined];
      } catch (error) {
        if (this.place === place) [this.view, this.#failed] = [undefined, this.#tools.reportOf(error)];
      }
    }
    this.show();
  }

  async #actOnAny(message: FromAnyPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        if (this.view === undefined) await this.renew();
        else this.show();
        break;
      case "again":
        await this.renew();
        break;
      case "command":
        if (message.command === "showLog") this.#tools.showLog();
        else await vscode.commands.executeCommand("workbench.trust.manage");
        break;
    }
  }
}
