/** LTO: Run Thin LTO, Run Fat LTO, and Run Thin LTO Here. */
import * as vscode from "vscode";
import { DEFAULT_COMMAND, pipelineOf, PIPELINES, type LtoCommand, type LtoMode } from "../../protocol/pipelines.js";
import { hasRows, type RunSource, type RunView, type UnitView } from "../../protocol/views.js";
import { Failure } from "../failure.js";
import { COMMANDS, VIEWS } from "../ids.js";
import { showInformation, showWarning } from "../messages.js";
import type { Services } from "../services.js";
import type { UnitNode } from "../trees/units.js";
import { stepDone } from "../walkthrough.js";
import { FIDELITY } from "../../protocol/words.js";
import { countsLine, ltoName } from "../words.js";
import { captureBuild, runCapture, type Captured } from "./capture.js";
import { complete } from "../replay-behind.js";
import { pickUnit } from "./picks.js";
import { tellVerified } from "./verify.js";

const FAT = PIPELINES.fat;

function commandOf(mode: LtoMode | null): LtoCommand {
  return pipelineOf(mode ?? DEFAULT_COMMAND).command;
}

/** Captures if nothing was captured yet, then runs, then reveals the result. */
export async function runThin(services: Services, node?: UnitNode): Promise<void> {
  await runUnit(services, node?.kind === "unit" ? node.row : await unitToRun(services));
}

/** The same with fat LTO. If the profile has another mode, makes a separate capture, which lists the deviation. */
export async function runFat(services: Services, node?: UnitNode): Promise<void> {
  await runUnit(services, node?.kind === "unit" ? node.row : await fatUnitToRun(services));
}

/** From the explorer: files and folders with bitcode. */
export async function runThinOn(services: Services, clicked?: vscode.Uri, selected?: readonly vscode.Uri[]): Promise<void> {
  const chosen = selected !== undefined && selected.length > 0 ? selected : clicked === undefined ? await askForFiles() : [clicked];
  await runAndReveal(services, { files: chosen.map((uri) => uri.toString()) }, vscode.l10n.t("Running Thin LTO on the chosen files"));
}

/** LTO: Capture Build as a separate command: rebuilds and runs. */
export async function captureAndRun(services: Services): Promise<void> {
  await runUnit(services, primaryOf(await captureBuild(services)));
}

/** Shows rustc's own record at once if there is one; the command ends when the replay has verified it. */
async function runUnit(services: Services, { ref, mode, name }: UnitView): Promise<void> {
  const { run } = await services.server.ask("beginRun", { unit: ref });
  if (run === null) {
    await runAndReveal(services, { unit: ref }, vscode.l10n.t("Running {0} on {1}", ltoName(mode), name));
    return;
  }
  await reveal(services, run);
  const { run: completed, verification } = await complete(services, run);
  // A run with failed modules or with another LLVM says so; what else is not equal to rustc's is a finding of the verification.
  const known = completed.counts.failed > 0 || completed.fidelity === "other LLVM";
  if (verification.verified || known) tell(completed);
  else tellVerified(verification, services);
}

/** Chooses among captures with the profile's own LTO or with thin LTO, not among those that were made for Run Fat LTO. */
async function unitToRun(services: Services): Promise<UnitView> {
  const captures = await capturesIn(services);
  const thin = captures.filter(({ mode }) => commandOf(mode) === DEFAULT_COMMAND);
  const meant = thin.length > 0 ? thin : captures.filter((unit) => deviation(unit, "lto") === undefined);
  if (meant.length === 0) return primaryOf(await captureBuild(services));
  return upToDate(services, await pickUnit(meant, vscode.l10n.t("Which unit?")));
}

async function fatUnitToRun(services: Services): Promise<UnitView> {
  const fat = (await capturesIn(services)).filter(({ mode }) => commandOf(mode) === FAT.command);
  if (fat.length === 0) return primaryOf(await captureBuild(services, FAT.name));
  return upToDate(services, await pickUnit(fat, vscode.l10n.t("Which unit?")));
}

async function capturesIn({ server }: Services): Promise<readonly UnitView[]> {
  const { rows } = await server.ask("units", { offset: 0, limit: 500 });
  return rows.filter((unit) => unit.runnable && unit.kind === "capture");
}

function primaryOf({ units, primary }: Captured): UnitView {
  const unit = units.find(({ ref }) => ref === primary) ?? units.at(-1);
  if (unit !== undefined) return unit;
  const [message, help] = [vscode.l10n.t("The capture left no unit."), vscode.l10n.t("See the output in the capture's terminal.")];
  throw new Failure({ name: "NothingToInspect", message, help });
}

/** Captures a unit again with the same options, without asking. If nothing has changed, Cargo does nothing. */
async function upToDate(services: Services, unit: UnitView): Promise<UnitView> {
  if (unit.again === null) return unit;
  const [lto, incremental] = [deviation(unit, "lto"), deviation(unit, "incremental")];
  const captured = await runCapture(services, {
    ...unit.again,
    profile: unit.profile ?? "release",
    ...(lto === undefined || unit.mode === null ? {} : { lto: unit.mode }),
    ...(incremental === undefined ? {} : { incremental: incremental === "true" }),
  });
  return captured.units.find((now) => now.ref === unit.ref) ?? unit;
}

/** The value that overrides the profile's setting in a capture; undefined: none does. */
function deviation({ deviations }: UnitView, wanted: "lto" | "incremental"): string | undefined {
  return deviations.find(({ setting }) => setting === wanted)?.used;
}

async function runAndReveal(services: Services, source: RunSource, title: string): Promise<void> {
  const run = await services.server.askWithProgress(title, "thin", { source });
  await reveal(services, run);
  tell(run);
}

async function reveal(services: Services, run: RunView): Promise<void> {
  services.shown.show(run);
  if (hasRows(run) && pipelineOf(run.unit.mode).keys) stepDone("ran");
  services.runs.refresh();
  services.units.refresh();
  await vscode.commands.executeCommand(`${VIEWS.cgus}.focus`);
}

function tell(run: RunView): void {
  const fidelity = run.fidelity === null ? "" : `, ${FIDELITY[run.fidelity].label}`;
  const { command, title } = pipelineOf(run.unit.mode);
  const named = command === DEFAULT_COMMAND ? "" : `${title}, `;
  const text = `${run.unit.name}: ${named}${countsLine(run)}${fidelity}.`;
  const dashboard = vscode.l10n.t("Open Dashboard");
  const show = run.counts.failed > 0 || run.fidelity === "other LLVM" ? showWarning : showInformation;
  // Not awaited: the command ends when the result is shown.
  void show(text, dashboard).then((chosen) => (chosen === dashboard ? vscode.commands.executeCommand(COMMANDS.openDashboard) : undefined));
}

async function askForFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    title: vscode.l10n.t("Bitcode for Thin LTO"),
    openLabel: vscode.l10n.t("Run Thin LTO"),
    filters: { [vscode.l10n.t("Bitcode, objects and archives")]: ["bc", "o", "rlib", "a"] },
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen;
}
