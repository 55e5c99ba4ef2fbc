/**
 * The explanations in the editor area: a page for each codegen unit. It is loaded with the session (later.ts), and works with what it is given of the
 * rest of the client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { ExplanationTarget, ExplanationView } from "../../protocol/explain.js";
import type { ExplanationPlace, OfExplanationPage, ShownExplanation } from "../../protocol/explanation-page.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import { parseStageUri, withFilters, type DocumentFilters, type Subject } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import type { RunView } from "../../protocol/views.js";
import { EXPLANATION_VIEW_TYPE } from "../ids.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";

export type Explained = ExplanationView & { readonly markdown: string };

/** What the pages are given of the client. */
export interface PagesTools extends EditorPageTools {
  /** @param title for a progress notification; absent: none is shown @throws the server's error */
  explain(choice: WithModule, title?: string): Promise<Explained>;
  /** A line in the status bar. */
  mention(text: string): void;
  filters(): DocumentFilters;
  shownRun(): RunView | null;
  readonly onShownRun: vscode.Event<void>;
  /** Builds may have been added or removed. */
  readonly onBuilds: vscode.Event<void>;
}

/** Changes come in bursts while something is built. */
const SETTLED_MILLIS = 500;

const KIND: PageKind<ExplanationPlace, OfExplanationPage> = {
  viewType: EXPLANATION_VIEW_TYPE,
  page: { name: "explanation", title: vscode.l10n.t("LTO Explanation") },
  icon: "question",
  messageFrom,
  placeFrom,
};

export class ExplanationPages extends EditorPages<ExplanationPlace, Explained> {
  readonly #tools: PagesTools;

  constructor(tools: PagesTools) {
    super(KIND, (start) => new ExplanationPage(tools, (choice, name) => this.open(choice, name), start));
    this.#tools = tools;
  }

  /** Explains a module. @throws the server's error, before anything is opened */
  async open({ subject, module }: WithModule, shortName: string): Promise<void> {
    const explained = await this.#tools.explain({ subject, module }, vscode.l10n.t("Explaining {0}", shortName));
    const place = { subject, module, title: vscode.l10n.t("Why {0}", explained.shortName), unit: this.#unitOf(subject) };
    this.show(place, explained, place.title);
  }

  #unitOf(subject: Subject): string | null {
    const run = this.#tools.shownRun();
    return run !== null && "run" in subject && subject.run === run.id ? run.unit.id : null;
  }
}

class ExplanationPage extends EditorPage<ExplanationPlace, Explained, OfExplanationPage, ShownExplanation> {
  readonly #tools: PagesTools;
  readonly #open: (choice: WithModule, shortName: string) => Promise<void>;
  /** Builds changed since it was explained. */
  #stale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param open opens another module's explanation */
  constructor(
    tools: PagesTools,
    open: (choice: WithModule, shortName: string) => Promise<void>,
    start: PageStart<ExplanationPlace, Explained>,
  ) {
    super(KIND, tools, start);
    this.#tools = tools;
    this.#open = open;
    this.listen(
      tools.onBuilds(() => {
        this.#stale = true;
        this.#renewSoon();
      }),
    );
    this.listen(
      tools.onShownRun(() => {
        this.#follow();
      }),
    );
    this.listen(
      this.panel.onDidChangeViewState(() => {
        if (this.#stale) this.#renewSoon();
      }),
    );
  }

  /** The title and the unit of a place follow from the rest. */
  override isAt({ subject, module }: WithModule): boolean {
    return this.place.module === module && JSON.stringify(this.place.subject) === JSON.stringify(subject);
  }

  override dispose(): void {
    clearTimeout(this.#timer);
    super.dispose();
  }

  protected override ask(place: ExplanationPlace): Promise<Explained> {
    this.#stale = false;
    return this.#tools.explain(place);
  }

  protected override messageOf(view: Explained): ShownExplanation {
    return { type: "explanation", place: this.place, view: withoutMarkdown(view) };
  }

  /** After a burst of changes; a hidden page waits until it is shown. */
  #renewSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.panel.visible && this.#stale) void this.renew();
    }, SETTLED_MILLIS);
  }

  /** Explains the same module in another run of its unit, once that run is shown and if it has the module. */
  #follow(): void {
    const run = this.#tools.shownRun();
    const { place } = this;
    if (run?.hasReport !== true || run.unit.id !== place.unit || !("run" in place.subject) || place.subject.run === run.id) return;
    const next = { ...place, subject: { run: run.id } };
    this.#tools.explain(next).then(
      (explained) => {
        if (this.place === place && !this.isDisposed) this.move(next, explained);
      },
      (error: unknown) => {
        // The explanation of the run before stays.
        this.#tools.warn(String(error));
      },
    );
  }

  protected override async act(message: OfExplanationPage): Promise<void> {
    switch (message.type) {
      case "follow": {
        const target = this.view?.targets[message.target];
        if (target !== undefined) await this.#followLink(target);
        break;
      }
      case "copy":
        await this.#copy(message.what);
        break;
    }
  }

  async #copy(what: "markdown" | "key"): Promise<void> {
    const [text, said] =
      what === "key"
        ? [this.view?.key, vscode.l10n.t("Copied the key")]
        : [this.view?.markdown, vscode.l10n.t("Copied the explanation as Markdown")];
    if (text === null || text === undefined) return;
    await vscode.env.clipboard.writeText(text);
    this.#tools.mention(said);
  }

  async #followLink(target: ExplanationTarget): Promise<void> {
    switch (target.kind) {
      case "stage":
        await vscode.window.showTextDocument(this.#stage(target.uri), { preview: true });
        break;
      case "diff":
        await vscode.commands.executeCommand("vscode.diff", this.#stage(target.left), this.#stage(target.right), visible(target.title));
        break;
      case "source":
        await openSource(vscode.Uri.parse(target.uri));
        break;
      case "module":
        await this.#open({ subject: this.place.subject, module: target.module }, target.shortName);
        break;
    }
  }

  /** A stage document with the filters of now. @throws for any other address */
  #stage(uri: string): vscode.Uri {
    if (parseStageUri(uri) === undefined) throw new Error(`${uri} is not the address of a stage.`);
    return vscode.Uri.parse(withFilters(uri, this.#tools.filters()) ?? uri);
  }
}

/** Opens the line that the fragment names ("L12"). */
async function openSource(uri: vscode.Uri): Promise<void> {
  if (uri.scheme !== "file") throw new Error(`${uri.toString()} is not a file of this machine.`);
  const line = Math.max(0, Number(/^L(\d+)$/.exec(uri.fragment)?.[1] ?? "1") - 1);
  const at = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri.with({ fragment: "" }), { preview: true, selection: at });
}

function withoutMarkdown({ markdown: _, ...view }: Explained): ExplanationView {
  return view;
}
