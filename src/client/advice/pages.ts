/**
 * Comparisons of settings in the editor area: a page for each. It is loaded with the session (later.ts), and works with what it is given of the rest of
 * the client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { AdvicePlace, OfAdvicePage, ShownAdvice } from "../../protocol/advice-page.js";
import type { AdviceChoice, AdviceFormat, AdviceView, SavedAdvice } from "../../protocol/requests/advice.js";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import { visible } from "../../protocol/visible.js";
import { moment } from "../../protocol/words.js";
import { ADVICE_VIEW_TYPE, COMMANDS } from "../ids.js";
import { askWarning, mention } from "../messages.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";

type Requests = typeof requests;

/** What the pages are given of the client. */
export interface AdviceTools extends EditorPageTools {
  /** @throws the server's error */
  ask<N extends RequestName>(name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
}

const KIND: PageKind<AdvicePlace, OfAdvicePage> = {
  viewType: ADVICE_VIEW_TYPE,
  page: { name: "advice", title: vscode.l10n.t("LTO Settings") },
  icon: "settings",
  messageFrom,
  placeFrom,
};

export class AdvicePages extends EditorPages<AdvicePlace, AdviceView> {
  readonly #tools: AdviceTools;

  constructor(tools: AdviceTools) {
    super(KIND, (start) => new AdvicePage(tools, (place) => this.open(place), start));
    this.#tools = tools;
  }

  /** Shows a saved comparison. @throws the server's error, before anything is opened */
  async open({ id }: AdvicePlace): Promise<void> {
    const view = await this.#tools.ask("adviceView", { id });
    this.show({ id }, view, titleOf(view));
  }
}

function titleOf({ saved }: AdviceView): string {
  return visible(vscode.l10n.t("Settings of {0}", saved.name));
}

const FILTERS: Readonly<Record<AdviceFormat, string>> = { html: "HTML", json: "JSON" };

class AdvicePage extends EditorPage<AdvicePlace, AdviceView, OfAdvicePage, ShownAdvice> {
  readonly #tools: AdviceTools;
  readonly #open: (place: AdvicePlace) => Promise<void>;

  /** @param open opens another comparison's page */
  constructor(tools: AdviceTools, open: (place: AdvicePlace) => Promise<void>, start: PageStart<AdvicePlace, AdviceView>) {
    super(KIND, tools, start);
    this.#tools = tools;
    this.#open = open;
  }

  protected override async ask(place: AdvicePlace): Promise<AdviceView> {
    const view = await this.#tools.ask("adviceView", place);
    if (!this.isDisposed) this.panel.title = titleOf(view);
    return view;
  }

  protected override messageOf(view: AdviceView): ShownAdvice {
    return { type: "advice", place: this.place, view };
  }

  protected override async act(message: OfAdvicePage): Promise<void> {
    const { view } = this;
    if (view === undefined) return;
    switch (message.type) {
      case "copy": {
        const snippet = view.report.settings.find(({ name }) => name === message.setting)?.snippet ?? null;
        if (snippet === null) return;
        await vscode.env.clipboard.writeText(`${snippet}\n`);
        mention(vscode.l10n.t("Copied the lines for {0}", message.setting));
        break;
      }
      case "save":
        await this.#save(view, message.as);
        break;
      case "repeat": {
        const { unit, settings, bench, inlined } = view.saved;
        await vscode.commands.executeCommand(COMMANDS.compareSettings, { unit, settings, bench, inlined } satisfies AdviceChoice);
        break;
      }
      case "open":
        if (view.others.some(({ id }) => id === message.id)) await this.#open({ id: message.id });
        break;
      case "remove": {
        const saved = [view.saved, ...view.others].find(({ id }) => id === message.id);
        if (saved !== undefined) await this.#remove(saved);
        break;
      }
    }
  }

  async #save({ saved }: AdviceView, as: AdviceFormat): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const uri = await vscode.window.showSaveDialog({
      title: vscode.l10n.t("Save Comparison of Settings"),
      filters: { [FILTERS[as]]: [as] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, `lto-settings.${as}`) }),
    });
    if (uri === undefined) return;
    await this.#tools.ask("exportAdvice", { id: saved.id, uri: uri.toString(), as });
    mention(vscode.l10n.t("Saved {0}", vscode.workspace.asRelativePath(uri)));
  }

  async #remove(saved: SavedAdvice): Promise<void> {
    const button = vscode.l10n.t("Delete");
    const question = vscode.l10n.t("Delete the comparison of {0}?", moment(saved.savedAt));
    const detail = [saved.settings.join(" "), vscode.l10n.t("What was measured is kept, so comparing again is quick.")];
    if ((await askWarning(question, detail, button)) !== button) return;
    await this.#tools.ask("removeAdvice", { id: saved.id });
    if (saved.id === this.place.id) this.panel.dispose();
    else await this.renew();
  }
}
