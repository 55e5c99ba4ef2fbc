// `npm run package`: builds an npm package of the command line and the extension's package, both in build/, with the engines of this platform for every LLVM
// series that was built (`npm run build:addon -- --llvm 19` builds one more); neither needs anything else to be installed.
import fs from "node:fs";
import path from "node:path";
import { main } from "./lib/main.mjs";
import { builtSeries, shippedFiles } from "./lib/addon.mjs";
import { checkGlibc } from "./lib/glibc.mjs";
import { dist, inRoot, root } from "./lib/paths.mjs";
import { PlainError, run } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { hasExtension, packageVsix } from "./lib/vsix.mjs";

await main(async () => {
  await setUp(["npm", "addon", "bundles"], { everyBuilt: true });
  // The supervisor is linked statically.
  const loaded = shippedFiles().filter((file) => /\.(?:node|so)$/.test(file));
  loaded.forEach((file) => checkGlibc(path.join(dist, file)));
  fs.mkdirSync(inRoot("build"), { recursive: true });
  const { code, output } = await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", "build"]);
  if (code !== 0) throw new PlainError(`npm pack failed:\n${output}`);
  console.log(`build/${output.trim().split("\n").at(-1) ?? ""}`);
  if (!hasExtension()) return;
  const vsix = await packageVsix();
  const engines = builtSeries().map(({ major }) => major);
  const megabytes = (fs.statSync(vsix).size / 1e6).toFixed(1);
  console.log(`${path.relative(root, vsix)} (${megabytes} MB, with engines for LLVM ${engines.join(", ")})`);
});
