/** Commands on stages and modules: open, compare, find, reveal, copy. */
import * as vscode from "vscode";
import { instructionCount } from "../../protocol/counts.js";
import { stagesOf, type Stage } from "../../protocol/stages.js";
import type { CliChoice } from "../../protocol/requests/documents.js";
import { parseStageUri, subjectOf, type Subject } from "../../protocol/uris.js";
import { hasRows, type RunView } from "../../protocol/views.js";
import { activeAddress, activeStage } from "../documents/active.js";
import { compareStages, openStage, stagesOfModule, subjectsOf } from "../documents/compare.js";
import { currentFilters } from "../documents/filters.js";
import { activeComparison, type Comparison } from "../documents/function-diffs.js";
import { Failure } from "../failure.js";
import { mention, showInformation } from "../messages.js";
import type { Services } from "../services.js";
import { WHOLE, type CguNode, type ModuleNode } from "../trees/cgu-nodes.js";
import { number } from "../../protocol/words.js";
import { pickFunction, pickModule, pickOne, pickStage } from "./picks.js";

/** Where a command starts: at a node of the tree, at an open stage, or at neither (then it asks). */
export interface Place {
  readonly subject: Subject;
  readonly module: string;
  readonly stage?: Stage;
  readonly previous?: Stage | null;
  readonly symbol?: string | null;
}

/** The shown run. @throws Failure if there is none */
export function shownRun(services: Services): RunView {
  const { run } = services.shown;
  if (run !== null && hasRows(run)) return run;
  throw new Failure({
    name: "UnknownRun",
    message: vscode.l10n.t("No run is shown."),
    help: vscode.l10n.t("Run LTO: Run Thin LTO first, or open an earlier run in the Runs view."),
  });
}

function placeOf(node: CguNode | undefined): Place | undefined {
  if (node?.kind === "module") return moduleOf(node);
  if (node?.kind === "stage") return { ...moduleOf(node.module), stage: node.row.stage, previous: node.previous };
  if (node?.kind === "function") {
    return {
      ...moduleOf(node.stage.module),
      stage: node.stage.row.stage,
      previous: node.stage.previous,
      symbol: node.row.right ?? node.row.left,
    };
  }
  return placeOfEditor();
}

function moduleOf(node: ModuleNode): Place {
  return { subject: node.subject, module: node.row.name };
}

function placeOfEditor(): Place | undefined {
  const shown = activeComparison()?.comparison;
  if (shown !== undefined) {
    const { subject, module, from, to } = shown;
    return { subject, module, stage: to, previous: from };
  }
  const address = activeAddress();
  return address === undefined
    ? undefined
    : { subject: subjectOf(address), module: address.module, stage: address.stage, symbol: address.function };
}

/** The selected place, or one that the user picks in the shown run. @throws CancellationError, Failure if no run is shown */
export async function place(services: Services, node: CguNode | undefined): Promise<Place> {
  const known = placeOf(node);
  if (known !== undefined) return known;
  const run = shownRun(services);
  const subject = { run: run.id };
  const row = await pickModule(services.server, subject, run.unit.name);
  return { subject, module: row.name };
}

/** @param how `WHOLE` for a click on a stage in the tree */
export async function openStageCommand(services: Services, node?: CguNode, how?: unknown): Promise<void> {
  const { subject, module, stage: known, symbol: of } = await place(services, node);
  const stage = known ?? (await pickStage(await stagesOfModule(services.server, subject, module), vscode.l10n.t("Which stage?")));
  const symbol = how === WHOLE ? null : of === undefined ? await pickFunction(services.server, subject, module, stage) : of;
  await openStage(services.server, { subject, module, stage, function: symbol });
}

export async function compareStagesCommand(services: Services, node?: CguNode): Promise<void> {
  const { subject, module, stage, previous, symbol } = await place(services, node);
  const pair =
    stage !== undefined && previous !== undefined && previous !== null
      ? { from: previous, to: stage }
      : await pickTwoStages(await stagesOfModule(services.server, subject, module));
  const comparison: Comparison = { subject, module, ...pair, ...(symbol === undefined || symbol === null ? {} : { function: symbol }) };
  await compareStages(services.server, comparison);
}

async function pickTwoStages(all: readonly Stage[]): Promise<{ readonly from: Stage; readonly to: Stage }> {
  const from = await pickStage(all.slice(0, -1), vscode.l10n.t("Compare from which stage?"));
  const to = await pickStage(all.slice(all.indexOf(from) + 1), vscode.l10n.t("… to which stage?"));
  return { from, to };
}

