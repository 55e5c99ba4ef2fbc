/** All requests to the engine, by name: one group per file of this folder. */
import { analysisRequests } from "./analysis.js";
import { assemblyRequests } from "./assembly.js";
import { callRequests } from "./calls.js";
import { fileRequests } from "./files.js";
import { irRequests } from "./ir.js";
import { keyRequests } from "./keys.js";
import { moduleRequests } from "./modules.js";
import { objectRequests } from "./objects.js";
import { originRequests } from "./origins.js";
import { passRequests } from "./passes.js";
import { referenceRequests } from "./references.js";
import { stageRequests } from "./stages.js";
import { symbolRequests } from "./symbols.js";

export const ENGINE_REQUESTS = {
  ...moduleRequests,
  ...analysisRequests,
  ...stageRequests,
  ...irRequests,
  ...originRequests,
  ...symbolRequests,
  ...keyRequests,
  ...fileRequests,
  ...callRequests,
  ...referenceRequests,
  ...objectRequests,
  ...assemblyRequests,
  ...passRequests,
};

export type EngineMethod = keyof typeof ENGINE_REQUESTS;

export function isEngineMethod(name: string): name is EngineMethod {
  return Object.hasOwn(ENGINE_REQUESTS, name);
}

type Declared<M extends EngineMethod> = NonNullable<(typeof ENGINE_REQUESTS)[M]["types"]>;

export type EngineParams<M extends EngineMethod> = Declared<M>["params"];
export type EngineResult<M extends EngineMethod> = Declared<M>["result"];

/** Requests that can be repeated in a fresh process. */
export type StatelessMethod = {
  [M in EngineMethod]: (typeof ENGINE_REQUESTS)[M]["standing"] extends "unit" ? never : M;
}[EngineMethod];
