/** Opens and compares stages. A diff shows one function, or the functions that changed; a whole module only on request. */
import * as vscode from "vscode";
import { pipelineWith, tagsOf, type Stage } from "../../protocol/stages.js";
import { besideOf, formatStageUri, parseStageUri, subjectOf, type StageAddress, type Subject } from "../../protocol/uris.js";
import { Failure } from "../failure.js";
import { showInformation } from "../messages.js";
import type { Server } from "../server.js";
import { activeStage, closeReplaced, type ActiveStage } from "./active.js";
import { currentFilters } from "./filters.js";
import { activeComparison, FUNCTIONS_AT_ONCE, openFunctions, openPair, type Comparison } from "./function-diffs.js";

/** The stages of a module in a run, in order: those of thin or of fat LTO. @throws Failure if the module has no stages of its own */
export async function stagesOfModule(server: Server, subject: Subject, module: string): Promise<readonly Stage[]> {
  const { stages } = await server.ask("stages", { subject, module, changes: false });
  if (stages.length === 0) {
    throw new Failure({
      name: "UnknownStage",
      message: vscode.l10n.t("Fat LTO linked this module into the base module; it has no stages of its own."),
      module,
      help: vscode.l10n.t("Open the stages of the base module."),
    });
  }
  return stages.map(({ stage }) => stage);
}

/** What a document shows: a module, or one function by its symbol. */
export interface StageChoice {
  readonly subject: Subject;
  readonly module: string;
  readonly stage: Stage;
  readonly function: string | null;
}

/** Opens a stage as a document. */
export async function openStage(server: Server, choice: StageChoice, filters = currentFilters()): Promise<void> {
  const { uri } = await server.ask("stageUri", { ...choice, filters });
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: true });
}

/** Opens a diff between two stages: of one function, or of those that changed; if only something else changed, of the whole module. */
export async function compareStages(server: Server, comparison: Comparison): Promise<void> {
  const page = await server.ask("compare", { ...comparison, filters: currentFilters(), offset: 0, limit: FUNCTIONS_AT_ONCE });
  const [first] = page.rows;
  if (first === undefined) void showInformation(page.unchanged ?? vscode.l10n.t("{0}: nothing changed.", page.title));
  else if (page.total === 1) await openPair(first);
  else await openFunctions(comparison, page);
}

/** What a diff compares: one subject with itself, or two runs. */
export function subjectsOf(left: StageAddress, right: StageAddress): Pick<Comparison, "subject" | "against"> {
  const [subject, other] = [subjectOf(left), subjectOf(right)];
  return "run" in subject && "run" in other && subject.run !== other.run ? { subject, against: other.run } : { subject: other };
}

/** Shows the same module, function or functions one stage later or earlier: alone, or in a diff of two stages. */
export async function stepStage(server: Server, step: 1 | -1): Promise<void> {
  const functions = activeComparison();
  if (functions !== undefined) {
    await stepFunctions(server, functions, step);
    return;
  }
  const active = activeStage();
  const [left, right] = addressesOf(active);
  if (active === undefined || left === undefined || right === undefined) {
    throw new Failure({
      name: "UnknownStage",
      message: vscode.l10n.t("No stage is open."),
      help: vscode.l10n.t("Open one with LTO: Open Stage or LTO: Compare Stages first."),
    });
  }
  const stages = tagsOf(pipelineWith(right.stage) ?? { stages: [] });
  const [from, to] = [stages[stages.indexOf(left.stage) + step], stages[stages.indexOf(right.stage) + step]];
  if (from === undefined || to === undefined) {
    const first = active.kind === "diff" ? vscode.l10n.t("This is the first pair of stages.") : vscode.l10n.t("This is the first stage.");
    void showInformation(step === 1 ? vscode.l10n.t("This is the last stage.") : first);
    return;
  }
  if (active.kind === "document") {
    const { module, function: symbol, filters } = right;
    await openStage(server, { subject: subjectOf(right), module, stage: to, function: symbol }, filters);
    await closeReplaced(active);
    return;
  }
  if (right.beside?.build !== undefined) {
    const next = { ...right, stage: to, beside: { ...right.beside, stage: from } };
    const sides = [besideOf(next) ?? next, next].map((address) => vscode.Uri.parse(formatStageUri(address, nameIn(active.right))));
    await vscode.commands.executeCommand("vscode.diff", ...sides, active.tab.label);
    await closeReplaced(active);
    return;
  }
  const symbol = right.function ?? left.function;
  const { module } = right;
  const page = await server.ask("compare", {
    ...subjectsOf(left, right),
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

/** The function's name in the path of a document. */
function nameIn({ path }: vscode.Uri): string | null {
  return path.split("/").at(-1)?.replace(/\.ll$/, "") ?? null;
}

/** Shows the functions that differ between the next two stages that differ. */
async function stepFunctions(
  server: Server,
  { comparison, filters, tab }: NonNullable<ReturnType<typeof activeComparison>>,
  step: 1 | -1,
): Promise<void> {
  const stages = tagsOf(pipelineWith(comparison.to) ?? { stages: [] });
  const [first, second] = [stages.indexOf(comparison.from), stages.indexOf(comparison.to)];
  for (let by: number = step; ; by += step) {
    const [from, to] = [stages[first + by], stages[second + by]];
    if (from === undefined || to === undefined) {
      void showInformation(step === 1 ? vscode.l10n.t("No later stage differs.") : vscode.l10n.t("No earlier stage differs."));
      return;
    }
    const next = { ...comparison, from, to };
    const page = await server.ask("compare", { ...next, filters, offset: 0, limit: FUNCTIONS_AT_ONCE });
    const [only] = page.rows;
    if (only === undefined) continue;
    if (page.total === 1) await openPair(only);
    else await openFunctions(next, page, filters);
    await closeReplaced({ tab });
    return;
  }
}

/** Both sides of a diff; the one document twice. */
function addressesOf(active: ActiveStage | undefined): readonly (StageAddress | undefined)[] {
  if (active === undefined) return [];
  const uris = active.kind === "diff" ? [active.left, active.right] : [active.uri, active.uri];
  return uris.map((uri) => parseStageUri(uri.toString(true)));
}