export async function findSymbol(services: Services): Promise<void> {
  const run = shownRun(services);
  const symbol = await vscode.window.showInputBox({
    title: vscode.l10n.t("LTO: Find Symbol"),
    prompt: vscode.l10n.t("All or part of a symbol's name, mangled or demangled"),
  });
  if (symbol === undefined || symbol === "") throw new vscode.CancellationError();
  const stage = await pickStage(stagesOf(run.unit.mode), vscode.l10n.t("At which stage?"));
  const found = await services.server.askWithProgress(vscode.l10n.t("Looking for {0}", symbol), "find", {
    subject: { run: run.id },
    symbol,
    stage,
    limit: 500,
    filters: currentFilters(),
  });
  if (found.hits.length === 0) {
    const { searched } = found;
    void showInformation(
      searched === 1
        ? vscode.l10n.t("{0} is not in the only module.", symbol)
        : vscode.l10n.t("{0} is in none of {1} modules.", symbol, number(searched)),
    );
    return;
  }
  const choices = found.hits.map((hit) => ({
    label: hit.demangled,
    description: `${vscode.l10n.t("{0} in {1}", hit.role, hit.crate)} · ${hit.shortName}`,
    detail: [
      hit.kind,
      hit.linkage,
      hit.instructions > 0 ? instructionCount(hit.instructions) : "",
      hit.usedBy.length > 0 ? vscode.l10n.t("used by {0}", hit.usedBy.slice(0, 3).join(", ")) : "",
    ]
      .filter((part) => part !== "")
      .join(" · "),
    value: hit,
  }));
  const { uri, crate, outsideLto } = await pickOne(choices, {
    title: vscode.l10n.t("LTO: Find Symbol"),
    placeHolder: placesText(found.hits.length, found.truncated),
  });
  if (outsideLto) {
    void showInformation(vscode.l10n.t("{0} is outside LTO: it goes to the linker unchanged and has no stages to show.", crate));
  }
  if (uri !== null) await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: true });
}

function placesText(places: number, truncated: boolean): string {
  if (truncated) return vscode.l10n.t("The first {0} places", number(places));
  return places === 1 ? vscode.l10n.t("1 place") : vscode.l10n.t("{0} places", number(places));
}

export async function revealStageFile(services: Services, node?: CguNode): Promise<void> {
  const { subject, module, stage: known } = await place(services, node);
  const stage =
    known ?? (await pickStage(await stagesOfModule(services.server, subject, module), vscode.l10n.t("The file of which stage?")));
  const file = await services.server.ask("stageFile", { subject, module, stage });
  const copy = vscode.l10n.t("Copy Path");
  const reveal = vscode.env.remoteName === undefined ? [vscode.l10n.t("Reveal")] : [];
  const chosen = await showInformation(
    file.origin === "rustc" ? vscode.l10n.t("{0} (rustc's own file)", file.path) : vscode.l10n.t("{0} (from the store)", file.path),
    copy,
    ...reveal,
  );
  if (chosen === copy) await vscode.env.clipboard.writeText(file.path);
  else if (chosen !== undefined) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(file.path));
}

export async function copyKey(services: Services, node?: CguNode): Promise<void> {
  const { subject, module } = await place(services, node);
  const { row } = await services.server.ask("module", { subject, module });
  if (row.key === null) {
    throw new Failure({ name: "UnknownModule", message: vscode.l10n.t("{0} has no key.", row.shortName), module: row.name });
  }
  await vscode.env.clipboard.writeText(row.key);
  mention(vscode.l10n.t("Copied the key of {0}", row.shortName));
}

export async function copyCliCommand(services: Services, node?: CguNode): Promise<void> {
  const choice = node === undefined ? runDiffOfEditor() : undefined;
  const { line } = await services.server.ask("cliCommand", choice ?? cliChoice(placeOf(node), services.shown.run));
  await vscode.env.clipboard.writeText(line);
  mention(vscode.l10n.t("Copied the command line"));
}

/** The active editor is a diff of a stage in two runs. */
function runDiffOfEditor(): CliChoice | undefined {
  const active = activeStage();
  if (active?.kind !== "diff") return undefined;
  const [left, right] = [active.left, active.right].map((uri) => parseStageUri(uri.toString(true)));
  if (left === undefined || right === undefined) return undefined;
  const { subject, against } = subjectsOf(left, right);
  if (against === undefined || !("run" in subject)) return undefined;
  const { module, stage, function: symbol } = right;
  return { command: "compare-llvm", from: subject.run, to: against, module, stage, function: symbol };
}

/** The command line that makes the selected comparison, the selected stage, or the whole run. */
function cliChoice(known: Place | undefined, run: RunView | null): CliChoice {
  if (known?.stage !== undefined) {
    const { subject, module, stage, previous, symbol } = known;
    const of = symbol === undefined || symbol === null ? {} : { function: symbol };
    if (previous !== undefined && previous !== null) return { command: "diff", subject, module, from: previous, to: stage, ...of };
    return { command: "show", subject, module, stage, ...of };
  }
  if (run === null) {
    throw new Failure({
      name: "UnknownRun",
      message: vscode.l10n.t("No run is shown."),
      help: vscode.l10n.t("Run LTO: Run Thin LTO first."),
    });
  }
  return { command: "thin", source: run.source };
}
