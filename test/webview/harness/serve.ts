/** Serves our pages with their real scripts, styles and policy, and the made-up VS Code around them. Nothing of this is shipped. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { bundles, optionsOf } from "../../../scripts/lib/bundles.mjs";
import { inRoot, root } from "../../../scripts/lib/paths.mjs";
import { pageHtml } from "../../../src/client/pages/page-html.js";
import { ENGLISH, type DisplayLanguage } from "../../../src/protocol/l10n.js";
import { DEFAULT_STYLES } from "./default-styles.js";

export interface Assets {
  readonly script: string;
  readonly style: string;
}

export interface Harness {
  readonly url: string;
  /** The page of explanations. */
  readonly explanationUrl: string;
  /** The page of comparisons. */
  readonly comparisonUrl: string;
  /** The page of functions. */
  readonly functionUrl: string;
  /** The page of passes. */
  readonly passesUrl: string;
  /** The page of comparisons of settings. */
  readonly adviceUrl: string;
  /** The page of profiles. */
  readonly profileUrl: string;
  readonly assets: Assets;
  close(): Promise<void>;
}

/** A page's own bundle, as `npm run build` makes it. */
export async function bundlePage(
  page: "dashboard" | "explanation" | "comparison" | "function" | "passes" | "advice" | "profile",
): Promise<Assets> {
  const bundle = bundles.find(({ out }) => out === `webview/${page}.js`);
  if (bundle === undefined) throw new Error(`scripts/lib/bundles.mjs has no ${page}`);
  const options = {
    ...optionsOf(bundle),
    sourcemap: false,
    absWorkingDir: root,
    outfile: inRoot("dist", bundle.out),
    write: false,
  } as const;
  const { outputFiles } = await build(options);
  const text = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}

async function bundleHarness(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`test/webview/harness/${entry}.ts`],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "chrome120",
    alias: { "node:url": inRoot("test/webview/harness/node-url.ts"), "vscode-jsonrpc/node": "vscode-jsonrpc/browser" },
  });
  return outputFiles[0]?.text ?? "";
}

function htmlOf(name: string, harness: string, language: DisplayLanguage): string {
  const assets = { nonce: "harness", source: "'self'", style: `/${name}.css`, script: `/${name}.js`, title: "LTO", language };
  return pageHtml(assets).replace(
    "</head>",
    `<style>${DEFAULT_STYLES}</style><script nonce="harness" src="/${harness}.js"></script></head>`,
  );
}

/**
 * @param port 0 for a free one
 * @param language of all pages
 */
export async function serveHarness(port = 0, language = ENGLISH): Promise<Harness> {
  const [
    assets,
    explanation,
    comparison,
    functions,
    passes,
    advice,
    profile,
    harness,
    ofExplanation,
    ofComparison,
    ofFunction,
    ofPasses,
    ofAdvice,
    ofProfile,
  ] = await Promise.all([
    bundlePage("dashboard"),
    bundlePage("explanation"),
    bundlePage("comparison"),
    bundlePage("function"),
    bundlePage("passes"),
    bundlePage("advice"),
    bundlePage("profile"),
    bundleHarness("page"),
    bundleHarness("explanation"),
    bundleHarness("comparison"),
    bundleHarness("function"),
    bundleHarness("passes"),
    bundleHarness("advice"),
    bundleHarness("profile"),
  ]);
  const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
    "/": ["text/html", htmlOf("dashboard", "harness", language)],
    "/explanation": ["text/html", htmlOf("explanation", "harness-explanation", language)],
    "/comparison": ["text/html", htmlOf("comparison", "harness-comparison", language)],
    "/function": ["text/html", htmlOf("function", "harness-function", language)],
    "/passes": ["text/html", htmlOf("passes", "harness-passes", language)],
    "/passes.js": ["text/javascript", passes.script],
    "/passes.css": ["text/css", passes.style],
    "/harness-passes.js": ["text/javascript", ofPasses],
    "/advice": ["text/html", htmlOf("advice", "harness-advice", language)],
    "/profile": ["text/html", htmlOf("profile", "harness-profile", language)],
    "/profile.js": ["text/javascript", profile.script],
    "/profile.css": ["text/css", profile.style],
    "/harness-profile.js": ["text/javascript", ofProfile],
    "/advice.js": ["text/javascript", advice.script],
    "/advice.css": ["text/css", advice.style],
    "/harness-advice.js": ["text/javascript", ofAdvice],
    "/function.js": ["text/javascript", functions.script],
    "/function.css": ["text/css", functions.style],
    "/harness-function.js": ["text/javascript", ofFunction],
    "/comparison.js": ["text/javascript", comparison.script],
    "/comparison.css": ["text/css", comparison.style],
    "/harness-comparison.js": ["text/javascript", ofComparison],
    "/dashboard.js": ["text/javascript", assets.script],
    "/dashboard.css": ["text/css", assets.style],
    "/explanation.js": ["text/javascript", explanation.script],
    "/explanation.css": ["text/css", explanation.style],
    "/harness.js": ["text/javascript", harness],
    "/harness-explanation.js": ["text/javascript", ofExplanation],
  };
  const server = createServer((request, response) => {
    const file = files[new URL(request.url ?? "/", "http://localhost").pathname];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": `${file[0]}; charset=utf-8` }).end(file[1]);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}/`,
    explanationUrl: `http://127.0.0.1:${given}/explanation`,
    comparisonUrl: `http://127.0.0.1:${given}/comparison`,
    functionUrl: `http://127.0.0.1:${given}/function`,
    profileUrl: `http://127.0.0.1:${given}/profile`,
    passesUrl: `http://127.0.0.1:${given}/passes`,
    adviceUrl: `http://127.0.0.1:${given}/advice`,
    assets,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
