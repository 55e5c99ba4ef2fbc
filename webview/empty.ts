/** The page without a run: tells why there is none, and what to do about it. */
import * as l10n from "../src/protocol/l10n.js";
import type { WithoutRun } from "../src/protocol/dashboard.js";
import { h } from "./dom.js";
import type { Command, Host } from "./host.js";
import { button } from "./toolkit.js";

interface Words {
  readonly title: string;
  readonly text: string;
  /** A hint for the user before pressing the button. */
  readonly note?: string;
  readonly button: { readonly title: string; readonly command: Command };
}

const REPLAYS = l10n.t(
  "Run Thin LTO replays rustc's link-time optimisation on what a build left behind, saves every stage, and shows here which codegen units were re-used or re-compiled, and why.",
);

const WORDS: Readonly<Record<WithoutRun, Words>> = {
  "no-run": {
    title: l10n.t("No run yet"),
    text: REPLAYS,
    note: l10n.t("The first run asks before it builds in a separate target directory. Your sources and build outputs are not changed."),
    button: { title: l10n.t("Run Thin LTO"), command: "runThin" },
  },
  "no-cargo": {
    title: l10n.t("No run yet"),
    text: l10n.t("There is no Cargo.toml here, so there is nothing to build. Open the folder of a Cargo package or workspace."),
    note: REPLAYS,
    button: { title: l10n.t("Open Folder"), command: "openFolder" },
  },
  restricted: {
    title: l10n.t("Restricted Mode"),
    text: l10n.t("LTO Inspector runs and shows nothing here until you trust this folder."),
    button: { title: l10n.t("Manage Workspace Trust"), command: "manageTrust" },
  },
};

export function emptyPage(because: WithoutRun, host: Host): HTMLElement {
  const { title, text, note, button: shown } = WORDS[because];
  return h(
    "section",
    { class: "empty", "aria-labelledby": "empty-title" },
    h("h1", { id: "empty-title" }, title),
    h("p", {}, text),
    ...(note === undefined ? [] : [h("p", { class: "dim" }, note)]),
    button(shown.title, { appearance: "primary", onClick: () => host.command(shown.command) }),
  );
}
