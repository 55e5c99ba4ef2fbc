/**
 * A page as text: a strict content security policy with a nonce. It does not depend on VS Code, so that tests can show the same pages.
 */

export interface PageAssets {
  /** Random, new for each page. */
  readonly nonce: string;
  /** The source of styles in the policy's syntax (`webview.cspSource`). */
  readonly source: string;
  readonly style: string;
  readonly script: string;
  readonly title: string;
}

export function pageHtml({ nonce, source, style, script, title }: PageAssets): string {
  // Styles need 'unsafe-inline': the toolkit's components insert style elements, and the charts position their parts with style attributes.
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'unsafe-inline'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>${title}</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <main id="root"></main>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
