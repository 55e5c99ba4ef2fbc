/** Explains calls: loads the lenses, which few need, on first use. */
import * as vscode from "vscode";
import type { CallDecision, CallTotals } from "../../protocol/requests/calls.js";
import { stagesOf } from "../../protocol/stages.js";
import type { RunView } from "../../protocol/views.js";
import { pickOne } from "../commands/picks.js";
import { openStage } from "../documents/compare.js";
import { COMMANDS } from "../ids.js";
import { loadSession } from "../later.js";
import type { QuickChoice } from "../messages.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { SafeMarkdown } from "../trees/node-item.js";
import type { CallLenses, HoverContent, ShownCalls } from "./lenses.js";

export class ExplainedCalls implements vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  #lenses: Promise<CallLenses> | undefined;

  constructor(server: Server, shown: ShownRun) {
    this.#server = server;
    this.#shown = shown;
  }

  /** Explains the calls of a run; the lenses then show them. @throws as the request does */
  async explain(run: RunView): Promise<CallTotals> {
    return (await this.#load()).explain(run);
  }

  /** Lists decisions; a chosen one opens the function that has the call. */
  async show({ run, title, symbol: of, decisions }: ShownCalls): Promise<void> {
    const choices = decisions.map((decision): QuickChoice<CallDecision | null> => ({
      label: decision.title.replaceAll("`", ""),
      detail: [decision.text, ...decision.help].join(" ").replaceAll("`", ""),
      value: decision,
    }));
    const kept: QuickChoice<null> = { label: vscode.l10n.t("Why is it kept?"), icon: "question", value: null };
    const chosen = await pickOne(of === null ? choices : [...choices, kept], {
      title,
      placeHolder: vscode.l10n.t("Choose a decision to open the function's IR before the passes"),
    });
    if (chosen === null) {
      await vscode.commands.executeCommand(COMMANDS.whyKept, { kind: "symbol", symbol: of });
      return;
    }
    const { module, function: symbol } = chosen;
    const { unit } = await this.#server.ask("run", { run });
    // After the passes, the function may be gone.
    const stage = stagesOf(unit.mode).at(-2);
    if (stage !== undefined) await openStage(this.#server, { subject: { run }, module, stage, function: symbol });
  }

  dispose(): void {
    void this.#lenses?.then((lenses) => {
      lenses.dispose();
    });
  }

  #load(): Promise<CallLenses> {
    this.#lenses ??= this.#make();
    return this.#lenses;
  }

  async #make(): Promise<CallLenses> {
    const { CallLenses } = await loadSession();
    return new CallLenses({
      shownRun: () => this.#shown.run,
      onShown: this.#shown.onChanged,
      explain: ({ id, unit }) =>
        this.#server.askWithProgress(vscode.l10n.t("Explaining calls of {0}", unit.name), "explainCalls", { run: id }),
      sourceCalls: (params) => this.#server.ask("sourceCalls", params),
      hover,
    });
  }
}

function hover({ heading, text, sentences, link }: HoverContent): vscode.MarkdownString {
  const markdown = new SafeMarkdown().heading(heading);
  if (text !== null) markdown.text(text);
  for (const sentence of sentences) markdown.named(sentence);
  return markdown.command(link.label, COMMANDS.showCalls, link.shown).done();
}
