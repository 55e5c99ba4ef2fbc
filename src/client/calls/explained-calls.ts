/** Explains calls, and knows of which run they were explained: loads lenses and call hierarchy, which few need, on first use. */
import * as vscode from "vscode";
import type { CallTotals } from "../../protocol/requests/calls.js";
import { stagesOf } from "../../protocol/stages.js";
import type { RunView } from "../../protocol/views.js";
import { openStage } from "../documents/compare.js";
import { COMMANDS, CONTEXT } from "../ids.js";
import { loadSession } from "../later.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { SafeMarkdown } from "../trees/node-item.js";
import type { HoverContent } from "./lenses.js";

export class ExplainedCalls implements vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listener: vscode.Disposable;
  /** Lenses, hovers and the call hierarchy. */
  #features: Promise<vscode.Disposable> | undefined;
  /** The run whose calls this window explained. */
  #explained: string | null = null;

  /** Fires when the calls of another run, or of none, are known. */
  readonly onChanged = this.#changed.event;

  constructor(server: Server, shown: ShownRun) {
    this.#server = server;
    this.#shown = shown;
    this.#listener = shown.onChanged(() => {
      this.#tell();
    });
  }

  /** The shown run, if its calls are known. */
  get run(): string | null {
    const shown = this.#shown.run?.id ?? null;
    return shown === this.#explained ? shown : null;
  }

  /** Explains the calls of a run; the view and the lenses then show them. @throws as the request does */
  async explain({ id, unit }: RunView): Promise<CallTotals> {
    const title = vscode.l10n.t("Explaining calls of {0}", unit.name);
    const [totals] = await Promise.all([this.#server.askWithProgress(title, "explainCalls", { run: id }), this.#load()]);
    this.#explained = id;
    this.#tell();
    return totals;
  }

  /**
   * Asks about a run's calls, which are explained first if the server does not know them.
   *
   * @param ask null: the server does not know them
   * @throws the server's error
   */
  async known<T>(run: string, ask: () => Promise<T | null>): Promise<T> {
    const known = await ask();
    if (known !== null) return known;
    await this.explain(await this.#server.ask("run", { run }));
    return (await ask()) ?? Promise.reject(new vscode.CancellationError());
  }

  /** The server does not know the calls any more. */
  forget(): void {
    this.#explained = null;
    this.#tell();
  }

  #tell(): void {
    void vscode.commands.executeCommand("setContext", CONTEXT.callsExplained, this.run !== null);
    this.#changed.fire();
  }

  /** Opens a function of a module as it is before the passes: after them, it may be gone. */
  async openIr(run: string, { module, function: symbol }: { readonly module: string; readonly function: string }): Promise<void> {
    const { unit } = await this.#server.ask("run", { run });
    const stage = stagesOf(unit.mode).at(-2);
    if (stage !== undefined) await openStage(this.#server, { subject: { run }, module, stage, function: symbol });
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
    void this.#features?.then((features) => {
      features.dispose();
    });
  }

  #load(): Promise<vscode.Disposable> {
    this.#features ??= this.#make();
    return this.#features;
  }

  async #make(): Promise<vscode.Disposable> {
    const { CallLenses, LtoCallHierarchy } = await loadSession();
    const server = this.#server;
    const tools = { run: () => this.run, onChanged: this.onChanged, ask: server.ask.bind(server), hover };
    return vscode.Disposable.from(new CallLenses(tools), new LtoCallHierarchy(tools));
  }
}

function hover({ heading, text, sentences, link }: HoverContent): vscode.MarkdownString {
  const markdown = new SafeMarkdown().heading(heading);
  if (text !== null) markdown.text(text);
  for (const sentence of sentences) markdown.named(sentence);
  const { run, symbol } = link.shown;
  if (symbol !== null) markdown.command(vscode.l10n.t("Show Function"), COMMANDS.showFunction, { run, symbol });
  return markdown.command(link.label, COMMANDS.showCalls, link.shown).done();
}
