/** Our pages in webviews: script and style come from dist/webview only. It is loaded with the session (later.ts). */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { windowLanguage } from "../language.js";
import { pageHtml } from "./page-html.js";

export interface PageName {
  /** Of its bundle in dist/webview. */
  readonly name: "dashboard" | "explanation" | "comparison" | "function" | "passes" | "advice" | "profile";
  readonly title: string;
}

/** Shows a page in a webview, which may load nothing but our files. */
export function showPage(webview: vscode.Webview, extensionUri: vscode.Uri, { name, title }: PageName): void {
  const folder = vscode.Uri.joinPath(extensionUri, "dist", "webview");
  const asset = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = pageHtml({
    nonce: randomBytes(16).toString("base64"),
    source: webview.cspSource,
    style: asset(`${name}.css`),
    script: asset(`${name}.js`),
    title,
    language: windowLanguage(),
  });
}
