/** Serves the dashboard's page with its real script, style and policy, and the made-up VS Code around it. Nothing of this is shipped. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { bundles, optionsOf } from "../../../scripts/lib/bundles.mjs";
import { inRoot, root } from "../../../scripts/lib/paths.mjs";
import { pageHtml } from "../../../src/client/dashboard/page-html.js";
import { DEFAULT_STYLES } from "./default-styles.js";

export interface Assets {
  readonly script: string;
  readonly style: string;
}

export interface Harness {
  readonly url: string;
  readonly assets: Assets;
  close(): Promise<void>;
}

/** The dashboard's own bundle, as `npm run build` makes it. */
export async function bundleDashboard(): Promise<Assets> {
  const bundle = bundles.find(({ entry }) => entry === "webview/main.ts");
  if (bundle === undefined) throw new Error("scripts/lib/bundles.mjs has no dashboard");
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

async function bundleHarness(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["test/webview/harness/page.ts"],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "chrome120",
    alias: { "node:url": inRoot("test/webview/harness/node-url.ts"), "vscode-jsonrpc/node": "vscode-jsonrpc/browser" },
  });
  return outputFiles[0]?.text ?? "";
}

/** @param port 0 for a free one */
export async function serveHarness(port = 0): Promise<Harness> {
  const [assets, harness] = await Promise.all([bundleDashboard(), bundleHarness()]);
  const page = pageHtml({ nonce: "harness", source: "'self'", style: "/dashboard.css", script: "/dashboard.js" }).replace(
    "</head>",
    `<style>${DEFAULT_STYLES}</style><script nonce="harness" src="/harness.js"></script></head>`,
  );
  const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
    "/": ["text/html", page],
    "/dashboard.js": ["text/javascript", assets.script],
    "/dashboard.css": ["text/css", assets.style],
    "/harness.js": ["text/javascript", harness],
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
