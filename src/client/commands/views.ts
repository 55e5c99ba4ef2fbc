/** The commands of the views' buttons: open and remove runs; filter, sort and group codegen units. */
import * as vscode from "vscode";
import { hasRows, type ModuleFilter, type ModuleSort } from "../../protocol/views.js";
import type { Services } from "../services.js";
import type { Grouping, Order } from "../shown-run.js";
import type { CguNode } from "../trees/cgu-nodes.js";
import { collect } from "../trees/pages.js";
import type { RunNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";
import { COMMANDS } from "../ids.js";
import { loadSession } from "../later.js";
import { number } from "../../protocol/words.js";
import { mention, showInformation } from "../messages.js";
import { pickModule, pickOne } from "./picks.js";
import { openStageCommand, place, shownRun } from "./stages.js";

export async function openRun(services: Services, node?: RunNode | UnitNode): Promise<void> {
  if (node?.kind === "run") services.shown.show(node.row);
  if (node?.kind === "unit") await openUnit(services, node);
}

/** A click on a unit: its latest run, or else a run; of a unit that cannot be run, its stages, or else why there are none. */
async function openUnit(services: Services, node: UnitNode): Promise<void> {
  const { ref, name, kind, lastRun, runnable, modules, problem } = node.row;
  if (lastRun !== null && hasRows(lastRun)) {
    services.shown.show(lastRun);
  } else if (runnable) {
    // In the mode of its build, whatever the command's name.
    await vscode.commands.executeCommand(COMMANDS.runThin, node);
  } else if (modules > 0 && kind !== "output") {
    const row = await pickModule(services.server, { unit: ref }, name);
    await openStageCommand(services, { kind: "module", subject: { unit: ref }, row, parent: undefined });
  } else {
    const why = problem?.message ?? vscode.l10n.t("{0} has no bitcode, so there is nothing to replay.", name);
    void showInformation(`${why} ${problem?.help ?? vscode.l10n.t("Run Thin LTO captures a build that keeps it.")}`);
  }
}

export async function refresh(services: Services): Promise<void> {
  await services.server.ask("refresh", {});
  services.units.refresh();
  services.runs.refresh();
  await services.shown.refresh();
}

/** Filters the views while the user types; Escape restores the filter from before. */
export async function filterCgus({ shown }: Services): Promise<void> {
  const { filterWhileTyping } = await loadSession();
  await filterWhileTyping({
    title: vscode.l10n.t("Filter Codegen Units"),
    placeholder: vscode.l10n.t("Name, crate, verdict or reason: textstats re-compiled"),
    prompt: vscode.l10n.t("Shows the codegen units that have all of these words."),
    text: shown.filter.text ?? "",
    apply: (text) => {
      shown.setFilter(withText(shown.filter, text));
    },
  });
}

function withText(filter: ModuleFilter, text: string): ModuleFilter {
  if (text !== "") return { ...filter, text };
  const rest: { -readonly [Part in keyof ModuleFilter]: ModuleFilter[Part] } = { ...filter };
  delete rest.text;
  return rest;
}

/** Narrows the view to a group or a crate of the tree. */
export function onlyThis({ shown }: Services, node?: CguNode): void {
  if (node?.kind === "group") shown.setFilter({ ...shown.filter, groups: [node.row.group] });
  if (node?.kind === "crate") shown.setFilter({ ...shown.filter, crates: [node.row.crate] });
}

/** Copies rustc's names of the modules below a group or a crate, or of one module. */
export async function copyNames(services: Services, node?: CguNode): Promise<void> {
  const names = await namesBelow(services, node);
  await vscode.env.clipboard.writeText(names.join("\n"));
  mention(names.length === 1 ? vscode.l10n.t("Copied 1 name") : vscode.l10n.t("Copied {0} names", number(names.length)));
}

async function namesBelow(services: Services, node: CguNode | undefined): Promise<readonly string[]> {
  if (node?.kind !== "group" && node?.kind !== "crate") return [(await place(services, node)).module];
  const query = { subject: { run: shownRun(services).id }, ...services.cgus.queryOf(node) };
  const { rows } = await collect(Infinity, (range) => services.server.ask("modules", { ...query, ...range }));
  return rows.map(({ name }) => name);
}

export function clearFilter(services: Services): void {
  services.shown.setFilter({});
}

const SORTS: readonly {
  readonly sort: ModuleSort | null;
  readonly label: string;
  readonly description: string;
  readonly descending: boolean;
}[] = [
  {
    sort: null,
    label: vscode.l10n.t("What matters first"),
    description: vscode.l10n.t("the workspace's crates, changed, largest"),
    descending: false,
  },
  { sort: "run", label: vscode.l10n.t("As rustc lists them"), description: vscode.l10n.t("local, upstream, cached"), descending: false },
  { sort: "name", label: vscode.l10n.t("Name"), description: vscode.l10n.t("A to Z"), descending: false },
  { sort: "bytes", label: vscode.l10n.t("Size"), description: vscode.l10n.t("largest first"), descending: true },
  { sort: "time", label: vscode.l10n.t("Time"), description: vscode.l10n.t("slowest first"), descending: true },
  { sort: "growth", label: vscode.l10n.t("Growth"), description: vscode.l10n.t("most instructions gained first"), descending: true },
  { sort: "reason", label: vscode.l10n.t("Reason"), description: vscode.l10n.t("the same reasons together"), descending: false },
];

export async function sortCgus(services: Services): Promise<void> {
  const choices = SORTS.map(({ label, description, sort, descending }) => ({
    label,
    description,
    value: { sort, descending } satisfies Order,
  }));
  services.shown.setOrder(await pickOne(choices, { title: vscode.l10n.t("Sort Codegen Units"), placeHolder: vscode.l10n.t("Sort by") }));
}

const GROUPINGS: readonly { readonly label: string; readonly description: string; readonly value: Grouping }[] = [
  { label: vscode.l10n.t("What happened, then crate"), description: vscode.l10n.t("changed, never cached, re-used"), value: "verdict" },
  { label: vscode.l10n.t("Crate"), description: vscode.l10n.t("all codegen units of a crate together"), value: "crate" },
  { label: vscode.l10n.t("No groups"), description: vscode.l10n.t("one list"), value: "none" },
];

export async function groupCgus(services: Services): Promise<void> {
  services.shown.setGrouping(
    await pickOne(GROUPINGS, { title: vscode.l10n.t("Group Codegen Units"), placeHolder: vscode.l10n.t("Group by") }),
  );
}
