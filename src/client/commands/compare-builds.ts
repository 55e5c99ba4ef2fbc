/** The commands that compare two runs, or two captures of a unit. */
import * as vscode from "vscode";
import type { RunView } from "../../protocol/views.js";
import { moment, runTitle } from "../../protocol/words.js";
import { Failure } from "../failure.js";
import { CONTEXT } from "../ids.js";
import { mention } from "../messages.js";
import type { Services } from "../services.js";
import type { RunsNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";
import { pickOne } from "./picks.js";

/** The run that was selected for a comparison. */
let selected: string | undefined;

/** Compares the two selected runs, or one with a run that is picked. */
export async function compareRuns(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<void> {
  const runs = await chosenRuns(services, node, nodes);
  const [one, other] = runs;
  if (runs.length > 2) {
    throw new Failure({
      name: "Usage",
      message: vscode.l10n.t("{0} runs are selected.", runs.length),
      help: vscode.l10n.t("Select two of them."),
    });
  }
  if (one === undefined) return;
  await openComparison(services, one, other ?? (await pickRun(services, one)));
}

export async function selectForCompare(services: Services, node?: RunsNode): Promise<void> {
  const [run] = await services.runs.chosen(node, undefined);
  if (run === undefined) return;
  selected = run.id;
  await vscode.commands.executeCommand("setContext", CONTEXT.runSelected, true);
  mention(vscode.l10n.t("Selected “{0}” for a comparison", runTitle(run)));
}

export async function compareWithSelected(services: Services, node?: RunsNode): Promise<void> {
  const [run] = await services.runs.chosen(node, undefined);
  if (run === undefined || selected === undefined) return;
  await openComparison(services, await services.server.ask("run", { run: selected }), run);
}

/** Compares a unit's latest capture with an earlier one. */
export async function compareCaptures(services: Services, node?: UnitNode): Promise<void> {
  if (node?.kind !== "unit") return;
  const { captures } = await services.server.ask("captures", { unit: node.row.ref });
  const [latest, ...earlier] = captures;
  if (latest === undefined || earlier.length === 0) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("{0} was captured once, so there is no earlier capture to compare with.", node.row.name),
      help: vscode.l10n.t("Capture it again after a change."),
    });
  }
  const choices = earlier.map(({ ref, capture, madeAt, what }) => ({
    label: what === "" ? vscode.l10n.t("Capture {0}", capture) : what,
    description: `${vscode.l10n.t("capture {0}", capture)} · ${moment(madeAt)}`,
    value: ref,
  }));
  const from = await pickOne(choices, {
    title: vscode.l10n.t("LTO: Compare Captures"),
    placeHolder: vscode.l10n.t("Compare the latest capture of {0} with", node.row.name),
  });
  await services.comparisons.open({ from: { unit: from }, to: { unit: latest.ref } });
}

/** From the keyboard or the palette, the shown run. */
async function chosenRuns(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<readonly RunView[]> {
  if (node !== undefined) return services.runs.chosen(node, nodes);
  const { run } = services.shown;
  return run === null ? [] : [run];
}

async function pickRun({ server }: Services, run: RunView): Promise<RunView> {
  const { rows } = await server.ask("runs", { scope: "workspace", offset: 0, limit: 100 });
  const others = rows.filter(({ id, hasReport, recorded }) => id !== run.id && (hasReport || recorded));
  const sameUnit = (other: RunView): number => (other.unit.name === run.unit.name ? 0 : 1);
  if (others.length === 0) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("There is no other run to compare with."),
      help: vscode.l10n.t("Run thin LTO after a change."),
    });
  }
  const choices = others
    .toSorted((one, other) => sameUnit(one) - sameUnit(other))
    .map((other) => ({ label: runTitle(other), description: `${other.unit.name} · ${moment(other.startedAt)}`, value: other }));
  const placeHolder = vscode.l10n.t("Compare “{0}” with", runTitle(run));
  return pickOne(choices, { title: vscode.l10n.t("LTO: Compare Runs"), placeHolder });
}

/** The earlier run is the left side. */
async function openComparison({ comparisons }: Services, one: RunView, other: RunView): Promise<void> {
  const [from, to] = [one, other].sort((left, right) => left.startedAt.localeCompare(right.startedAt));
  if (from !== undefined && to !== undefined) await comparisons.open({ from: { run: from.id }, to: { run: to.id } });
}
