/** LTO: Run Thin LTO, on This File or Folder, and Verify Against rustc. */
import * as vscode from "vscode";
import type { RunSource, RunView, UnitView, VerifyView } from "../../protocol/views.js";
import { COMMANDS, VIEWS } from "../ids.js";
import type { Parts } from "../parts.js";
import type { UnitNode } from "../trees/units.js";
import { countsLine, FIDELITY } from "../words.js";
import { captureBuild, runCapture } from "./capture.js";
import { pickUnit } from "./picks.js";

/** One gesture: captures first where nothing was captured yet, then runs, then reveals. */
export async function runThin(parts: Parts, node?: UnitNode): Promise<void> {
  const unit = node?.kind === "unit" ? node.row.ref : await unitToRun(parts);
  await runAndReveal(parts, { unit }, "Running Thin LTO");
}

/** From the explorer: files and folders with bitcode. */
export async function runThinOn(parts: Parts, clicked?: vscode.Uri, selected?: readonly vscode.Uri[]): Promise<void> {
  const chosen = selected !== undefined && selected.length > 0 ? selected : clicked === undefined ? await askForFiles() : [clicked];
  await runAndReveal(parts, { files: chosen.map((uri) => uri.toString()) }, "Running Thin LTO on the chosen files");
}

/** LTO: Capture Build as a command of its own: builds again and runs. */
export async function captureAndRun(parts: Parts): Promise<void> {
  const captured = await captureBuild(parts);
  await runAndReveal(parts, { unit: captured.primary }, "Running Thin LTO");
}

async function unitToRun(parts: Parts): Promise<string> {
  const { rows } = await parts.server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter((unit) => unit.runnable && unit.kind === "capture");
  if (captures.length === 0) return (await captureBuild(parts)).primary;
  return (await upToDate(parts, await pickUnit(captures, "Which unit?"))).ref;
}

/** A unit that was captured before is built again as it was (Cargo does nothing where nothing changed), and nothing is asked. */
async function upToDate(parts: Parts, unit: UnitView): Promise<{ readonly ref: string }> {
  if (unit.workspaceFolder === null) return unit;
  const captured = await runCapture(parts, { folder: unit.workspaceFolder, profile: unit.profile ?? "release" });
  return captured.units.find((now) => now.ref === unit.ref) ?? unit;
}

async function runAndReveal(parts: Parts, source: RunSource, title: string): Promise<void> {
  const run = await parts.server.askWithProgress(title, "thin", { source });
  parts.shown.show(run);
  parts.runs.refresh();
  parts.units.refresh();
  await vscode.commands.executeCommand(`${VIEWS.cgus}.focus`);
  tell(run);
}

function tell(run: RunView): void {
  const fidelity = run.fidelity === null ? "" : `, ${FIDELITY[run.fidelity].label}`;
  const text = `${run.unit.name}: ${countsLine(run)}${fidelity}.`;
  const dashboard = "Open Dashboard";
  const show =
    run.counts.failed > 0 || run.fidelity === "other LLVM" ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  // Not awaited: the command is done when the result is shown.
  void show(text, dashboard).then((chosen) => (chosen === dashboard ? vscode.commands.executeCommand(COMMANDS.openDashboard) : undefined));
}

async function askForFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    title: "Bitcode for Thin LTO",
    openLabel: "Run Thin LTO",
    filters: { "Bitcode, objects and archives": ["bc", "o", "rlib", "a"] },
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen;
}

/** Replays a capture and holds it against rustc's own files. */
export async function verify(parts: Parts, node?: UnitNode): Promise<void> {
  const unit = node?.kind === "unit" ? node.row : await unitToVerify(parts);
  const result = await parts.server.askWithProgress(`Verifying ${unit.name} against rustc`, "verify", { unit: unit.ref });
  if (result.verified) await showAgain(parts, result.unit.id);
  parts.units.refresh();
  tellVerified(result, parts);
}

/** A run says what was known when it was made: what is shown of a unit that was verified since is made again, which takes all from the store. */
async function showAgain(parts: Parts, unit: string): Promise<void> {
  const { run } = parts.shown;
  if (run?.unit.id !== unit || run.fidelity === "verified") return;
  parts.shown.show(await parts.server.ask("thin", { source: { unit } }));
  parts.runs.refresh();
}

async function unitToVerify(parts: Parts): Promise<UnitView> {
  const shown = parts.shown.run?.unit.id;
  const { rows } = await parts.server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter((unit) => unit.kind === "capture" && unit.complete);
  const current = captures.find((unit) => unit.ref === shown);
  if (current !== undefined) return current;
  if (captures.length > 0) return pickUnit(captures, "Which capture?");
  const captured = await captureBuild(parts);
  return parts.server.ask("unit", { unit: captured.primary });
}

function tellVerified(result: VerifyView, parts: Parts): void {
  const stages = Object.values(result.stages);
  const sum = (name: "identical" | "sameText" | "different" | "absent"): number =>
    stages.reduce((total, counts) => total + counts[name], 0);
  const [identical, sameText, different, absent] = [sum("identical"), sum("sameText"), sum("different"), sum("absent")];
  const files = identical + sameText + different;
  const { keys, decisions } = result;
  const text = `${identical} of ${files} stage files identical to rustc's, ${keys.equal} of ${keys.equal + keys.different} keys and ${decisions.equal} of ${decisions.equal + decisions.different} decisions equal.`;
  if (result.verified) {
    void vscode.window.showInformationMessage(`Verified: ${text}`);
    return;
  }
  for (const { module, stage, why } of result.different.shown) parts.log.warn(`verify: ${module} ${stage}: ${why}`);
  const missing = absent > 0 ? ` ${absent} of rustc's files are missing.` : "";
  void vscode.window.showWarningMessage(`Not equal to rustc: ${text}${missing} The log says which differ.`, "Show Log").then((chosen) => {
    if (chosen !== undefined) parts.log.show();
  });
}
