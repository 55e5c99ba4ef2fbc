/**
 * Lenses above the functions of Rust files, and hovers on functions and calls: what became of them in the shown run. Requests: `lto/explainCalls`,
 * `lto/sourceCalls`. Setting: `lto.callLenses`. It is loaded with the session (later.ts), when calls are explained for the first time, and works with what
 * it is given of the rest of the client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { CallDecision, FunctionCalls, SourceCalls } from "../../protocol/requests/calls.js";
import { SETTINGS_SECTION } from "../../protocol/settings.js";
import { number } from "../../protocol/words.js";
import { COMMANDS } from "../ids.js";
import type { Ask } from "./ask.js";

const RUST: vscode.DocumentSelector = { language: "rust", scheme: "file" };

const SETTING = "callLenses";

/** Decisions in a hover; the lens's list has more. */
const IN_HOVER = 6;

/** What the lenses are given of the client. */
export interface LensTools {
  /** The shown run, if its calls were explained. */
  readonly run: () => string | null;
  readonly onChanged: vscode.Event<void>;
  readonly ask: Ask;
  readonly hover: (content: HoverContent) => vscode.MarkdownString;
}

/** What a hover says; all of it is plain text. */
export interface HoverContent {
  readonly heading: string;
  readonly text: string | null;
  /** Sentences with names between backticks. */
  readonly sentences: readonly string[];
  readonly link: { readonly label: string; readonly shown: ShownCalls };
}

/** What a lens or a hover opens. */
export interface ShownCalls {
  readonly run: string;
  readonly title: string;
  /** Of the function that it is about; null: it is about a line. */
  readonly symbol: string | null;
  readonly decisions: readonly CallDecision[];
}

export class CallLenses implements vscode.CodeLensProvider, vscode.HoverProvider, vscode.Disposable {
  readonly #tools: LensTools;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #scope: vscode.Disposable;
  #latest:
    { readonly document: vscode.TextDocument; readonly version: number; readonly run: string; readonly calls: SourceCalls } | undefined;

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(tools: LensTools) {
    this.#tools = tools;
    this.#scope = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider(RUST, this),
      vscode.languages.registerHoverProvider(RUST, this),
      tools.onChanged(() => {
        this.#refresh();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SETTINGS_SECTION}.${SETTING}`)) this.#refresh();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const calls = await this.#callsOf(document);
    return (calls?.functions ?? []).map((found) => {
      const range = new vscode.Range(found.line, found.column, found.line, found.endColumn);
      return new vscode.CodeLens(range, { title: found.title, tooltip: HOW[found.foundBy], ...this.#command(found) });
    });
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const calls = await this.#callsOf(document);
    const found = calls?.functions.find(({ line, column, endColumn }) =>
      new vscode.Range(line, column, line, endColumn).contains(position),
    );
    const [title, about] =
      found === undefined
        ? [vscode.l10n.t("LTO: calls in this line"), calls?.lines.find(({ line }) => line === position.line)]
        : [found.title, found];
    const run = this.#tools.run();
    if (about === undefined || run === null) return undefined;
    const decisions = about.decisions.slice(0, IN_HOVER);
    const shown: ShownCalls = { run, title: found?.name ?? title, symbol: found?.symbols[0] ?? null, decisions: about.decisions };
    const content = {
      heading: title,
      text: found === undefined ? null : HOW[found.foundBy],
      sentences: sentencesOf(decisions),
      link: { label: showText(about.decisions.length + about.more), shown },
    };
    return new vscode.Hover(this.#tools.hover(content));
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #command({ name, symbols, decisions }: FunctionCalls): Pick<vscode.Command, "command" | "arguments"> {
    const shown: ShownCalls = { run: this.#tools.run() ?? "", title: name, symbol: symbols[0] ?? null, decisions };
    return { command: COMMANDS.showCalls, arguments: [shown] };
  }

  /** undefined: lenses are off, or the calls of the shown run were not explained. */
  async #callsOf(document: vscode.TextDocument): Promise<SourceCalls | undefined> {
    const run = this.#tools.run();
    const isOn = vscode.workspace.getConfiguration(SETTINGS_SECTION, document).get<boolean>(SETTING) ?? true;
    if (!isOn || run === null) return undefined;
    const { version } = document;
    const latest = this.#latest;
    if (latest?.document === document && latest.version === version && latest.run === run) return latest.calls;
    const calls = await this.#tools.ask("sourceCalls", { run, uri: document.uri.toString(), text: document.getText() });
    // Another window's server, or one that was restarted, knows nothing.
    if (calls === null) return undefined;
    this.#latest = { document, version, run, calls };
    return calls;
  }

  #refresh(): void {
    this.#latest = undefined;
    this.#changed.fire();
  }
}

/** Each decision, with what would change it: help that several share is said once. */
function sentencesOf(decisions: readonly CallDecision[]): string[] {
  return [...new Set(decisions.flatMap(({ text, help }) => [text, ...help.map((one) => `→ ${one}`)]))];
}

function showText(decisions: number): string {
  return decisions === 1 ? vscode.l10n.t("Show 1 decision") : vscode.l10n.t("Show {0} decisions", number(decisions));
}

const HOW: Readonly<Record<FunctionCalls["foundBy"], string>> = {
  lines: vscode.l10n.t("Found in the build by the lines of debug info."),
  name: vscode.l10n.t("Found in the build by its path, as the build has no line tables for it."),
};
