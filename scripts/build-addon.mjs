// `npm run build:addon`: the engine's addon in dist/ for each LLVM series that this machine's toolchains use (dist/lto_inspector-22.node), and
// addon/build/compile_commands.json for editors. With `-- --llvm 19`, for LLVM 19 and no other; may be repeated. With `-- --debug`, the addon and the engine's
// C++ tests in addon/build/22/debug for debugging, without changes to dist/.
import { parseArgs } from "node:util";
import { buildForDebuggers } from "./lib/addon.mjs";
import { supportedSeries, USUAL_SERIES } from "./lib/llvm-series.mjs";
import { main } from "./lib/main.mjs";
import { setUp } from "./lib/setup.mjs";
import { ensureSystemPackages } from "./lib/system-packages.mjs";

const { values } = parseArgs({
  options: { debug: { type: "boolean", default: false }, llvm: { type: "string", multiple: true, default: [] } },
});
await main(async () => {
  const series = values.llvm.map(supportedSeries);
  if (!values.debug) return setUp(["npm", "addon"], series.length === 0 ? {} : { series });
  const [first = USUAL_SERIES] = series;
  await setUp(["npm"]);
  await ensureSystemPackages(["addon", "engine-tests"], [first]);
  await buildForDebuggers(first);
});
