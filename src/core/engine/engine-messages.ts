/**
 * What the engine process says. Its answers are the addon's, of the same build as core (`ENGINE_PROTOCOL`), and can be large: only what any process could
 * have said is looked at, what is loaded and errors.
 */
import * as z from "zod/mini";
import type { EngineError } from "../../protocol/engine/error.js";
import type { EngineInfo } from "../../protocol/engine/library.js";
import { filePath, formatOf } from "../base/values.js";

export const engineInfo = formatOf<EngineInfo>()(() =>
  z.object({ path: filePath, version: z.string(), revision: z.string(), compiledAgainst: z.string(), targets: z.array(z.string()) }),
);

export const engineError = formatOf<EngineError>()(() =>
  z.object({
    name: z.string(),
    message: z.string(),
    file: z.exactOptional(z.string()),
    module: z.exactOptional(z.string()),
    stage: z.exactOptional(z.string()),
  }),
);
