/** "LTO 6 changed · 119 re-used" in the status bar, with the fidelity badge; a click opens the Codegen Units view. */
import * as vscode from "vscode";
import { visible } from "../protocol/visible.js";
import type { Headline } from "./headline.js";
import { VIEWS } from "./ids.js";
import type { Server } from "./server.js";
import type { ShownRun } from "./shown-run.js";
import { SafeMarkdown } from "./trees/node-item.js";
import { fidelityOf, moment } from "../protocol/words.js";
import { statusLine } from "./words.js";
import { hasRows } from "../protocol/views.js";

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("lto.status", vscode.StatusBarAlignment.Left, 10);
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #headline: Headline;
  readonly #listeners: readonly vscode.Disposable[];

  constructor(server: Server, shown: ShownRun, headline: Headline) {
    this.#server = server;
    this.#shown = shown;
    this.#headline = headline;
    this.#item.name = "LTO Inspector";
    this.#item.command = `${VIEWS.cgus}.focus`;
    this.#listeners = [
      headline.onChanged(() => {
        this.#update();
      }),
      shown.onChanged(() => {
        this.#update();
      }),
      server.onStateChanged(() => {
        this.#update();
      }),
    ];
    this.#update();
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const { run } = this.#shown;
    const { state } = this.#server;
    if (state.kind === "failed" || state.kind === "restarting") {
      this.#item.text =
        state.kind === "failed"
          ? `$(error) ${vscode.l10n.t("LTO server failed")}`
          : `$(sync~spin) ${vscode.l10n.t("LTO server restarting")}`;
      this.#item.tooltip =
        state.kind === "failed" ? visible(state.error) : vscode.l10n.t("The server exited unexpectedly and is being restarted.");
      this.#item.show();
      return;
    }
    if (run === null || !hasRows(run)) {
      this.#item.hide();
      return;
    }
    const fidelity = fidelityOf(run);
    const line = statusLine(run, this.#headline.text);
    this.#item.text = `${line}${fidelity === null ? "" : ` $(${fidelity.icon})`}`;
    this.#item.accessibilityInformation = { label: `${line}, ${fidelity?.label ?? ""}` };
    this.#item.tooltip = new SafeMarkdown()
      .heading(run.unit.name)
      .text(`${moment(run.startedAt)} · ${fidelity?.label ?? vscode.l10n.t("fidelity not known")}`)
      .text(fidelity?.detail ?? "")
      .facts(run.deviations.map(({ setting, build, used }) => [setting, vscode.l10n.t("{0} in your build, {1} here", build, used)]))
      .done();
    this.#item.show();
  }
}
