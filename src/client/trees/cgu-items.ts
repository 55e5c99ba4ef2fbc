/** How the nodes of the Codegen Units view look, how screen readers read them, and what they open. */
import * as vscode from "vscode";
import { functionCount, instructionCount } from "../../protocol/counts.js";
import type { DecisiveView } from "../../protocol/explain.js";
import { noFunctionWords } from "../../protocol/change-words.js";
import type { ModuleGroup } from "../../protocol/runs.js";
import type { FunctionChangeRow, RowLine } from "../../protocol/views.js";
import { COMMANDS } from "../ids.js";
import { shownItem } from "../messages.js";
import { bytes, change, moduleTimeWords, number } from "../../protocol/words.js";
import {
  nodeId,
  WHOLE,
  type CguNode,
  type CrateNode,
  type FunctionNode,
  type GroupNode,
  type ModuleNode,
  type StageNode,
} from "./cgu-nodes.js";
import { lineItem, noteItem, SafeMarkdown } from "./node-item.js";

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The most modules in a tooltip. */
const SHOWN_MODULES = 20;

export function cguItem(node: CguNode): vscode.TreeItem {
  const item = itemOf(node);
  item.id = nodeId(node);
  return shownItem(item);
}

function itemOf(node: CguNode): vscode.TreeItem {
  switch (node.kind) {
    case "group":
      return groupItem(node);
    case "crate":
      return crateItem(node);
    case "module":
      return moduleItem(node);
    case "stage":
      return stageItem(node);
    case "function":
      return functionItem(node);
    case "more": {
      const item = new vscode.TreeItem(vscode.l10n.t("Show more ({0} left)", number(node.left)));
      item.iconPath = new vscode.ThemeIcon("ellipsis");
      item.command = { command: COMMANDS.showMore, title: vscode.l10n.t("Show more"), arguments: [node] };
      return item;
    }
    case "note":
      return noteItem(node);
  }
}

/** Groups that are as expected. */
const QUIET: ReadonlySet<ModuleGroup> = new Set(["never-cached", "re-used"]);

function groupItem({ row }: GroupNode): vscode.TreeItem {
  const item = lineItem(row.label, row.line, QUIET.has(row.group) ? Collapsed : Expanded);
  item.contextValue = "group";
  item.tooltip = `${row.label}: ${row.line.description}\n\n${row.detail}`;
  return item;
}

/** Groups in which the user looks for the cause of a re-compilation. */
const TELLING: ReadonlySet<ModuleGroup> = new Set(["failed", "changed", "new"]);

/** The user's own crates are open where something happened to them. */
function crateItem({ row, group }: CrateNode): vscode.TreeItem {
  const open = row.place === "workspace" && group !== undefined && TELLING.has(group);
  const item = lineItem(row.crate, row.line, open ? Expanded : Collapsed);
  item.contextValue = "crate";
  return item;
}

/** For the types: the tree always asks for lines. */
const NO_LINE: RowLine = { icon: "question", color: null, description: "", words: "" };

function moduleItem(node: ModuleNode): vscode.TreeItem {
  const { row } = node;
  const linked = row.reason?.kind === "linked-into-base";
  const item = lineItem(row.shortName, row.line ?? NO_LINE, linked ? None : Collapsed);
  item.contextValue = linked ? "cgu.linked" : row.key === null ? "cgu" : "cgu.key";
  // Left out if an explanation can be added: VS Code requests the tooltip when it shows it.
  if (!explainable(node)) item.tooltip = moduleTooltip(node, null);
  return item;
}

/** Whether comparing two builds can say what made rustc re-compile this module. */
export function explainable({ row, subject }: ModuleNode): boolean {
  return row.verdict === "re-compiled" && row.key !== null && "run" in subject;
}

/** @param decisive what made rustc re-compile it, if known */
export function moduleTooltip({ row, subject }: Pick<ModuleNode, "row" | "subject">, decisive: DecisiveView | null): vscode.MarkdownString {
  const markdown = new SafeMarkdown().heading(`${row.crate} · ${row.shortName}`);
  if (decisive !== null) {
    // The command needs no more of the row.
    const node = { kind: "module", subject, row: { name: row.name } };
    markdown.named(decisive.fact.text).steps(decisive.chain).command(vscode.l10n.t("Explain Decision"), COMMANDS.explain, node);
  }
  if (row.verdict !== null) markdown.text(`${row.verdict}${row.reason === null ? "" : `: ${row.reason.detail}`}`);
  if (row.error !== null) markdown.text(row.error.message);
  return markdown
    .facts([
      [vscode.l10n.t("Module"), row.name],
      [vscode.l10n.t("Hash of"), row.readable?.rustc ?? null],
      [vscode.l10n.t("Has items of"), row.readable?.modules?.slice(0, SHOWN_MODULES).join(", ") ?? null],
      [vscode.l10n.t("Origin"), row.origin],
      [vscode.l10n.t("Key"), row.key],
      [vscode.l10n.t("Previous key"), row.previousKey === row.key ? vscode.l10n.t("the same") : row.previousKey],
      [vscode.l10n.t("Instructions"), row.instructions && change(row.instructions.before, row.instructions.after)],
      [vscode.l10n.t("Bitcode"), row.stageBytes && `${bytes(row.stageBytes.before)} → ${bytes(row.stageBytes.after)}`],
      [vscode.l10n.t("Stages"), row.stageBytes && moduleTimeWords(row)],
      [vscode.l10n.t("Read from"), row.source],
    ])
    .done();
}

