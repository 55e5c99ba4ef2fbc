/**
 * A page as text: a strict content security policy with a nonce. It does not depend on VS Code, so that tests can show the same pages.
 */
import type { DisplayLanguage } from "../../protocol/l10n.js";

export interface PageAssets {
  /** Random, new for each page. */
  readonly nonce: string;
  /** The source of styles in the policy's syntax (`webview.cspSource`). */
  readonly source: string;
  readonly style: string;
  readonly script: string;
  readonly title: string;
  readonly language: DisplayLanguage;
}

export function pageHtml({ nonce, source, style, script, title, language }: PageAssets): string {
  // Styles need 'unsafe-inline': the toolkit's components insert style elements, and the charts position their parts with style attributes.
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'unsafe-inline'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escaped(language.language)}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <main id="root"></main>
    <script type="application/json" id="display-language">${inScript(language)}</script>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

/** A translation may contain anything. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** JSON that cannot end the element it is in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
