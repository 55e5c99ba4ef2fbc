/** The filters of stage documents, as the settings have them. */
import * as vscode from "vscode";
import { DEFAULT_SETTINGS, SETTINGS_SECTION } from "../../protocol/settings.js";
import type { DocumentFilters } from "../../protocol/uris.js";

/** The filters for new documents. */
export function currentFilters(): DocumentFilters {
  const configured = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<Partial<DocumentFilters>>("filters");
  return { ...DEFAULT_SETTINGS.filters, ...configured };
}
