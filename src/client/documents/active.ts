/** The stage document or stage diff in the active tab. */
import * as vscode from "vscode";
import { parseStageUri, STAGE_SCHEME, type StageAddress } from "../../protocol/uris.js";

export type ActiveStage =
  | { readonly kind: "document"; readonly tab: vscode.Tab; readonly uri: vscode.Uri }
  | { readonly kind: "diff"; readonly tab: vscode.Tab; readonly left: vscode.Uri; readonly right: vscode.Uri };

/** undefined: the active tab shows no stage. */
export function activeStage(): ActiveStage | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const input = tab?.input;
  if (tab === undefined) return undefined;
  if (input instanceof vscode.TabInputText && isStage(input.uri)) return { kind: "document", tab, uri: input.uri };
  if (input instanceof vscode.TabInputTextDiff && isStage(input.original) && isStage(input.modified)) {
    return { kind: "diff", tab, left: input.original, right: input.modified };
  }
  return undefined;
}

/** The address of the document; of a diff's right side. */
export function activeAddress(): StageAddress | undefined {
  const active = activeStage();
  return active === undefined ? undefined : parseStageUri((active.kind === "diff" ? active.right : active.uri).toString(true));
}

function isStage(uri: vscode.Uri): boolean {
  return uri.scheme === STAGE_SCHEME;
}

/** Closes a document that another one has replaced; a preview tab closes automatically. */
export async function closeReplaced({ tab }: Pick<ActiveStage, "tab">): Promise<void> {
  const isThere = vscode.window.tabGroups.all.some(({ tabs }) => tabs.includes(tab));
  if (isThere && !tab.isActive) await vscode.window.tabGroups.close(tab, true);
}
