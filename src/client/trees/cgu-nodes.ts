/** The nodes of the Codegen Units view: groups → crates → CGUs → stages → changed functions. */
import type { ModuleGroup } from "../../protocol/runs.js";
import type { Stage } from "../../protocol/stages.js";
import type { Subject } from "../../protocol/uris.js";
import type { FunctionChangeRow, GroupRow, CrateRow, ModuleRow, StageRow } from "../../protocol/views.js";
import type { NoteNode } from "./node-item.js";

export interface GroupNode {
  readonly kind: "group";
  readonly row: GroupRow;
}

export interface CrateNode {
  readonly kind: "crate";
  readonly row: CrateRow;
  /** undefined: CGUs of all groups. */
  readonly group: ModuleGroup | undefined;
}

export interface ModuleNode {
  readonly kind: "module";
  readonly subject: Subject;
  readonly row: ModuleRow;
  readonly parent: CrateNode | undefined;
}

export interface StageNode {
  readonly kind: "stage";
  readonly module: ModuleNode;
  readonly row: StageRow;
  /** The stage before it; null for the first. */
  readonly previous: Stage | null;
}

export interface FunctionNode {
  readonly kind: "function";
  readonly stage: StageNode;
  readonly row: FunctionChangeRow;
}

/** Stands for rows that were not requested yet. */
export interface MoreNode {
  readonly kind: "more";
  readonly parent: CguNode | undefined;
  readonly left: number;
}

export type CguNode = GroupNode | CrateNode | ModuleNode | StageNode | FunctionNode | MoreNode | NoteNode;

/** An argument of commands on a stage: opens the whole stage without asking for a function. */
export const WHOLE = "whole";

/** A stable id, so that VS Code keeps expanded and selected nodes over a refresh. */
export function nodeId(node: CguNode): string {
  switch (node.kind) {
    case "group":
      return `g:${node.row.group}`;
    case "crate":
      return `c:${String(node.group)}:${node.row.crate}`;
    case "module":
      return `m:${node.parent === undefined ? "" : nodeId(node.parent)}:${node.row.name}`;
    case "stage":
      return `s:${nodeId(node.module)}:${node.row.stage}`;
    case "function":
      return `f:${nodeId(node.stage)}:${node.row.left ?? ""}:${node.row.right ?? ""}`;
    case "more":
      return `more:${node.parent === undefined ? "" : nodeId(node.parent)}`;
    case "note":
      return `note:${node.text}`;
  }
}
