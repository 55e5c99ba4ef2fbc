// `npm run build:addon`: dist/lto_inspector-22.node, and addon/build/compile_commands.json for editors. `npm run build:addon -- --debug`: the addon and the
// engine's C++ tests in addon/build/22/debug for debugging, without changes to dist/.
import { parseArgs } from "node:util";
import { buildForDebuggers } from "./lib/addon.mjs";
import { main } from "./lib/main.mjs";
import { setUp } from "./lib/setup.mjs";
import { ensureSystemPackages } from "./lib/system-packages.mjs";

const { values } = parseArgs({ options: { debug: { type: "boolean", default: false } } });
await main(async () => {
  if (!values.debug) return setUp(["npm", "addon"]);
  await setUp(["npm"]);
  await ensureSystemPackages(["addon", "engine-tests"]);
  await buildForDebuggers();
});
