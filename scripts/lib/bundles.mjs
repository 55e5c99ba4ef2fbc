// The programs that esbuild bundles: entry point → file in dist/.

/**
 * @typedef {object} Bundle
 * @property {string} entry the source, relative to the repository
 * @property {string} out the file in dist/
 * @property {boolean} executable started by its own name, so it gets a `#!` line and the mode to run
 */

/** @type {readonly Bundle[]} */
export const bundles = [
  { entry: "src/cli/main.ts", out: "cli.js", executable: true },
  { entry: "src/engine-host/main.ts", out: "engine-host.js", executable: false },
  { entry: "src/client/extension.ts", out: "extension.js", executable: false },
  { entry: "src/core/capture/wrapper/main.ts", out: "rustc-wrapper.js", executable: true },
];
