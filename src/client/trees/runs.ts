/** The Runs view: the history of this workspace, pinned runs first, then the latest; runs of other workspaces are in a closed group. */
import * as vscode from "vscode";
import { moduleCount, runCount } from "../../protocol/counts.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { RunsChoice } from "../../protocol/requests/runs.js";
import type { RunView } from "../../protocol/views.js";
import { COMMANDS } from "../ids.js";
import { shownItem } from "../messages.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { duration, FIDELITY, moment, runTitle, verifiedCodeWords } from "../../protocol/words.js";
import { countsLine } from "../words.js";
import { failureNote, noteItem, SafeMarkdown, type NoteNode } from "./node-item.js";
import { collect } from "./pages.js";
import { SelectedNodes } from "./selected-nodes.js";

const PAGE = 200;

export interface RunNode {
  readonly kind: "run";
  readonly row: RunView;
}

/** The closed group of runs of other workspaces. */
interface ElsewhereNode {
  readonly kind: "elsewhere";
  readonly runs: number;
}

export type RunsNode = RunNode | ElsewhereNode | NoteNode;

const STATES: Readonly<Record<RunView["state"], { readonly icon: string; readonly words: string }>> = {
  running: { icon: "sync~spin", words: vscode.l10n.t("running") },
  done: { icon: "pass", words: vscode.l10n.t("done") },
  failed: { icon: "error", words: vscode.l10n.t("failed") },
  cancelled: { icon: "circle-slash", words: vscode.l10n.t("cancelled") },
  died: { icon: "warning", words: vscode.l10n.t("interrupted; what it saved is kept") },
};

/** How a run differs from its neighbours in the list. */
interface InList {
  readonly shown: boolean;
  /** Runs of several units are listed, so each says of which it is. */
  readonly severalUnits: boolean;
}

export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #listener: vscode.Disposable;
  readonly #selected = new SelectedNodes<RunsNode>((node) => (node.kind === "run" ? node.row.id : node.kind));
  #severalUnits = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(server: Server, shown: ShownRun) {
    this.#server = server;
    this.#shown = shown;
    this.#listener = shown.onChanged(() => {
      this.refresh();
    });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** The view that shows this tree. */
  set view(view: vscode.TreeView<RunsNode>) {
    this.#selected.view = view;
  }

  /**
   * The runs that a command is about.
   *
   * @param node what a menu was opened on; absent: the command came from the keyboard
   * @param nodes everything selected, if that includes the node
   */
  async chosen(node: RunsNode | undefined, nodes: readonly RunsNode[] | undefined): Promise<readonly RunView[]> {
    const chosen = nodes ?? (node === undefined ? await this.#selected.atFocus() : [node]);
    return chosen.flatMap((one) => (one.kind === "run" ? [one.row] : []));
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    if (node.kind === "note") return shownItem(noteItem(node));
    if (node.kind === "elsewhere") return elsewhereItem(node);
    return shownItem(runItem(node.row, { shown: node.row.id === this.#shown.run?.id, severalUnits: this.#severalUnits }));
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node !== undefined && node.kind !== "elsewhere") return [];
    try {
      if (node !== undefined) return (await this.#list("elsewhere")).map(runNode);
      const [rows, { total }] = await Promise.all([
        this.#list("workspace"),
        this.#server.ask("runs", { scope: "elsewhere", offset: 0, limit: 0 }),
      ]);
      this.#severalUnits = new Set(rows.map(({ unit }) => unit.name)).size > 1;
      return [...rows.map(runNode), ...(total === 0 ? [] : [{ kind: "elsewhere", runs: total } as const])];
    } catch (error) {
      return [failureNote(error)];
    }
  }

  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  async #list(scope: NonNullable<RunsChoice["scope"]>): Promise<readonly RunView[]> {
    return (await collect(PAGE, (range) => this.#server.ask("runs", { ...range, scope }))).rows;
  }
}

function runNode(row: RunView): RunNode {
  return { kind: "run", row };
}

function elsewhereItem({ runs }: ElsewhereNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Other workspaces"), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = "elsewhere";
  item.description = runCount(runs);
  item.iconPath = new vscode.ThemeIcon("folder-library");
  item.contextValue = "runs.elsewhere";
  item.tooltip = vscode.l10n.t("Runs of builds and files that are not in the open folders.");
  item.accessibilityInformation = { label: vscode.l10n.t("Other workspaces, {0}", runCount(runs)) };
  return item;
}

function runItem(run: RunView, { shown, severalUnits }: InList): vscode.TreeItem {
  const title = runTitle(run);
  const item = new vscode.TreeItem(title);
  item.id = run.id;
  item.description = [
    shown ? vscode.l10n.t("shown") : "",
    run.pinned ? vscode.l10n.t("pinned") : "",
    moment(run.startedAt),
    severalUnits && title !== run.unit.name ? run.unit.name : "",
    pipelineOf(run.unit.mode).note,
    resultOf(run),
    run.millis === null ? "" : duration(run.millis),
  ]
    .filter((part) => part !== "" && part !== title)
    .join(" · ");
  item.iconPath = new vscode.ThemeIcon(shown ? "eye" : run.pinned && run.state === "done" ? "pinned" : STATES[run.state].icon);
  item.contextValue = run.state === "running" ? "run.running" : run.pinned ? "run.pinned" : "run";
  item.command = { command: COMMANDS.openRun, title: vscode.l10n.t("Open Run"), arguments: [runNode(run)] };
  item.tooltip = tooltipOf(run);
  item.accessibilityInformation = { label: vscode.l10n.t("{0}, run of {1}, {2}", title, run.unit.name, item.description) };
  return item;
}

function resultOf(run: RunView): string {
  const { words } = STATES[run.state];
  if (run.hasReport) return countsLine(run);
  return run.recorded ? `${countsLine(run)} · ${words}` : words;
}

function tooltipOf(run: RunView): vscode.MarkdownString {
  return new SafeMarkdown()
    .heading(runTitle(run))
    .text(run.error === null ? STATES[run.state].words : run.error.message)
    .facts([
      [vscode.l10n.t("What changed"), run.name === null ? null : run.what],
      [vscode.l10n.t("Unit"), `${run.unit.name} (${run.unit.id})`],
      [vscode.l10n.t("Workspace"), run.workspace],
      [vscode.l10n.t("Run"), run.id],
      [vscode.l10n.t("Pinned"), run.pinned ? vscode.l10n.t("never pruned") : null],
      [vscode.l10n.t("Profile"), run.unit.profile],
      ["LTO", run.unit.mode],
      ["LLVM", run.llvm?.version],
      [vscode.l10n.t("Fidelity"), run.fidelity && FIDELITY[run.fidelity].label],
      [vscode.l10n.t("Object code"), run.fidelity === "verified" ? verifiedCodeWords(run.verifiedCode) : null],
      [vscode.l10n.t("Modules"), moduleCount(run.counts.modules)],
      [vscode.l10n.t("From the store"), moduleCount(run.counts.fromStore)],
      [
        vscode.l10n.t("Deviations"),
        run.deviations.length === 0 ? vscode.l10n.t("none") : run.deviations.map((deviation) => deviation.setting).join(", "),
      ],
    ])
    .done();
}
