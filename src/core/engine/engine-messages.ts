/**
 * The engine process's messages. Answers come from the addon, which is of the same build as core (`ENGINE_PROTOCOL`), and can be large. Only
 * messages that any process could send are checked: what it has loaded, and errors.
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
