/** The Runs view: the history, latest first. */
import * as vscode from "vscode";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { RunView } from "../../protocol/views.js";
import { COMMANDS } from "../ids.js";
import { shownItem } from "../messages.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { counted, duration, FIDELITY, moment } from "../../protocol/words.js";
import { countsLine } from "../words.js";
import { failureNote, noteItem, SafeMarkdown, type NoteNode } from "./node-item.js";
import { collect } from "./pages.js";

const PAGE = 200;

export interface RunNode {
  readonly kind: "run";
  readonly row: RunView;
}

export type RunsNode = RunNode | NoteNode;

const STATES: Readonly<Record<RunView["state"], { readonly icon: string; readonly words: string }>> = {
  running: { icon: "sync~spin", words: "running" },
  done: { icon: "pass", words: "done" },
  failed: { icon: "error", words: "failed" },
  cancelled: { icon: "circle-slash", words: "cancelled" },
  died: { icon: "warning", words: "interrupted; what it saved is kept" },
};

export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #listener: vscode.Disposable;

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

  getTreeItem(node: RunsNode): vscode.TreeItem {
    return shownItem(node.kind === "note" ? noteItem(node) : runItem(node.row, node.row.id === this.#shown.run?.id));
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node !== undefined) return [];
    try {
      const { rows } = await collect(PAGE, (range) => this.#server.ask("runs", range));
      return rows.map((row): RunNode => ({ kind: "run", row }));
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
}

function runItem(run: RunView, isShown: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(run.unit.name);
  item.id = run.id;
  const result = run.hasReport
    ? countsLine(run)
    : run.recorded
      ? `${countsLine(run)} · ${STATES[run.state].words}`
      : STATES[run.state].words;
  item.description = [
    isShown ? "shown" : "",
    moment(run.startedAt),
    pipelineOf(run.unit.mode).note,
    result,
    run.millis === null ? "" : duration(run.millis),
  ]
    .filter((part) => part !== "")
    .join(" · ");
  item.iconPath = new vscode.ThemeIcon(isShown ? "eye" : STATES[run.state].icon);
  item.contextValue = run.state === "running" ? "run.running" : "run";
  item.command = { command: COMMANDS.openRun, title: "Open Run", arguments: [{ kind: "run", row: run }] };
  item.tooltip = new SafeMarkdown()
    .heading(run.unit.name)
    .text(run.error === null ? STATES[run.state].words : run.error.message)
    .facts([
      ["Run", run.id],
      ["Unit", run.unit.id],
      ["LTO", run.unit.mode],
      ["LLVM", run.llvm?.version],
      ["Fidelity", run.fidelity && FIDELITY[run.fidelity].label],
      ["Modules", counted(run.counts.modules, "module")],
      ["From the store", counted(run.counts.fromStore, "module")],
      ["Deviations", run.deviations.length === 0 ? "none" : run.deviations.map((deviation) => deviation.setting).join(", ")],
    ])
    .done();
  item.accessibilityInformation = { label: `run of ${run.unit.name}, ${item.description}` };
  return item;
}