function stageItem(node: StageNode): vscode.TreeItem {
  const { row, previous } = node;
  const same = row.changes?.others.sameBytes === true;
  const functions = row.changes === null ? 0 : row.changes.changed + row.changes.added + row.changes.removed;
  const item = new vscode.TreeItem(row.label, previous !== null && functions > 0 ? Collapsed : None);
  item.description = stageDescription(node);
  item.iconPath = new vscode.ThemeIcon(
    !row.made ? "circle-outline" : previous === null ? "file-code" : row.changes === null || same ? "dash" : "diff-modified",
  );
  item.contextValue = previous === null ? "stage.first" : "stage";
  item.command = {
    title: vscode.l10n.t("Open"),
    // The comparison makes a stage that does not exist yet.
    command: previous === null || same ? COMMANDS.openStage : COMMANDS.compareStages,
    // A click on a stage opens the whole stage, without a choice of functions.
    arguments: [node, WHOLE],
  };
  item.tooltip = row.made ? `${row.label}: ${item.description}` : vscode.l10n.t("{0}: not made yet; opening it makes it", row.label);
  item.accessibilityInformation = { label: vscode.l10n.t("stage {0}, {1}", row.label, item.description) };
  return item;
}

/** A narrow side bar cuts off the end, so the change comes before the size. */
function stageDescription({ row, previous }: StageNode): string {
  if (!row.made) return vscode.l10n.t("not made yet");
  const size = row.bytes === null ? [] : [bytes(row.bytes)];
  if (previous === null) return [...(row.functions === null ? [] : [functionCount(row.functions)]), ...size].join(" · ");
  if (row.changes === null) return size.join("");
  const { changed, added, removed, instructions, others } = row.changes;
  if (changed + added + removed === 0) return [noFunctionWords(others), ...size].join(" · ");
  const functions = [
    ...(changed > 0 ? [vscode.l10n.t("{0} changed", number(changed))] : []),
    ...(added > 0 ? [vscode.l10n.t("{0} added", number(added))] : []),
    ...(removed > 0 ? [vscode.l10n.t("{0} removed", number(removed))] : []),
  ];
  const delta = `${instructions > 0 ? "+" : instructions < 0 ? "−" : "±"}${instructionCount(Math.abs(instructions))}`;
  return [functions.join(", "), delta, ...size].join(" · ");
}

const CHANGES: Readonly<Record<FunctionChangeRow["change"], string>> = {
  added: vscode.l10n.t("added"),
  removed: vscode.l10n.t("removed"),
  changed: vscode.l10n.t("changed"),
};

const CHANGE_ICONS = { added: "diff-added", removed: "diff-removed", changed: "diff-modified" } as const;

function functionItem(node: FunctionNode): vscode.TreeItem {
  const { row } = node;
  const item = new vscode.TreeItem(row.demangled, None);
  const { before, after } = row.instructions;
  const size =
    before !== null && after !== null ? vscode.l10n.t("{0} instructions", change(before, after)) : instructionCount(after ?? before ?? 0);
  item.description = `${CHANGES[row.change]} · ${size}`;
  item.iconPath = new vscode.ThemeIcon(CHANGE_ICONS[row.change]);
  item.contextValue = "function";
  item.command = { title: vscode.l10n.t("Compare"), command: COMMANDS.compareStages, arguments: [node] };
  item.tooltip = new SafeMarkdown()
    .heading(row.demangled)
    .facts([
      [vscode.l10n.t("Symbol"), row.right ?? row.left],
      [vscode.l10n.t("Change"), `${CHANGES[row.change]}${row.parts.length > 0 ? ` (${row.parts.join(", ")})` : ""}`],
      [vscode.l10n.t("Instructions"), size],
    ])
    .done();
  item.accessibilityInformation = { label: vscode.l10n.t("function {0}, {1}", row.demangled, item.description) };
  return item;
}
