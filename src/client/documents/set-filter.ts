/** Sets filters: of what is open (a document, both sides of a diff, all functions of a multi-file diff), and of documents that are opened later. */
import * as vscode from "vscode";
import { SETTINGS_SECTION } from "../../protocol/settings.js";
import { withFilters, type DocumentFilters } from "../../protocol/uris.js";
import type { Server } from "../server.js";
import { activeAddress, activeStage, closeReplaced, type ActiveStage } from "./active.js";
import { currentFilters } from "./filters.js";
import { activeComparison, reopenFunctions } from "./function-diffs.js";

/** The filters of what is open; otherwise those for new documents. */
export function shownFilters(): DocumentFilters {
  return activeAddress()?.filters ?? activeComparison()?.filters ?? currentFilters();
}

/** Toggles a filter of what is open, and in the settings. */
export function toggleFilter(server: Server, name: keyof DocumentFilters): Promise<void> {
  return setFilter(server, name, !shownFilters()[name]);
}

/** Sets a filter of what is open, and in the settings. */
export async function setFilter(server: Server, name: keyof DocumentFilters, value: boolean): Promise<void> {
  const [active, functions] = [activeStage(), activeComparison()];
  const filters = { ...shownFilters(), [name]: value };
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  await configuration.update(`filters.${name}`, value, vscode.ConfigurationTarget.Global);
  if (active !== undefined) await reopen(active, filters);
  else if (functions !== undefined) await reopenFunctions(server, functions, filters);
}

/** Shows a stage document or diff again, in the same place. */
async function reopen(active: ActiveStage, filters: DocumentFilters): Promise<void> {
  const again = (uri: vscode.Uri): vscode.Uri => vscode.Uri.parse(withFilters(uri.toString(true), filters) ?? uri.toString(true));
  const options: vscode.TextDocumentShowOptions = { preview: active.tab.isPreview };
  if (active.kind === "diff") {
    await vscode.commands.executeCommand("vscode.diff", again(active.left), again(active.right), active.tab.label, options);
  } else await vscode.window.showTextDocument(again(active.uri), options);
  await closeReplaced(active);
}
