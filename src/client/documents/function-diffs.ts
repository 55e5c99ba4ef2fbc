/**
 * Diffs of the functions that a stage changed. A multi-file diff has some of them, and its title says which; while it is open,
 * LTO: Show More Changed Functions opens others.
 */
import * as vscode from "vscode";
import { STAGE_SCHEME } from "../../protocol/uris.js";
import type { Stage } from "../../protocol/stages.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import type { DocumentFilters, Subject } from "../../protocol/uris.js";
import type { ComparedPair, Page } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { pickOne } from "../commands/picks.js";
import { Failure } from "../failure.js";
import type { QuickChoice } from "../messages.js";
import type { Server } from "../server.js";
import { collect } from "../trees/pages.js";
import { stepDone } from "../walkthrough.js";
import { closeReplaced } from "./active.js";
import { currentFilters } from "./filters.js";
import { number } from "../../protocol/words.js";

/** Functions in one multi-file diff; with many more VS Code becomes slow. */
export const FUNCTIONS_AT_ONCE = 50;

export interface Comparison {
  readonly subject: Subject;
  /** Another run, whose stage is the right side. */
  readonly against?: string;
  /** The module in another build, whose stage is the right side. */
  readonly other?: WithModule;
  readonly module: string;
  readonly from: Stage;
  readonly to: Stage;
  /** A symbol; absent: all functions that changed. */
  readonly function?: string;
}

export interface ShownFunctions {
  readonly comparison: Comparison;
  readonly filters: DocumentFilters;
  readonly offset: number;
  readonly shown: number;
  readonly total: number;
}

type Compared = Page<ComparedPair> & { readonly title: string };

/** Title → what the diff shows: the title is all that VS Code tells extensions about a multi-file diff. */
const open = new Map<string, ShownFunctions>();

/** Titles to remember; more are never open at once. */
const MOST_TITLES = 100;

/** The comparison of which the active tab shows some or all functions; undefined: it shows something else. */
export function activeComparison(): (ShownFunctions & { readonly tab: vscode.Tab }) | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  if (tab === undefined) return undefined;
  // VS Code adds the number of files.
  const shown = [...open].find(([title]) => tab.label === title || tab.label.startsWith(`${title} (`))?.[1];
  return shown === undefined ? undefined : { ...shown, tab };
}

/** The same, if there are more functions than it shows. */
export function activeFunctions(): ShownFunctions | undefined {
  const shown = activeComparison();
  return shown !== undefined && shown.shown < shown.total ? shown : undefined;
}

/** Opens some or all of the functions that differ. */
export async function openFunctions(
  comparison: Comparison,
  { title, rows, offset, total }: Compared,
  filters: DocumentFilters = currentFilters(),
): Promise<void> {
  const label = visible(title);
  open.delete(label);
  open.set(label, { comparison, filters, offset, shown: rows.length, total });
  for (const old of [...open.keys()].slice(0, -MOST_TITLES)) open.delete(old);
  await vscode.commands.executeCommand("vscode.changes", label, rows.map(resources));
  stepDone("compared");
}

/** Shows the same functions with other filters. */
export async function reopenFunctions(
  server: Server,
  { comparison, offset, shown, tab }: ShownFunctions & { readonly tab: vscode.Tab },
  filters: DocumentFilters,
): Promise<void> {
  const ask = (range: { readonly offset: number; readonly limit: number }): Promise<Compared> =>
    server.ask("compare", { ...comparison, filters, ...range });
  const page = shown > FUNCTIONS_AT_ONCE ? await collect(shown, ask) : await ask({ offset, limit: shown });
  await openFunctions(comparison, { ...page, title: tab.label.replace(/ \([^()]*\)$/, "") }, filters);
  await closeReplaced({ tab });
}

/** Opens one pair. A side without the function has no document, which a multi-file editor can show and a plain diff cannot. */
export async function openPair(pair: ComparedPair): Promise<void> {
  const title = visible(pair.title);
  if (pair.left === null || pair.right === null) await vscode.commands.executeCommand("vscode.changes", title, [resources(pair)]);
  else await vscode.commands.executeCommand("vscode.diff", vscode.Uri.parse(pair.left), vscode.Uri.parse(pair.right), title);
  stepDone("compared");
}

type Resources = [label: vscode.Uri, original: vscode.Uri | undefined, modified: vscode.Uri | undefined];

function resources(pair: ComparedPair): Resources {
  const parse = (uri: string | null): vscode.Uri | undefined => (uri === null ? undefined : vscode.Uri.parse(uri));
  const label = vscode.Uri.from({ scheme: STAGE_SCHEME, path: `/${visible(pair.label).replaceAll("/", "∕")}` });
  return [label, parse(pair.left), parse(pair.right)];
}

/** LTO: Show More Changed Functions. @throws Failure if the active editor does not show some of a stage's functions, CancellationError */
export async function moreFunctions(server: Server): Promise<void> {
  const shown = activeFunctions();
  if (shown === undefined) {
    throw new Failure({
      name: "UnknownStage",
      message: vscode.l10n.t("The active editor shows no comparison with more functions."),
      help: vscode.l10n.t("Open a stage below a codegen unit, or use LTO: Compare Stages."),
    });
  }
  const { offset, limit } = await pickOne(choices(shown), {
    title: vscode.l10n.t("LTO: Show More Changed Functions"),
    placeHolder: vscode.l10n.t("{0} functions differ: changed ones first, removed copies last", number(shown.total)),
  });
  const { comparison } = shown;
  const ask = (range: { readonly offset: number; readonly limit: number }): Promise<Compared> =>
    server.ask("compare", { ...comparison, filters: currentFilters(), ...range });
  const whole = offset === 0 && limit === shown.total;
  const page = whole ? await collect(limit, ask) : await ask({ offset, limit });
  // A page with all functions has the title of the first part.
  const title = whole ? page.title.replace(/ · functions [^·]*$/, ` · all ${number(shown.total)} functions`) : page.title;
  await openFunctions(comparison, { ...page, title });
}

type Part = QuickChoice<{ readonly offset: number; readonly limit: number }>;

function choices({ offset, shown, total }: ShownFunctions): Part[] {
  const part = (label: (functions: string) => string, from: number): Part => {
    const limit = Math.min(FUNCTIONS_AT_ONCE, total - from);
    const description = vscode.l10n.t("{0} to {1}", number(from + 1), number(from + limit));
    return { label: label(number(limit)), description, value: { offset: from, limit } };
  };
  const next = offset + shown;
  const all: Part = {
    label: vscode.l10n.t("All {0}", number(total)),
    description: vscode.l10n.t("in one diff; may be slow"),
    value: { offset: 0, limit: total },
  };
  return [
    ...(next < total ? [part((functions) => vscode.l10n.t("Next {0}", functions), next)] : []),
    ...(offset > 0 ? [part((functions) => vscode.l10n.t("Previous {0}", functions), Math.max(0, offset - FUNCTIONS_AT_ONCE))] : []),
    all,
  ];
}
