/** Opens the places that debug info names. */
import * as vscode from "vscode";
import type { SourcePlace } from "../../protocol/calls.js";
import { columnOfByte } from "../../protocol/source-columns.js";

/** @param viewColumn where; the active one by default */
export async function openSource({ file, line, column }: SourcePlace, viewColumn?: vscode.ViewColumn): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  // The file may have become shorter since the build.
  const at = document.validatePosition(new vscode.Position(Math.max(0, line - 1), 0));
  const start = at.translate(0, columnOfByte(document.lineAt(at).text, column));
  await vscode.window.showTextDocument(document, {
    preview: true,
    selection: new vscode.Range(start, start),
    ...(viewColumn === undefined ? {} : { viewColumn }),
  });
}
