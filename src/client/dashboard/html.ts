/** The dashboard's page in a webview: script and style come from dist/webview only. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { pageHtml } from "./page-html.js";

export function dashboardHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", "webview", name)).toString();
  return pageHtml({
    nonce: randomBytes(16).toString("base64"),
    source: webview.cspSource,
    style: asset("dashboard.css"),
    script: asset("dashboard.js"),
  });
}
