/**
 * Opens a unit for verification although some of its inputs are damaged. It leaves them out one after another, so that everything that does not
 * depend on them is still compared. Replays that are shown to the user are never opened in this way.
 */
import { errorRow } from "../../protocol/error-table.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { LocalModule, UnitManifest } from "../../protocol/units.js";
import type { CoreContext } from "../engine/core-context.js";
import { dictionary } from "../base/dictionary.js";
import { isLtoError } from "../base/errors.js";
import { filesOfModule } from "../store/module-files.js";
import { openUnit, type OpenUnit } from "../replay/open.js";
import type { UnitSource } from "../replay/producer.js";

/** An input that cannot be used. */
export interface DamagedInput {
  readonly file: string;
  /** Modules lost with it, as far as known. */
  readonly modules: readonly string[];
  readonly why: string;
}

export interface OpenedUnit {
  /** undefined: too little is left, or (fat LTO) everything depends on everything. */
  readonly open: OpenUnit | undefined;
  readonly damaged: readonly DamagedInput[];
}

/** With more damaged files, the capture counts as lost. Each one costs an analysis. */
const MOST_DAMAGED = 12;

/**
 * Analyses a unit without its damaged inputs.
 *
 * @throws LtoError whatever `openUnit` throws that is not damage to one of the unit's own files
 */
export async function openDespiteDamage(core: CoreContext, source: UnitSource, llvm: string, signal?: AbortSignal): Promise<OpenedUnit> {
  const { unit } = source;
  const damaged: DamagedInput[] = [];
  let left = unit;
  for (;;) {
    try {
      const open = await openUnit(core, { ...source, unit: left }, { llvm, overrides: {}, keysFile: null }, signal);
      return { open, damaged };
    } catch (error) {
      const found = damageIn(left, error);
      if (found === undefined) throw error;
      const { input, rest } = found;
      if (input !== undefined) damaged.push(input);
      if (pipelineOf(unit.mode).linksIntoOne || damaged.length >= MOST_DAMAGED || rest.localModules.length === 0) {
        return { open: undefined, damaged };
      }
      left = rest;
    }
  }
}

interface Damage {
  /** undefined: the file is not an input. */
  readonly input: DamagedInput | undefined;
  /** The unit without it. */
  readonly rest: UnitManifest;
}

function damageIn(unit: UnitManifest, error: unknown): Damage | undefined {
  if (!isLtoError(error) || errorRow(error.report.name).damage !== true) return undefined;
  const { file, module, message } = error.report;
  const isLocal = (local: LocalModule): boolean => local.name === module || (file !== undefined && filesOfModule(local).includes(file));
  const local = unit.localModules.find(isLocal);
  if (local !== undefined) {
    const rest = { ...unit, localModules: unit.localModules.filter((other) => other !== local) };
    return { input: { file: file ?? local.file, modules: [local.name], why: message }, rest };
  }
  const [rustcs] = Object.entries(unit.rustcStages).find(([, files]) => Object.values(files).includes(file ?? "")) ?? [];
  if (rustcs !== undefined) return withoutRustcsFiles(unit, rustcs);
  const archive = unit.upstream.find((one) => one.file === file || (module !== undefined && one.members?.includes(module) === true));
  return archive === undefined ? undefined : withoutMember(unit, archive, module, message);
}

/** rustc's own files serve only for the suffix of promoted names here; comparing them finds the damage again. */
function withoutRustcsFiles(unit: UnitManifest, module: string): Damage {
  const rustcStages = dictionary(Object.entries(unit.rustcStages).filter(([name]) => name !== module));
  return { input: undefined, rest: { ...unit, rustcStages } };
}

/** Without the damaged member of an archive if it is known, otherwise without the archive. */
function withoutMember(unit: UnitManifest, archive: UnitManifest["upstream"][number], member: string | undefined, why: string): Damage {
  const { file, members } = archive;
  const single = member !== undefined && members !== null && members.length > 1 && members.includes(member);
  const others = unit.upstream.filter((one) => one !== archive);
  const upstream = single
    ? unit.upstream.map((one) => (one === archive ? { ...archive, members: members.filter((name) => name !== member) } : one))
    : others;
  return { input: { file, modules: single ? [member] : (members ?? []), why }, rest: { ...unit, upstream } };
}
