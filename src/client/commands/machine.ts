/** Commands about this machine: libLLVM and the store. */
import * as vscode from "vscode";
import { captureCount, runCount } from "../../protocol/counts.js";
import { SETTINGS_SECTION } from "../../protocol/settings.js";
import { askWarning, showInformation, shownChoice } from "../messages.js";
import type { Services } from "../services.js";
import { bytes } from "../../protocol/words.js";
import { chooseLlvmFile } from "./llvm-file.js";

export async function selectLlvm(services: Services): Promise<void> {
  const { candidates } = await services.server.askWithProgress(
    vscode.l10n.t("LTO: looking for libLLVM on this machine"),
    "llvmCandidates",
    {},
  );
  const current = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<string>("libLLVM");
  const choices = candidates.map((candidate) => ({
    label: candidate.label,
    ...(candidate.choice === current ? { icon: "check" } : {}),
    description: [candidate.version ?? "", candidate.usedHere ? vscode.l10n.t("used in this workspace") : ""]
      .filter((part) => part !== "")
      .join(" · "),
    detail: candidate.problem === null ? (candidate.path ?? "") : vscode.l10n.t("cannot be used: {0}", candidate.problem.message),
    value: candidate.choice,
  }));
  const other = { label: vscode.l10n.t("Choose a file…"), description: vscode.l10n.t("a libLLVM.so"), detail: "", value: null };
  const picked = await vscode.window.showQuickPick([...choices, other].map(shownChoice<string | null>), {
    title: vscode.l10n.t("LTO: Select LLVM"),
    placeHolder: vscode.l10n.t("Which libLLVM should make the stages?"),
    matchOnDetail: true,
  });
  if (picked === undefined) throw new vscode.CancellationError();
  const choice = picked.value ?? (await chooseLlvmFile());
  await vscode.workspace.getConfiguration(SETTINGS_SECTION).update("libLLVM", choice, vscode.ConfigurationTarget.Global);
}

export async function clearStore(services: Services): Promise<void> {
  const store = await services.server.ask("store", {});
  const [stages, all] = [vscode.l10n.t("Clear Stages"), vscode.l10n.t("Clear Everything")];
  const detail = [
    vscode.l10n.t(
      "The store in {0} holds {1}: {2}, {3}, and stages.",
      store.root,
      bytes(store.totalBytes),
      captureCount(store.captures),
      runCount(store.runs),
    ),
    "",
    vscode.l10n.t(
      "Stages can be made again. “Everything” also removes captures, their target directories and the run history. Your own build outputs are never touched.",
    ),
  ];
  const chosen = await askWarning(vscode.l10n.t("Clear LTO Inspector's store?"), detail, stages, all);
  if (chosen === undefined) throw new vscode.CancellationError();
  const freed = await services.server.ask("clearStore", { what: chosen === all ? "all" : "stages" });
  await services.shown.refresh();
  services.units.refresh();
  services.runs.refresh();
  void showInformation(vscode.l10n.t("{0} freed.", bytes(freed.bytes)));
}
