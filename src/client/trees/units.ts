/** The Units view: the units in the workspace folders, and why some are incomplete. */
import * as vscode from "vscode";
import { deviationCount, moduleCount, upstreamCrateCount } from "../../protocol/counts.js";
import { DEFAULT_COMMAND, pipelineOf } from "../../protocol/pipelines.js";
import type { UnitView } from "../../protocol/views.js";
import { noteCargoFolders } from "../cargo-home.js";
import { COMMANDS, CONTEXT } from "../ids.js";
import { shownItem } from "../messages.js";
import type { Server } from "../server.js";
import { bytes, moment } from "../../protocol/words.js";
import { countsLine, unitLine } from "../words.js";
import { failureNote, noteItem, SafeMarkdown, type NoteNode } from "./node-item.js";
import { collect } from "./pages.js";

const PAGE = 500;

export interface UnitNode {
  readonly kind: "unit";
  readonly row: UnitView;
}

export type UnitsNode = UnitNode | NoteNode;

const KINDS: Readonly<Record<UnitView["kind"], { readonly icon: string; readonly words: string }>> = {
  capture: { icon: "archive", words: vscode.l10n.t("captured by LTO Inspector") },
  session: { icon: "folder-library", words: vscode.l10n.t("rustc's own incremental session") },
  "stage-files": { icon: "files", words: vscode.l10n.t("stage files that rustc saved itself") },
  rlib: { icon: "library", words: vscode.l10n.t("a library that contains bitcode") },
  output: { icon: "file-binary", words: vscode.l10n.t("a linked output") },
};

export class UnitsTree implements vscode.TreeDataProvider<UnitsNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<undefined>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(node: UnitsNode): vscode.TreeItem {
    return shownItem(node.kind === "note" ? noteItem(node) : unitItem(node.row));
  }

  async getChildren(node?: UnitsNode): Promise<UnitsNode[]> {
    if (node !== undefined) return [];
    try {
      const { rows, folders } = await collect(PAGE, (range) => this.#server.ask("units", range));
      await noteCargoFolders(folders);
      return rows.map((row): UnitNode => ({ kind: "unit", row }));
    } catch (error) {
      return [failureNote(error)];
    } finally {
      await vscode.commands.executeCommand("setContext", CONTEXT.looked, true);
    }
  }

  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function unitItem(unit: UnitView): vscode.TreeItem {
  const item = new vscode.TreeItem(unit.name);
  item.id = unit.ref;
  const parts = [...badges(unit), folderOf(unit), unitLine(unit), ...unit.toldApart, deviationsOf(unit), moment(unit.madeAt)];
  item.description = parts.filter((part) => part !== "").join(" · ");
  item.iconPath =
    unit.complete && unit.notLinked === null
      ? new vscode.ThemeIcon(KINDS[unit.kind].icon)
      : new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  item.contextValue = `unit.${unit.kind}${unit.runnable ? `.runnable.${pipelineOf(unit.mode ?? DEFAULT_COMMAND).command}` : ""}`;
  item.tooltip = unitTooltip(unit);
  item.accessibilityInformation = { label: `${unit.name}, ${KINDS[unit.kind].words}, ${item.description}` };
  item.command = { command: COMMANDS.openRun, title: vscode.l10n.t("Open"), arguments: [{ kind: "unit", row: unit } satisfies UnitNode] };
  return item;
}

/** The workspace folder, if there are several: units in two folders may have the same name. */
function folderOf({ workspaceFolder }: UnitView): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (workspaceFolder === null || folders.length < 2) return "";
  return folders.find(({ uri }) => uri.toString() === vscode.Uri.parse(workspaceFolder).toString())?.name ?? "";
}

function badges(unit: UnitView): string[] {
  return [
    unit.complete ? "" : vscode.l10n.t("incomplete"),
    unit.notLinked === null ? "" : vscode.l10n.t("not linked"),
    unit.verified ? vscode.l10n.t("verified") : "",
  ];
}

/** Comes after what tells units apart, because a narrow side bar cuts off the end. */
function deviationsOf({ deviations }: UnitView): string {
  return deviations.length > 0 ? deviationCount(deviations.length) : "";
}

function unitTooltip(unit: UnitView): vscode.MarkdownString {
  const markdown = new SafeMarkdown().heading(unit.name).text(KINDS[unit.kind].words);
  if (unit.problem !== null) markdown.text(vscode.l10n.t("Incomplete: {0}", unit.problem.message)).text(unit.problem.help ?? "");
  if (unit.notLinked !== null) markdown.text(unit.notLinked.message);
  return markdown
    .facts([
      [vscode.l10n.t("Id"), unit.captureRef],
      [vscode.l10n.t("Made"), moment(unit.madeAt)],
      ["rustc", unit.rustc],
      [vscode.l10n.t("Differs in"), unit.toldApart.length === 0 ? null : unit.toldApart.join(", ")],
      [vscode.l10n.t("Modules"), `${moduleCount(unit.modules)}, ${upstreamCrateCount(unit.upstreamCrates)}`],
      [vscode.l10n.t("Outside LTO"), unit.outsideLto.length === 0 ? null : unit.outsideLto.join(", ")],
      [
        vscode.l10n.t("rustc decided"),
        unit.decided && vscode.l10n.t("{0} re-used, {1} re-compiled", unit.decided.reused, unit.decided.recompiled),
      ],
      [vscode.l10n.t("Last run"), unit.lastRun && countsLine(unit.lastRun)],
      [vscode.l10n.t("Output"), unit.outputBytes === null ? null : bytes(unit.outputBytes)],
      ...unit.deviations.map(
        ({ setting, build, used }) =>
          [vscode.l10n.t("Deviation"), vscode.l10n.t("{0}: {1} in your build, {2} here", setting, build, used)] as const,
      ),
      [vscode.l10n.t("Found in"), unit.path],
    ])
    .done();
}
