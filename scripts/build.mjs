// `npm run build`: bundles every program into dist/; `npm run watch`: rebuilds whenever a source changes. Outputs are written under a temporary
// name and renamed, so that a program that starts meanwhile never reads half a file.
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { build, context } from "esbuild";
import { assets, bundles, optionsOf } from "./lib/bundles.mjs";
import { notices } from "./lib/notices.mjs";
import { dist, inRoot, root } from "./lib/paths.mjs";

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} mode
 */
function writeWhole(file, content, mode) {
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, content, { mode });
  fs.renameSync(temporary, file);
}

/**
 * Writes esbuild's output for a bundle after every build.
 *
 * @param {import("./lib/bundles.mjs").Bundle} bundle
 * @returns {import("esbuild").Plugin}
 */
function writing({ executable }) {
  return {
    name: "writing",
    setup(build) {
      build.onEnd(({ outputFiles = [] }) => {
        for (const { path: to, contents } of outputFiles) {
          fs.mkdirSync(path.dirname(to), { recursive: true });
          writeWhole(to, contents, executable && to.endsWith(".js") ? 0o755 : 0o644);
        }
      });
    },
  };
}

/**
 * @param {import("./lib/bundles.mjs").Bundle} bundle
 * @param {readonly import("esbuild").Plugin[]} [more]
 * @returns {import("esbuild").BuildOptions}
 */
function optionsToWrite(bundle, more = []) {
  const hasShebang = fs.readFileSync(inRoot(bundle.entry), "utf8").startsWith("#!");
  return {
    ...optionsOf(bundle),
    absWorkingDir: root,
    outfile: path.join(dist, bundle.out),
    write: false,
    metafile: true,
    plugins: [writing(bundle), ...more],
    ...(bundle.executable && !hasShebang ? { banner: { js: "#!/usr/bin/env node" } } : {}),
  };
}

function copyAssets() {
  for (const { from, out } of assets) writeWhole(path.join(dist, out), fs.readFileSync(inRoot("node_modules", from)), 0o644);
}

async function buildOnce() {
  const results = await Promise.allSettled(bundles.map((bundle) => build(optionsToWrite(bundle))));
  const inputs = results.flatMap((result) => (result.status === "fulfilled" ? Object.keys(result.value.metafile?.inputs ?? {}) : []));
  writeWhole(path.join(dist, "THIRD-PARTY-NOTICES.txt"), notices(inputs), 0o644);
  const built = bundles.filter((_, index) => results[index]?.status === "fulfilled");
  console.log(`build: ${built.map(({ out }) => `dist/${out}`).join(", ") || "nothing"}`);
  // esbuild has reported the reason on stderr.
  if (built.length < bundles.length) process.exitCode = 1;
}

/** @param {import("esbuild").Message} message @param {string} severity one line, as compilers write it and .vscode/tasks.json reads it */
function line({ text, location }, severity) {
  return `${location === null ? "" : `${location.file}:${location.line}:${location.column + 1}: `}${severity}: ${text}`;
}

/** Rebuilds every bundle whenever one of its sources changes, until it is interrupted. Its output tells .vscode/tasks.json when a build has ended. */
async function watch() {
  let underWay = 0;
  /** @type {import("esbuild").Plugin} */
  const telling = {
    name: "telling",
    setup(build) {
      build.onStart(() => {
        if (underWay++ === 0) console.log("watch: building");
      });
      build.onEnd(({ errors, warnings }) => {
        for (const error of errors) console.log(line(error, "error"));
        for (const warning of warnings) console.log(line(warning, "warning"));
        if (--underWay === 0) console.log("watch: waiting for changes");
      });
    },
  };
  const contexts = await Promise.all(bundles.map((bundle) => context({ ...optionsToWrite(bundle, [telling]), logLevel: "silent" })));
  await Promise.all(contexts.map((one) => one.watch()));
}

const { values } = parseArgs({ options: { watch: { type: "boolean", default: false } } });
fs.mkdirSync(dist, { recursive: true });
copyAssets();
await (values.watch ? watch() : buildOnce());
