// `npm run build`: bundles every program into dist/. Outputs are written under a temporary name and renamed, so that a program that is
// started meanwhile never reads half a file.
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { bundles } from "./lib/bundles.mjs";
import { dist, inRoot, root } from "./lib/paths.mjs";

/** @param {import("./lib/bundles.mjs").Bundle} bundle */
async function bundleOne({ entry, out, executable }) {
  const hasShebang = fs.readFileSync(inRoot(entry), "utf8").startsWith("#!");
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(dist, out),
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "linked",
    legalComments: "none",
    logLevel: "warning",
    external: ["vscode", "*.node"],
    ...(executable && !hasShebang ? { banner: { js: "#!/usr/bin/env node" } } : {}),
  });
  for (const file of result.outputFiles) {
    const temporary = `${file.path}.${process.pid}.tmp`;
    fs.mkdirSync(path.dirname(file.path), { recursive: true });
    fs.writeFileSync(temporary, file.contents, { mode: executable && file.path.endsWith(".js") ? 0o755 : 0o644 });
    fs.renameSync(temporary, file.path);
  }
}

const missing = bundles.filter(({ entry }) => !fs.existsSync(inRoot(entry)));
for (const { entry } of missing) console.log(`build: ${entry} is not there yet, left out`);
const present = bundles.filter((bundle) => !missing.includes(bundle));
await Promise.all(present.map(bundleOne));
console.log(`build: ${present.map(({ out }) => `dist/${out}`).join(", ") || "nothing"}`);
