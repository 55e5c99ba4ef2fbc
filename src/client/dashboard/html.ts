/** The dashboard's page: a strict content security policy with a nonce; script and style come from dist/webview only. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function dashboardHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", "webview", name)).toString();
  // Styles need 'unsafe-inline' in style attributes only: the toolkit's components and the charts place their parts with them.
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>LTO Dashboard</title>
    <link rel="stylesheet" href="${asset("dashboard.css")}" />
  </head>
  <body>
    <main id="root"></main>
    <script type="module" nonce="${nonce}" src="${asset("dashboard.js")}"></script>
  </body>
</html>`;
}
