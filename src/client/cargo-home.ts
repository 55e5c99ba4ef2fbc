/** Whether the open folders have a Cargo package or workspace at all: where they have none, nothing that begins a build is offered. */
import * as vscode from "vscode";
import type { FolderView } from "../protocol/views.js";
import { CONTEXT } from "./ids.js";

let without = false;
const changed = new vscode.EventEmitter<void>();

/** Folders were looked at, and the answer of `isWithoutCargo` is another than before. */
export const onCargoFoldersChanged = changed.event;

/** Takes in what was found in the workspace folders. */
export async function noteCargoFolders(folders: readonly FolderView[]): Promise<void> {
  const before = without;
  without = folders.every(({ homes }) => homes.length === 0);
  await vscode.commands.executeCommand("setContext", CONTEXT.withoutCargo, without);
  if (without !== before) changed.fire();
}

/** Whether it is known that no open folder has a Cargo.toml. */
export function isWithoutCargo(): boolean {
  return without || (vscode.workspace.workspaceFolders ?? []).length === 0;
}
