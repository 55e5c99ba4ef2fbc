// `npm run build`: bundles every program into dist/. Outputs are written under a temporary name and renamed, so that a program that is
// started meanwhile never reads half a file.
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { bundles, optionsOf } from "./lib/bundles.mjs";
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

/** @param {import("./lib/bundles.mjs").Bundle} bundle @returns {Promise<string[]>} the sources that went into it */
async function bundleOne(bundle) {
  const { entry, out, executable } = bundle;
  const hasShebang = fs.readFileSync(inRoot(entry), "utf8").startsWith("#!");
  const file = path.join(dist, out);
  const result = await build({
    ...optionsOf(bundle),
    absWorkingDir: root,
    outfile: file,
    write: false,
    metafile: true,
    ...(executable && !hasShebang ? { banner: { js: "#!/usr/bin/env node" } } : {}),
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (const { path: to, contents } of result.outputFiles) {
    writeWhole(to, contents, executable && to.endsWith(".js") ? 0o755 : 0o644);
  }
  return Object.keys(result.metafile.inputs);
}

fs.mkdirSync(dist, { recursive: true });
const results = await Promise.allSettled(bundles.map(bundleOne));
const inputs = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
writeWhole(path.join(dist, "THIRD-PARTY-NOTICES.txt"), notices(inputs), 0o644);
const built = bundles.filter((_, index) => results[index]?.status === "fulfilled");
console.log(`build: ${built.map(({ out }) => `dist/${out}`).join(", ") || "nothing"}`);
// esbuild has said why, on stderr.
if (built.length < bundles.length) process.exitCode = 1;
