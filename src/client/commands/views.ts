/** What the views' own buttons do: open and remove runs, filter, sort and group codegen units. */
import * as vscode from "vscode";
import type { Verdict } from "../../protocol/runs.js";
import type { ModuleSort } from "../../protocol/views.js";
import type { Parts } from "../parts.js";
import type { Grouping, Order } from "../shown.js";
import type { RunNode } from "../trees/runs.js";
import { pickOne } from "./picks.js";

export function openRun(parts: Parts, node?: RunNode): void {
  if (node?.kind === "run") parts.shown.show(node.row);
}

export async function removeRun(parts: Parts, node?: RunNode): Promise<void> {
  const run = node?.kind === "run" ? node.row : parts.shown.run;
  if (run === null) return;
  await parts.server.ask("removeRun", { run: run.id });
  if (parts.shown.run?.id === run.id) parts.shown.show(null);
  parts.runs.refresh();
}

export async function refresh(parts: Parts): Promise<void> {
  await parts.server.ask("refresh", {});
  parts.units.refresh();
  parts.runs.refresh();
  await parts.shown.refresh();
}

const VERDICTS: readonly { readonly label: string; readonly value: readonly Verdict[] | null }[] = [
  { label: "All", value: null },
  { label: "Re-compiled", value: ["re-compiled"] },
  { label: "Re-used", value: ["re-used"] },
  { label: "Failed", value: ["failed"] },
];

export async function filterCgus(parts: Parts): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: "Filter Codegen Units",
    prompt: "Part of a codegen unit's name, its crate or its reason; empty for all",
    value: parts.shown.filter.text ?? "",
  });
  if (text === undefined) throw new vscode.CancellationError();
  const verdicts = await pickOne(VERDICTS, { title: "Filter Codegen Units", placeHolder: "Which verdicts?" });
  parts.shown.setFilter({ ...(text === "" ? {} : { text }), ...(verdicts === null ? {} : { verdicts }) });
}

export function clearFilter(parts: Parts): void {
  parts.shown.setFilter({});
}

const SORTS: readonly {
  readonly sort: ModuleSort | null;
  readonly label: string;
  readonly description: string;
  readonly descending: boolean;
}[] = [
  { sort: null, label: "As rustc lists them", description: "local, upstream, cached", descending: false },
  { sort: "name", label: "Name", description: "A to Z", descending: false },
  { sort: "bytes", label: "Size", description: "largest first", descending: true },
  { sort: "time", label: "Time", description: "slowest first", descending: true },
  { sort: "growth", label: "Growth", description: "most instructions gained first", descending: true },
  { sort: "reason", label: "Reason", description: "the same reasons together", descending: false },
];

export async function sortCgus(parts: Parts): Promise<void> {
  const choices = SORTS.map(({ label, description, sort, descending }) => ({
    label,
    description,
    value: { sort, descending } satisfies Order,
  }));
  parts.shown.setOrder(await pickOne(choices, { title: "Sort Codegen Units", placeHolder: "Sort by" }));
}

const GROUPINGS: readonly { readonly label: string; readonly description: string; readonly value: Grouping }[] = [
  { label: "Verdict, then crate", description: "re-used, re-compiled, failed", value: "verdict" },
  { label: "Crate", description: "all codegen units of a crate together", value: "crate" },
  { label: "No groups", description: "one list", value: "none" },
];

export async function groupCgus(parts: Parts): Promise<void> {
  parts.shown.setGrouping(await pickOne(GROUPINGS, { title: "Group Codegen Units", placeHolder: "Group by" }));
}
