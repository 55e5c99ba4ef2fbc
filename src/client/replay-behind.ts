/**
 * Replays and verifies a run that is shown as rustc recorded it, without the user waiting for it: the views turn to the replay's result under the same run.
 */
import * as vscode from "vscode";
import type { CompletedRunView } from "../protocol/requests/runs.js";
import type { RunView } from "../protocol/views.js";
import { mention } from "./messages.js";
import type { Server } from "./server.js";
import type { ShownRun } from "./shown-run.js";
import { stepDone } from "./walkthrough.js";

/** What a replay needs of the client. */
export interface BehindParts {
  readonly server: Server;
  readonly shown: ShownRun;
  /** Views that list runs and units. */
  readonly runs: { refresh(): void };
  readonly units: { refresh(): void };
  readonly log: vscode.LogOutputChannel;
}

type Parts = Omit<BehindParts, "log">;

/** Completes a run with a notification that can cancel it. @throws as the request does; CancellationError */
export async function complete(parts: Parts, run: RunView): Promise<CompletedRunView> {
  return completing(parts, run, () =>
    parts.server.askWithProgress(vscode.l10n.t("Verifying {0} against rustc", run.unit.name), "completeRun", { run: run.id }),
  );
}

/** Completes a run that the user did not ask for, without a notification: a failure is in the view and in the log. */
export async function completeQuietly({ log, ...parts }: BehindParts, run: RunView): Promise<void> {
  try {
    const { verification } = await completing(parts, run, () => parts.server.ask("completeRun", { run: run.id }));
    const { name } = run.unit;
    const isVerified = verification.outcome === "verified";
    mention(
      isVerified
        ? vscode.l10n.t("LTO: {0}: verified against rustc", name)
        : vscode.l10n.t("LTO: {0}: not equal to rustc; see the log", name),
    );
    for (const { module, stage, why } of verification.different.shown) log.warn(`verify: ${module} ${stage}: ${why}`);
  } catch (error) {
    log.warn(`The replay of ${run.unit.name} did not end: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Replays again what a window that was closed left without a report, and verifies what it left unverified: once, as it may differ from rustc. */
export async function resume({ log, ...parts }: BehindParts): Promise<void> {
  const { run } = parts.shown;
  if (run === null || !run.begun || !("unit" in run.source)) return;
  if (run.state === "done" && run.fidelity === "same LLVM, not verified") {
    if (parts.shown.wasCompared(run)) return;
    await parts.server.ask("verify", { unit: run.source.unit, background: true });
    parts.shown.noteCompared(run);
    await parts.shown.refresh();
    return;
  }
  if (run.state !== "died" || !run.recorded) return;
  const { run: begun } = await parts.server.ask("beginRun", { unit: run.source.unit });
  if (begun === null) return;
  if (parts.shown.run?.id === run.id) parts.shown.show(begun);
  // The new run says the same and more.
  await parts.server.ask("removeRun", { run: run.id });
  await completeQuietly({ log, ...parts }, begun);
}

async function completing({ shown, runs, units }: Parts, run: RunView, ask: () => Promise<CompletedRunView>): Promise<CompletedRunView> {
  try {
    const completed = await ask();
    if (shown.run?.id === run.id) shown.show(completed.run);
    if (completed.verification.verified) stepDone("verified");
    return completed;
  } finally {
    runs.refresh();
    units.refresh();
    await shown.refresh();
  }
}
