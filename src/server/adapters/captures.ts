/** Captures: the plan, the command line that the client runs as a task, and its result. */
import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CaptureOptions } from "../../core/producers/captures.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import { cancelled, LtoError, messageOf, systemCode } from "../../core/base/errors.js";
import { makeFolder } from "../../core/base/folders.js";
import { captureReport } from "../../core/store/capture-report.js";
import { progressFile, readProgress } from "../../core/store/capture-progress.js";
import { readJsonFile } from "../../core/base/parse.js";
import * as l10n from "../../protocol/l10n.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { CaptureReport } from "../../protocol/reports.js";
import type { requests } from "../../protocol/requests/all.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { BuildChoices } from "../../protocol/build-choices.js";
import type { CapturePlan } from "../../protocol/views.js";
import { timeLeft } from "../../protocol/words.js";
import type { Call } from "./calls.js";
import { captureArguments, captureOptions } from "./capture-options.js";
import { cliProgram } from "./command-lines.js";
import { keepLater } from "./keep-later.js";
import type { ServerState } from "./state.js";
import { pathOf, uriOf } from "./uris.js";

/** Reports that were never requested are removed after a day. */
const FORGOTTEN_MILLIS = 24 * 60 * 60 * 1000;

export async function plan(state: ServerState, choice: CaptureChoice, { signal, report }: Call): Promise<CapturePlan> {
  const options: CaptureOptions = {
    ...captureOptions(state, choice),
    store: state.workbench.core.layout.root,
    signal,
    onProgress: ({ message }) => {
      report(message);
    },
  };
  const captures = await PRODUCERS.captureMaker(options.folder);
  return { ...(await captures.plan(options)), folder: uriOf(options.folder) };
}

export async function buildChoices(
  { settings }: ServerState,
  { folder }: ParamsOf<typeof requests.buildChoices>,
  { signal }: Call,
): Promise<BuildChoices> {
  const options = captureOptions({ settings }, { folder });
  const captures = await PRODUCERS.captureMaker(options.folder);
  return captures.choices({ ...options, signal });
}

export async function captureCommand(state: ServerState, choice: CaptureChoice): Promise<ResultOf<typeof requests.captureCommand>> {
  await state.workbench.stopMeanwhile();
  const folder = reportsFolder(state);
  await makeFolder(folder);
  await removeForgotten(folder);
  const reportFile = join(folder, `capture-${randomBytes(8).toString("hex")}.json`);
  const given = pathOf(choice.folder);
  const cwd = await (await PRODUCERS.captureMaker(given)).folderOf(given);
  const command = cliProgram(state, captureArguments(state, choice, ["--json", reportFile, "--progress", progressFile(reportFile)]), cwd);
  return { command, reportFile };
}

/** Polled, because a watched file that is replaced is watched no more on some systems. */
const MILLIS_BETWEEN_READS = 200;

export async function followCapture(
  state: ServerState,
  { reportFile }: ParamsOf<typeof requests.followCapture>,
  { signal, report }: Call,
): Promise<ResultOf<typeof requests.followCapture>> {
  refuseOtherFiles(state, reportFile);
  const { following } = state;
  following.add(reportFile);
  const from = performance.now();
  while (following.has(reportFile) && !signal.aborted) {
    const now = await readProgress(reportFile);
    if (now !== undefined) {
      const { message, done, total } = now;
      const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
      const counted = total === null ? String(done) : l10n.t("{0} of {1}", done, total);
      report(`${counted}: ${message}${timeLeft((performance.now() - from) / 1000, share)}`, total === null ? undefined : 100 * share);
    }
    await setTimeout(MILLIS_BETWEEN_READS);
  }
  following.delete(reportFile);
  return {};
}

function refuseOtherFiles(state: ServerState, reportFile: string): void {
  if (dirname(reportFile) === reportsFolder(state) && /^capture-[0-9a-f]{16}\.json$/.test(basename(reportFile))) return;
  throw new LtoError({ name: "Usage", message: `${reportFile} is not the report of a capture.`, file: reportFile });
}

export async function captureResult(
  state: ServerState,
  { reportFile, exitCode }: ParamsOf<typeof requests.captureResult>,
): Promise<ResultOf<typeof requests.captureResult>> {
  refuseOtherFiles(state, reportFile);
  state.following.delete(reportFile);
  const report = await readReport(reportFile, exitCode);
  await rm(reportFile, { force: true });
  await rm(progressFile(reportFile), { force: true });
  state.workbench.refresh();
  if (!("units" in report)) throw new LtoError(report.error);
  state.changed({ units: true, runs: false });
  const refs = report.units.map(formatCaptureRef);
  keepLater(state, refs);
  const units = await Promise.all(refs.map((ref) => state.workbench.catalog.view(ref)));
  return { units, primary: report.units.at(-1)?.id ?? "", failure: report.error ?? null };
}

function reportsFolder({ workbench }: ServerState): string {
  return join(workbench.core.layout.root, "reports");
}

async function removeForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (Date.now() - modified > FORGOTTEN_MILLIS) await rm(file, { force: true });
  }
}

async function readReport(file: string, exitCode: number | undefined): Promise<CaptureReport | { readonly error: LtoErrorReport }> {
  try {
    return await readJsonFile(captureReport, {
      what: "The report of the capture",
      file,
      help: "See the output in the capture's terminal.",
    });
  } catch (error) {
    if (error instanceof LtoError) throw error;
    // The command always writes a report unless it is killed.
    if (systemCode(error) === "ENOENT" && (exitCode === undefined || exitCode >= 128)) throw cancelled("The capture");
    throw new LtoError(
      {
        name: "Internal",
        message: `The capture ended${exitCode === undefined ? "" : ` with exit code ${exitCode}`} without a report: ${messageOf(error)}.`,
        file,
        help: "See the output in the capture's terminal.",
      },
      { cause: error },
    );
  }
}
