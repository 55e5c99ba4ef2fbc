/** Opening stages and comparing them. A diff opens on one function or on the functions that changed; a whole module only when it is asked for. */
import * as vscode from "vscode";
import { stagesOf, STAGE_NAMES, type Stage } from "../../protocol/stages.js";
import { formatStageUri, parseStageUri, STAGE_SCHEME, type Subject } from "../../protocol/uris.js";
import type { ComparedPair } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { Failure } from "../failure.js";
import { showInformation } from "../messages.js";
import type { Server } from "../server.js";
import { activeStage, closeReplaced } from "./active.js";
import { currentFilters } from "./filters.js";

/** Functions in one multi-file diff; more make VS Code slow, and nobody reads them all. */
const MOST_PAIRS = 50;

export interface Comparison {
  readonly subject: Subject;
  readonly module: string;
  readonly from: Stage;
  readonly to: Stage;
  /** Symbol; absent: all functions that changed. */
  readonly function?: string;
}

/** The stages that a module has in a run, in their order: those of thin or of fat LTO. */
export async function stagesOfModule(server: Server, subject: Subject, module: string): Promise<readonly Stage[]> {
  const { stages } = await server.ask("stages", { subject, module, changes: false });
  return stages.map(({ stage }) => stage);
}

/** Opens a stage as a document. */
export async function openStage(subject: Subject, module: string, stage: Stage, symbol: string | null): Promise<void> {
  const uri = formatStageUri({ subject, module, stage, function: symbol, filters: currentFilters() });
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: true });
}

/** Opens a diff between two stages. */
export async function compareStages(server: Server, comparison: Comparison): Promise<void> {
  const page = await server.ask("compare", { ...comparison, filters: currentFilters(), offset: 0, limit: MOST_PAIRS });
  const [first] = page.rows;
  if (first === undefined) {
    const { from, to } = comparison;
    void showInformation(`No function changed between ${STAGE_NAMES[from].label} and ${STAGE_NAMES[to].label}.`);
    return;
  }
  if (page.leftOut !== null) void showInformation(page.leftOut);
  if (page.rows.length === 1) await openPair(first);
  else await vscode.commands.executeCommand("vscode.changes", visible(page.title), page.rows.map(resources));
}

/** A side on which the function is not defined has no document; the multi-file editor can show that, a plain diff cannot. */
async function openPair(pair: ComparedPair): Promise<void> {
  const title = visible(pair.title);
  if (pair.left === null || pair.right === null) await vscode.commands.executeCommand("vscode.changes", title, [resources(pair)]);
  else await vscode.commands.executeCommand("vscode.diff", vscode.Uri.parse(pair.left), vscode.Uri.parse(pair.right), title);
}

type Resources = [label: vscode.Uri, original: vscode.Uri | undefined, modified: vscode.Uri | undefined];

function resources(pair: ComparedPair): Resources {
  const parse = (uri: string | null): vscode.Uri | undefined => (uri === null ? undefined : vscode.Uri.parse(uri));
  const label = vscode.Uri.from({ scheme: STAGE_SCHEME, path: `/${visible(pair.label).replaceAll("/", "∕")}` });
  return [label, parse(pair.left), parse(pair.right)];
}

/** While a diff of two stages is open: the same module or function one stage further on, or back. */
export async function stepStage(server: Server, step: 1 | -1): Promise<void> {
  const active = activeStage();
  const left = active?.kind === "diff" ? parseStageUri(active.left.toString(true)) : undefined;
  const right = active?.kind === "diff" ? parseStageUri(active.right.toString(true)) : undefined;
  if (active?.kind !== "diff" || left === undefined || right === undefined) {
    throw new Failure({
      name: "UnknownStage",
      message: "No diff of two stages is open.",
      mend: "Open one with LTO: Compare Stages first.",
    });
  }
  const stages: readonly Stage[] = stagesOf(right.stage.startsWith("lto.") ? "fat" : "thin");
  const [from, to] = [stages[stages.indexOf(left.stage) + step], stages[stages.indexOf(right.stage) + step]];
  if (from === undefined || to === undefined) {
    void showInformation(step === 1 ? "This is the last stage." : "This is the first pair of stages.");
    return;
  }
  const symbol = right.function ?? left.function;
  const { subject, module } = right;
  const page = await server.ask("compare", {
    subject,
    module,
    from,
    to,
    ...(symbol === null ? { wholeModule: true } : { function: symbol }),
    filters: right.filters,
    offset: 0,
    limit: 1,
  });
  const [pair] = page.rows;
  if (pair === undefined) return;
  await openPair(pair);
  await closeReplaced(active);
}
