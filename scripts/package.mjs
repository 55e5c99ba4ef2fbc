// `npm run package`: builds an npm package of the command line and the extension's package, both in build/, with the addon of this platform;
// neither needs anything else to be installed.
import fs from "node:fs";
import path from "node:path";
import { main } from "./lib/main.mjs";
import { inRoot, root } from "./lib/paths.mjs";
import { PlainError, run } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { hasExtension, packageVsix } from "./lib/vsix.mjs";

await main(async () => {
  await setUp(["npm", "addon", "bundles"]);
  fs.mkdirSync(inRoot("build"), { recursive: true });
  const { code, output } = await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", "build"]);
  if (code !== 0) throw new PlainError(`npm pack failed:\n${output}`);
  console.log(`build/${output.trim().split("\n").at(-1) ?? ""}`);
  if (hasExtension()) console.log(path.relative(root, await packageVsix()));
});
