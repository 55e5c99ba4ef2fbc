/** Whether any open folder has a Cargo package or workspace. If none has, nothing that builds is offered. */
import * as vscode from "vscode";
import type { FolderView } from "../protocol/views.js";
import { CONTEXT } from "./ids.js";

let without = false;
const changed = new vscode.EventEmitter<void>();

/** Fires when the answer of `isWithoutCargo` changes. */
export const onCargoFoldersChanged = changed.event;

/** Records what was found in the workspace folders. */
export async function noteCargoFolders(folders: readonly FolderView[]): Promise<void> {
  const before = without;
  without = folders.every(({ homes }) => homes.length === 0);
  const noToolchain = folders.some(({ problem }) => problem?.name === "NoToolchain");
  await Promise.all([
    vscode.commands.executeCommand("setContext", CONTEXT.withoutCargo, without),
    vscode.commands.executeCommand("setContext", CONTEXT.withoutToolchain, noToolchain),
  ]);
  if (without !== before) changed.fire();
}

/** Whether no open folder is known to have a Cargo.toml. */
export function isWithoutCargo(): boolean {
  return without || (vscode.workspace.workspaceFolders ?? []).length === 0;
}
