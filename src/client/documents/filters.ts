/** The filters of stage documents, as toggles: they apply to the open document or both sides of the open diff, and to documents opened later. */
import * as vscode from "vscode";
import { DEFAULT_SETTINGS, SETTINGS_SECTION } from "../../protocol/settings.js";
import { withFilters, type DocumentFilters } from "../../protocol/uris.js";
import { activeAddress, activeStage, closeReplaced, type ActiveStage } from "./active.js";

/** The filters for new documents. */
export function currentFilters(): DocumentFilters {
  const configured = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<Partial<DocumentFilters>>("filters");
  return { ...DEFAULT_SETTINGS.filters, ...configured };
}

/** The filters of the open document or diff; without one, those for new documents. */
function shownFilters(): DocumentFilters {
  return activeAddress()?.filters ?? currentFilters();
}

/** Toggles a filter of the open document or diff, and in the settings. */
export function toggleFilter(name: keyof DocumentFilters): Promise<void> {
  return setFilter(name, !shownFilters()[name]);
}

/** Sets a filter of the open document or diff, and in the settings. */
export async function setFilter(name: keyof DocumentFilters, value: boolean): Promise<void> {
  const active = activeStage();
  const filters = { ...shownFilters(), [name]: value };
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  await configuration.update(`filters.${name}`, value, vscode.ConfigurationTarget.Global);
  if (active !== undefined) await reopen(active, filters);
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
