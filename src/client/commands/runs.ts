/** The commands of the Runs view: rename, pin and delete runs, and undo that. */
import * as vscode from "vscode";
import type { RunView } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { number, runTitle } from "../../protocol/words.js";
import { Failure, showFailure } from "../failure.js";
import { mention, showInformation } from "../messages.js";
import type { Services } from "../services.js";
import type { RunsNode } from "../trees/runs.js";

export async function renameRun(services: Services, node?: RunsNode): Promise<void> {
  const [run] = await services.runs.chosen(node, undefined);
  if (run === undefined) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Rename Run"),
    value: runTitle(run),
    prompt: run.what === "" ? vscode.l10n.t("Empty: no name of your own.") : vscode.l10n.t("Empty: “{0}”.", visible(run.what)),
  });
  if (name === undefined) return;
  // What changed is its name anyway, and may become known better.
  await services.server.ask("noteRun", { run: run.id, name: name.trim() === run.what ? null : name });
  await listAgain(services);
}

export async function pinRuns(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<void> {
  await pin(services, true, await services.runs.chosen(node, nodes));
}

export async function unpinRuns(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<void> {
  await pin(services, false, await services.runs.chosen(node, nodes));
}

async function pin(services: Services, pinned: boolean, runs: readonly RunView[]): Promise<void> {
  for (const { id } of runs) await services.server.ask("noteRun", { run: id, pinned });
  await listAgain(services);
}

export async function copyRunId(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<void> {
  const ids = (await services.runs.chosen(node, nodes)).map(({ id }) => id);
  await vscode.env.clipboard.writeText(ids.join("\n"));
  mention(ids.length === 1 ? vscode.l10n.t("Copied 1 run id") : vscode.l10n.t("Copied {0} run ids", number(ids.length)));
}

/** Deletes runs, and offers to undo that as long as the notification is there. */
export async function removeRuns(services: Services, node?: RunsNode, nodes?: readonly RunsNode[]): Promise<void> {
  const chosen = await services.runs.chosen(node, nodes);
  if (chosen.length === 0) return;
  const { server, shown, log } = services;
  const shownBefore = shown.run;
  const { deleted, failed } = await server.ask("deleteRuns", { runs: chosen.map(({ id }) => id) });
  if (shownBefore !== null && deleted.includes(shownBefore.id)) shown.show(null);
  services.runs.refresh();
  if (deleted.length > 0) {
    // Not awaited, because the notification may stay for a long time.
    offerUndo(services, deleted, chosen, shownBefore).catch((error: unknown) => void showFailure(error, log));
  }
  if (failed !== null) throw new Failure(failed);
}

async function offerUndo(
  services: Services,
  deleted: readonly string[],
  chosen: readonly RunView[],
  shownBefore: RunView | null,
): Promise<void> {
  const { server, shown } = services;
  const [run] = chosen.filter(({ id }) => deleted.includes(id));
  const text =
    deleted.length > 1 || run === undefined
      ? vscode.l10n.t("Deleted {0} runs.", number(deleted.length))
      : vscode.l10n.t("Deleted “{0}”.", visible(runTitle(run)));
  if ((await showInformation(text, vscode.l10n.t("Undo"))) === undefined) {
    await server.ask("purgeRuns", { runs: deleted });
    return;
  }
  await server.ask("restoreRuns", { runs: deleted });
  if (shownBefore !== null && shown.run === null && deleted.includes(shownBefore.id)) shown.show(shownBefore);
  services.runs.refresh();
}

/** The shown run has its name and pin elsewhere too. */
async function listAgain({ runs, shown }: Services): Promise<void> {
  runs.refresh();
  await shown.refresh();
}
