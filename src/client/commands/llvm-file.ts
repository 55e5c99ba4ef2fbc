/** Lets the user choose a libLLVM. */
import * as vscode from "vscode";

/** @throws CancellationError */
export async function chooseLlvmFile(): Promise<string> {
  const [file] = (await vscode.window.showOpenDialog({ title: "libLLVM", openLabel: vscode.l10n.t("Use This LLVM") })) ?? [];
  if (file === undefined) throw new vscode.CancellationError();
  return file.fsPath;
}
