/** rustc with Cargo, as a producer. */
import type { UnitManifest } from "../../../protocol/units.js";
import type { CoreContext } from "../../engine/core-context.js";
import { chooseLibrary } from "../../engine/libllvm.js";
import { toolchainProfile } from "../../pipelines/toolchain-profile.js";
import type { ChosenEngine, ReplayChoice } from "../../replay/producer.js";
import { engineOn } from "../../replay/reading-engine.js";
import type { UnitProducer } from "../producer.js";
import { buildChoices } from "./capture/build-choices.js";
import { planCapture } from "./capture/capture-plan.js";
import { captureBuild } from "./capture/capture.js";
import { plainBuild } from "./capture/plain-build.js";
import { sourcesOf } from "./capture/sources.js";
import { SESSIONS } from "./left-units.js";
import { readableNamesOf } from "./readable-names.js";
import { stagesSavedAt } from "./save-temps.js";
import { llvmArgumentsOf } from "./target-arguments.js";
import { inputsOfUnit, refuseIncomplete } from "./unit-inputs.js";
import { requireToolchain, vouchedOutside, vouchFor } from "./vouched-unit.js";
import { BuildWatch } from "./workspace/build-watch.js";
import { cargoFolders } from "./workspace/cargo-folders.js";
import { discover } from "./workspace/discover.js";
import { packageFolder } from "./workspace/metadata.js";
import { toldApart } from "./workspace/told-apart.js";

export const RUST: UnitProducer = {
  name: "rust",
  left: SESSIONS,
  workspaces: { homes: cargoFolders, discover, toldApart, watch: (built) => new BuildWatch(built) },
  captures: { folderOf: packageFolder, choices: buildChoices, plan: planCapture, capture: captureBuild, build: plainBuild },
  refuseIncomplete,
  chooseEngine,
  outside: vouchedOutside,
  savedStages: stagesSavedAt,
  keptSources: async ({ folder }) => (folder === undefined ? undefined : sourcesOf(folder)),
  helpIfUnreadable: "Capture the unit again: `lto-inspector capture`.",
};

async function chooseEngine(core: CoreContext, manifest: UnitManifest, { llvm, overrides }: ReplayChoice): Promise<ChosenEngine> {
  const vouched = await vouchFor(manifest);
  const { unit } = vouched;
  const profile = toolchainProfile(unit.toolchain.release);
  const library = await chooseLibrary(llvm, llvm === "auto" ? requireToolchain(vouched) : null);
  const engine = engineOn(core, library, llvmArgumentsOf(profile, unit, [...unit.settings.llvmArgs, ...(overrides.llvmArgs ?? [])]));
  return {
    engine,
    profile,
    inputs: (signal) => inputsOfUnit(vouched, overrides, engine, core.layout, signal),
    readableNames: (signal) => readableNamesOf(unit, engine, signal),
  };
}
