/**
 * LTO: Compare LLVM Versions. It is loaded with the session (later.ts): it needs nothing of the rest of the client but what it is given, so that none
 * of that is loaded twice.
 */
import * as vscode from "vscode";
import { isNewer } from "../../protocol/llvm-versions.js";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { LlvmCandidate, RunView, UnitView } from "../../protocol/views.js";
import type { QuickChoice } from "../messages.js";
import { chooseLlvmFile } from "./llvm-file.js";

type Requests = typeof requests;

/** What the command is given of the client. */
export interface CompareTools {
  ask<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
  pickOne<T>(choices: readonly QuickChoice<T>[], options: { readonly title: string; readonly placeHolder: string }): Promise<T>;
  openComparison(runs: { readonly from: string; readonly to: string }): Promise<void>;
}

/** Replays a capture with its own LLVM and with a newer one that the user picks, and opens what differs. The shown run stays. */
export async function compareLlvmVersions(
  tools: CompareTools,
  { ref, name, llvm }: Pick<UnitView, "ref" | "name" | "llvm">,
): Promise<void> {
  const to = await pickLlvm(tools, llvm);
  const replay = (title: string, choice: string): Promise<RunView> => tools.ask(title, "thin", { source: { unit: ref }, llvm: choice });
  const own =
    llvm === null ? vscode.l10n.t("Replaying {0} with its own LLVM", name) : vscode.l10n.t("Replaying {0} with {1}", name, `LLVM ${llvm}`);
  const older = await replay(own, "auto");
  const newer = await replay(vscode.l10n.t("Replaying {0} with {1}", name, to.label), to.choice);
  await tools.openComparison({ from: older.id, to: newer.id });
}

interface ChosenLlvm {
  /** As the command line's `--llvm` takes it. */
  readonly choice: string;
  readonly label: string;
}

/** Picks among the libraries of this machine that read the unit's bitcode, or a file. @throws CancellationError */
async function pickLlvm(tools: CompareTools, own: string | null): Promise<ChosenLlvm> {
  const { candidates } = await tools.ask(vscode.l10n.t("LTO: looking for libLLVM on this machine"), "llvmCandidates", {});
  const choices = readers(candidates, own).map(({ label, version, path, choice }) => ({
    label,
    description: version ?? "",
    detail: path ?? "",
    value: { choice, label: `LLVM ${version ?? ""}` },
  }));
  const other = { label: vscode.l10n.t("Choose a file…"), description: vscode.l10n.t("a libLLVM.so"), detail: "", value: null };
  const chosen = await tools.pickOne<ChosenLlvm | null>([...choices, other], {
    title: vscode.l10n.t("LTO: Compare LLVM Versions"),
    placeHolder: own === null ? vscode.l10n.t("Compare with which LLVM?") : vscode.l10n.t("Compare LLVM {0} with which LLVM?", own),
  });
  if (chosen !== null) return chosen;
  const file = await chooseLlvmFile();
  return { choice: file, label: file };
}

/** Those that are not older than the unit's own and not the same, each once. */
function readers(candidates: readonly LlvmCandidate[], own: string | null): readonly LlvmCandidate[] {
  const usable = candidates.filter(({ choice, version, problem }) => choice !== "auto" && version !== null && problem === null);
  const others =
    own === null ? usable : usable.filter(({ version }) => !isNewer(own, version ?? "") && plain(version ?? "") !== plain(own));
  return others.filter(({ path }, index) => others.findIndex((one) => one.path === path) === index);
}

/** "22.1.2" of "22.1.2-rust-1.95.0-stable": a toolchain reports its LLVM without the rest. */
function plain(version: string): string {
  return version.split("-")[0] ?? version;
}
