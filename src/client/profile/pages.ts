/**
 * Profiles of runs in the editor area: a page for each. It is loaded with the session (later.ts), and works with what it is given of the rest of the
 * client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { ModuleFrames, OfProfilePage, ProfilePlace, ShownProfile } from "../../protocol/profile-page.js";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { ProfileFormat, ProfileView } from "../../protocol/requests/profile.js";
import { visible } from "../../protocol/visible.js";
import { COMMANDS, PROFILE_VIEW_TYPE } from "../ids.js";
import { mention } from "../messages.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";

type Requests = typeof requests;

/** What the pages are given of the client. */
export interface ProfileTools extends EditorPageTools {
  /** Asks with progress that can be cancelled. @throws the server's error */
  askWithProgress<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
  /** @throws the server's error */
  ask<N extends RequestName>(name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
}

const KIND: PageKind<ProfilePlace, OfProfilePage> = {
  viewType: PROFILE_VIEW_TYPE,
  page: { name: "profile", title: vscode.l10n.t("LTO Profile") },
  icon: "flame",
  messageFrom,
  placeFrom,
};

export class ProfilePages extends EditorPages<ProfilePlace, ProfileView> {
  readonly #tools: ProfileTools;

  constructor(tools: ProfileTools) {
    super(KIND, (start) => new ProfilePage(tools, start));
    this.#tools = tools;
  }

  /** Traces the passes of a run, and shows what they cost. @throws the server's error, before anything is opened */
  async open({ run }: ProfilePlace): Promise<void> {
    const view = await profileOf(this.#tools, { run });
    this.show({ run }, view, titleOf(view));
  }
}

/** Traces that a cancelled request made are kept: the next one continues there. */
function profileOf(tools: ProfileTools, place: ProfilePlace): Promise<ProfileView> {
  return tools.askWithProgress(vscode.l10n.t("Profiling passes"), "profile", place);
}

function titleOf({ unit }: ProfileView): string {
  return visible(vscode.l10n.t("Profile of {0}", unit.name));
}

interface SavedAs {
  /** In the list of kinds of files. */
  readonly kind: string;
  readonly file: string;
  readonly ending: string;
}

const FILES: Readonly<Record<ProfileFormat, SavedAs>> = {
  perfetto: { kind: vscode.l10n.t("Timeline for Perfetto"), file: "lto-trace", ending: "json" },
  folded: { kind: vscode.l10n.t("Folded stacks"), file: "lto-stacks", ending: "folded" },
  json: { kind: "JSON", file: "lto-profile", ending: "json" },
};

class ProfilePage extends EditorPage<ProfilePlace, ProfileView, OfProfilePage, ShownProfile | ModuleFrames> {
  readonly #tools: ProfileTools;

  constructor(tools: ProfileTools, start: PageStart<ProfilePlace, ProfileView>) {
    super(KIND, tools, start);
    this.#tools = tools;
  }

  protected override async ask(place: ProfilePlace): Promise<ProfileView> {
    const view = await profileOf(this.#tools, place);
    if (!this.isDisposed) this.panel.title = titleOf(view);
    return view;
  }

  protected override messageOf(view: ProfileView): ShownProfile {
    return { type: "profile", place: this.place, view };
  }

  protected override async act(message: OfProfilePage): Promise<void> {
    const { place, view } = this;
    if (view === undefined) return;
    switch (message.type) {
      case "function":
        await vscode.commands.executeCommand(COMMANDS.showFunction, { run: place.run, symbol: message.symbol });
        break;
      case "module": {
        const { module } = message;
        const { frames } = await this.#tools.ask("profile", { run: place.run, module });
        this.tell({ type: "frames", place, module, frames });
        break;
      }
      case "save":
        await this.#save(message.as);
        break;
    }
  }

  async #save(as: ProfileFormat): Promise<void> {
    const { kind, file, ending } = FILES[as];
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const uri = await vscode.window.showSaveDialog({
      title: vscode.l10n.t("Save Profile"),
      filters: { [kind]: [ending] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, `${file}.${ending}`) }),
    });
    if (uri === undefined) return;
    const title = vscode.l10n.t("Writing the profile");
    await this.#tools.askWithProgress(title, "exportProfile", { run: this.place.run, uri: uri.toString(), as });
    mention(vscode.l10n.t("Saved {0}", vscode.workspace.asRelativePath(uri)));
  }
}
