/**
 * What a replay depends on, by content: two replays with the same identity have the same stages, keys and decisions, whatever the names of their
 * files, captures and stores. A verification's mark belongs to an identity.
 */
import { createHash } from "node:crypto";
import type { AnalyzeResult } from "../../protocol/engine/analysis.js";
import type { StageKey } from "../store/store.js";
import type { LtoInputs } from "./inputs.js";

/** Increase it when the same content could give other results, or when a verification compares more. */
const SCHEMA = 3;

export interface ReplayParts {
  readonly engine: StageKey["engine"];
  /** Digest of everything besides the modules that affects a stage; see `settingsDigest`. */
  readonly settings: string;
  readonly thinPreLink: boolean;
  readonly inputs: LtoInputs;
  /** Keys, previous keys, decisions and the digests of what was read. */
  readonly result: AnalyzeResult;
}

/** SHA-256 in hex. */
export function replayIdentity({ engine, settings, thinPreLink, inputs, result }: ReplayParts): string {
  const { mode, crateTypes, preserve, crateSymbols, preserveExternals, incremental, baseWhereTied } = inputs;
  const local = inputs.local.map((module) => [module.name, module.origin, module.reserialize, module.green, module.inMemory ?? false]);
  const modules = result.modules.map((module) => [
    ...[module.name, module.origin, module.crate, module.member, module.bytes],
    ...[module.contentDigest, module.key, module.previousKey, module.verdict, module.reason],
  ]);
  const found = [result.fatDigest, result.preservedSymbols, result.localPreservedSymbols, result.noBuiltins];
  const { version, revision, addon, library } = engine;
  const parts = [
    ...[SCHEMA, version, revision, addon, library, settings, thinPreLink],
    ...[mode, crateTypes, preserve, crateSymbols, preserveExternals, incremental, baseWhereTied],
    ...[local, modules, found],
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
