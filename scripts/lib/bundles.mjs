// The programs that esbuild bundles: entry point → file in dist/.

/**
 * @typedef {object} Bundle
 * @property {string} entry the source, relative to the repository
 * @property {string} out the file in dist/
 * @property {boolean} executable started by its own name, so it gets a `#!` line and is executable
 * @property {boolean} [small] VS Code loads it while it starts, so every byte counts
 * @property {readonly string[]} [later] imports that are separate bundles, loaded on first use
 * @property {boolean} [page] runs in a webview: an ES module for a browser, with a style sheet beside it
 */

/** @type {readonly Bundle[]} */
export const bundles = [
  { entry: "src/cli/main.ts", out: "cli.js", executable: true },
  { entry: "src/engine-host/main.ts", out: "engine-host.js", executable: false },
  { entry: "src/server/main.ts", out: "server.js", executable: false },
  { entry: "src/client/extension.ts", out: "extension.js", executable: false, small: true, later: ["./session.js", "./commands.js"] },
  { entry: "src/client/session.ts", out: "session.js", executable: false, small: true },
  { entry: "src/client/commands.ts", out: "commands.js", executable: false, small: true, later: ["./session.js"] },
  { entry: "src/core/producers/rust/wrapper/main.ts", out: "rustc-wrapper.js", executable: true },
  { entry: "webview/main.ts", out: "webview/dashboard.js", executable: false, page: true },
  { entry: "webview/explanation/main.ts", out: "webview/explanation.js", executable: false, page: true },
  { entry: "webview/comparison/main.ts", out: "webview/comparison.js", executable: false, page: true },
  { entry: "webview/function/main.ts", out: "webview/function.js", executable: false, page: true },
  { entry: "webview/passes/main.ts", out: "webview/passes.js", executable: false, page: true },
  { entry: "webview/advice/main.ts", out: "webview/advice.js", executable: false, page: true },
  { entry: "webview/profile/main.ts", out: "webview/profile.js", executable: false, page: true },
];

/** Files of packages that bundles load at run time: file in node_modules → file in dist/. */
export const assets = [
  { from: "@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm", out: "tree-sitter.wasm" },
  { from: "@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm", out: "tree-sitter-rust.wasm" },
];

/**
 * esbuild's options for a bundle, without its output path.
 *
 * @param {Bundle} bundle
 * @returns {import("esbuild").BuildOptions}
 */
export function optionsOf({ entry, small = false, page = false, later = [] }) {
  /** @type {import("esbuild").BuildOptions} */
  const place = page
    ? { platform: "browser", target: "chrome120", format: "esm", minify: true }
    : { platform: "node", target: "node20", format: "cjs", minify: small, external: ["vscode", "*.node", ...later] };
  // Later bundles are loaded with require(): VS Code's extension host does not control a native import(). tree-sitter's loader, in the server, needs one.
  const supported = { "dynamic-import": !small };
  return { ...place, entryPoints: [entry], bundle: true, supported, sourcemap: "linked", legalComments: "none", logLevel: "warning" };
}
