/** Checks that rustc's log and key files still agree with a capture's manifest: somebody could have changed the manifest alone. */
import { join } from "node:path";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { UnitManifest } from "../../protocol/units.js";
import { parseRustcLog } from "../pipelines/rustc-log.js";
import { LOG_FILE } from "../store/captured-files.js";
import { messageOf, systemCode } from "../base/errors.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { readKeysFile } from "../pipelines/keys-file.js";
import type { StageDifference } from "./verify-fat.js";

/** Compares the manifest with the files beside it. @returns a difference for each file that is missing, damaged or disagrees */
export async function checkAccount(unit: UnitManifest): Promise<StageDifference[]> {
  const found = await Promise.all([checkLog(unit), checkPreviousKeys(unit)]);
  return found.filter((one) => one !== undefined);
}

async function checkLog({ decisions, folder }: UnitManifest): Promise<StageDifference | undefined> {
  if (decisions === null || folder === undefined) return undefined;
  const file = join(folder, LOG_FILE);
  const why = await readTextFile(file, LIMITS.log).then(
    (text) => {
      const log = parseRustcLog(text);
      if (log === null) return "it does not mention LTO";
      const same = (["preservedSymbols", "verdicts", "currentKeys", "previousKeys"] as const).every((part) =>
        equalAsJson(log[part], decisions[part]),
      );
      return same && equalAsJson(log.linked, decisions.linked ?? []) ? undefined : "it contradicts the capture's manifest";
    },
    (error: unknown) => (systemCode(error) === "ENOENT" ? "it is missing" : `it cannot be read: ${messageOf(error)}`),
  );
  return why === undefined ? undefined : { module: "", stage: "log", why: `rustc's log (${file}): ${why}` };
}

/** The log repeats the keys that rustc found in the previous session. */
async function checkPreviousKeys({ decisions, previousKeysFile, mode }: UnitManifest): Promise<StageDifference | undefined> {
  const logged = decisions?.previousKeys;
  if (previousKeysFile === null || logged === null || logged === undefined || !pipelineOf(mode).keys) return undefined;
  const why = await readKeysFile(previousKeysFile).then(
    (keys) => {
      const same = keys.size === Object.keys(logged).length && [...keys].every(([name, key]) => sameKey(logged[name], key));
      return same ? undefined : `The keys of the previous session (${previousKeysFile}) are not those of rustc's log.`;
    },
    (error: unknown) => messageOf(error),
  );
  return why === undefined ? undefined : { module: "", stage: "keys", why };
}

function sameKey(left: string | undefined, right: string): boolean {
  return left?.toUpperCase() === right.toUpperCase();
}

/** Whether two values are equal as JSON, whatever the order of properties. */
function equalAsJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
}
