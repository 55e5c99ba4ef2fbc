/**
 * Stage documents. The language client serves them as well, but only while a server runs: those that are opened before the first question, or while the
 * server is being started again, are served from here.
 */
import * as vscode from "vscode";
import { STAGE_SCHEME } from "../../protocol/uris.js";
import type { Server } from "../server.js";

export function serveStages(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(STAGE_SCHEME, {
    provideTextDocumentContent: (uri, token) => {
      if (!vscode.workspace.isTrusted) throw new Error("Nothing is made in Restricted Mode. Trust this folder and open the stage again.");
      return server.document(uri.toString(), token);
    },
  });
}
