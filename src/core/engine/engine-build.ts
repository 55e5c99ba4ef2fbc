/** Identifies the engine that made something by the content of the loaded files, because two builds of libLLVM may have the same version. */
import { join } from "node:path";
import type { CoreContext } from "./core-context.js";
import type { EngineClient } from "./client.js";
import { LtoError } from "../base/errors.js";
import type { StageKey } from "../store/store.js";
import { DigestMemory } from "../base/digest-memory.js";

/** Keeps digests, because libLLVM has 200 MB. */
const KEPT = "engine-files.json";

/**
 * The digests of the loaded library and of the addon itself.
 *
 * @throws LtoError FilesChanged if one of them was replaced since the process started
 */
export async function engineBuild(core: CoreContext, engine: EngineClient): Promise<StageKey["engine"]> {
  const { version, revision } = await engine.info();
  const memory = await DigestMemory.open(join(core.layout.verified, KEPT));
  const { library, addon } = engine.spec;
  const digests = { library: await memory.digest(library), addon: await memory.digest(addon) };
  await memory.save();
  if (await engine.runsWhatLiesThere()) return { version, revision, ...digests };
  throw new LtoError({
    name: "FilesChanged",
    message: `libLLVM or the engine's addon was replaced while it was in use (${library}, ${addon}).`,
    file: library,
    help: "Run the command again.",
  });
}
