/**
 * The Codegen Units view: what the shown run re-used and re-compiled, why, and what each stage changed. The tree stores no rows: it requests them
 * by range, and grows by a page when the user asks for more.
 */
import * as vscode from "vscode";
import { learnShownNames } from "../../protocol/module-names.js";
import type { Subject } from "../../protocol/uris.js";
import type { ModuleQuery } from "../../protocol/requests/rows.js";
import { hasRows, type Page } from "../../protocol/views.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { cguItem, explainable, moduleTooltip } from "./cgu-items.js";
import {
  nodeId,
  type CguNode,
  type CrateNode,
  type FunctionNode,
  type GroupNode,
  type ModuleNode,
  type MoreNode,
  type StageNode,
} from "./cgu-nodes.js";
import { failureNote, type NoteNode } from "./node-item.js";
import { collect } from "./pages.js";

/** Rows to show at first, and to add with each "Show more". */
const PAGE = 200;

export class CgusTree implements vscode.TreeDataProvider<CguNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #changed = new vscode.EventEmitter<CguNode | undefined>();
  /** How many rows of a parent are shown, if it is more than a page. */
  readonly #limits = new Map<string, number>();
  readonly #listener: vscode.Disposable;
  readonly #firstShown = new vscode.EventEmitter<void>();
  #wasShown = false;

  readonly onDidChangeTreeData = this.#changed.event;

  /** Fires when the view becomes visible for the first time, to restore the last run. */
  readonly onFirstShown = this.#firstShown.event;

  constructor(server: Server, shown: ShownRun) {
    this.#server = server;
    this.#shown = shown;
    this.#listener = shown.onChanged(() => {
      this.#limits.clear();
      this.#changed.fire(undefined);
    });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Adds a page of rows below a parent. */
  showMore({ parent }: MoreNode): void {
    const id = parent === undefined ? "" : nodeId(parent);
    this.#limits.set(id, this.#limit(parent) + PAGE);
    this.#changed.fire(parent);
  }

  getTreeItem(node: CguNode): vscode.TreeItem {
    return cguItem(node);
  }

  /** Adds the decisive fact to the tooltip of a re-compiled module, if the previous build reveals it. */
  async resolveTreeItem(item: vscode.TreeItem, node: CguNode, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    if (node.kind !== "module" || !explainable(node)) return item;
    const choice = { subject: node.subject, module: node.row.name };
    // If the previous build is gone, the tooltip has no fact.
    const { decisive } = await this.#server.ask("decisive", choice, token).catch(() => ({ decisive: null }));
    item.tooltip = moduleTooltip(node, decisive);
    return item;
  }

  async getChildren(node?: CguNode): Promise<CguNode[]> {
    const { run } = this.#shown;
    if (!this.#wasShown) {
      this.#wasShown = true;
      this.#firstShown.fire();
    }
    if (run === null) return [];
    if (run.error !== null && !hasRows(run)) return node === undefined ? [{ kind: "note", text: run.error.message, icon: "error" }] : [];
    try {
      return await this.#childrenOf(node, { run: run.id });
    } catch (error) {
      return [failureNote(error)];
    }
  }

  getParent(node: CguNode): CguNode | undefined {
    switch (node.kind) {
      case "module":
        return node.parent;
      case "stage":
        return node.module;
      case "function":
        return node.stage;
      case "more":
        return node.parent;
      default:
        return undefined;
    }
  }

  dispose(): void {
    this.#listener.dispose();
    this.#firstShown.dispose();
    this.#changed.dispose();
  }

  /** The modules below a node, in the order of the view. */
  queryOf(node: GroupNode | CrateNode | undefined): Omit<ModuleQuery, "subject"> {
    const { filter, order } = this.#shown;
    const group = node?.kind === "group" ? node.row.group : node?.group;
    return {
      filter: {
        ...filter,
        ...(node?.kind === "crate" ? { crates: [node.row.crate] } : {}),
        ...(group === undefined ? {} : { groups: [group] }),
      },
      ...(order.sort === null ? {} : { sort: order.sort, descending: order.descending }),
    };
  }

  #childrenOf(node: CguNode | undefined, subject: Subject): Promise<CguNode[]> | CguNode[] {
    switch (node?.kind) {
      case undefined:
        return this.#roots(subject);
      case "group":
        return this.#crates(subject, node);
      case "crate":
        return this.#modules(subject, node);
      case "module":
        return this.#stages(node);
      case "stage":
        return this.#functions(node);
      default:
        return [];
    }
  }

  async #roots(subject: Subject): Promise<CguNode[]> {
    return [...(await this.#grouped(subject)), ...outsideNotes(this.#shown.run?.outsideLto ?? [])];
  }

  async #grouped(subject: Subject): Promise<CguNode[]> {
    switch (this.#shown.grouping) {
      case "crate":
        return this.#crates(subject, undefined);
      case "none":
        return this.#modules(subject, undefined);
      case "verdict": {
        const { groups } = await this.#server.ask("groups", { subject, filter: this.#shown.filter });
        const nodes = groups.map((row): GroupNode => ({ kind: "group", row }));
        return nodes.length > 0 ? nodes : [{ kind: "note", text: vscode.l10n.t("No codegen unit matches the filter."), icon: "filter" }];
      }
    }
  }

  async #crates(subject: Subject, group: GroupNode | undefined): Promise<CguNode[]> {
    const page = await collect(this.#limit(group), (range) => this.#server.ask("crates", { subject, ...this.queryOf(group), ...range }));
    const nodes = page.rows.map((row): CrateNode => ({ kind: "crate", row, group: group?.row.group }));
    return withMore(nodes, page, group);
  }

  async #modules(subject: Subject, crate: CrateNode | undefined): Promise<CguNode[]> {
    const query = { subject, ...this.queryOf(crate), lines: true };
    const page = await collect(this.#limit(crate), (range) => this.#server.ask("modules", { ...query, ...range }));
    learnShownNames(page.rows);
    const nodes = page.rows.map((row): ModuleNode => ({ kind: "module", subject, row, parent: crate }));
    return withMore(nodes, page, crate);
  }

  async #stages(module: ModuleNode): Promise<CguNode[]> {
    const { stages } = await this.#server.ask("stages", { subject: module.subject, module: module.row.name, changes: true });
    return stages.map((row, index): StageNode => ({ kind: "stage", module, row, previous: stages[index - 1]?.stage ?? null }));
  }

  async #functions(stage: StageNode): Promise<CguNode[]> {
    if (stage.previous === null) return [];
    const { subject, row } = stage.module;
    const query = { subject, module: row.name, from: stage.previous, to: stage.row.stage };
    const page = await collect(this.#limit(stage), (range) => this.#server.ask("changedFunctions", { ...query, ...range }));
    const nodes = page.rows.map((row): FunctionNode => ({ kind: "function", stage, row }));
    return withMore(nodes, page, stage);
  }

  #limit(parent: CguNode | undefined): number {
    return this.#limits.get(parent === undefined ? "" : nodeId(parent)) ?? PAGE;
  }
}

/** A row for crates outside LTO. compiler_builtins is always one of them, and does not get a row alone. */
function outsideNotes(crates: readonly string[]): NoteNode[] {
  if (crates.every((crate) => crate === "compiler_builtins")) return [];
  const tooltip = vscode.l10n.t(
    "rustc leaves #![no_builtins] crates and compiler_builtins out of LTO: they have no stages and go to the linker unchanged. LTO: Find Symbol searches them too.",
  );
  return [{ kind: "note", text: vscode.l10n.t("Outside LTO: {0}", crates.join(", ")), icon: "package", tooltip }];
}

function withMore(nodes: readonly CguNode[], page: Page<unknown>, parent: CguNode | undefined): CguNode[] {
  const left = page.total - nodes.length;
  return left > 0 ? [...nodes, { kind: "more", parent, left }] : [...nodes];
}
