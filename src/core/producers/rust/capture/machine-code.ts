/** What a capture keeps of machine code: rustc's objects, and what its output was made from. */
import path from "node:path";
import { pipelineOf } from "../../../../protocol/pipelines.js";
import type { ArchiveList, LinkLine, UnitManifest } from "../../../../protocol/units.js";
import { endsTheRun, messageOf, systemCode } from "../../../base/errors.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import type { RustcLog } from "../../../pipelines/rustc-log.js";
import { LINK_ARGS_FILE } from "../wrapper/record.js";
import type { RustcRecord } from "../wrapper/record.js";
import { keepArchiveList } from "./archive-list.js";
import { searchFolders } from "./crates.js";
import { keepLinkLine, type Unlinkable } from "./link-line.js";
import { keepObjects } from "./objects.js";
import type { UnitFacts } from "./unit-facts.js";
import { candidates } from "./upstream.js";

export type MachineCode = Pick<UnitManifest, "rustcObjects" | "link" | "archive" | "noLinkBecause" | "outputAlone">;

export interface MachineCodeParts {
  readonly facts: UnitFacts;
  readonly record: RustcRecord;
  readonly args: RustcArguments;
  readonly recordFolder: string;
  /** The capture's folder. */
  readonly target: string;
  /** Where rustc wrote its files. */
  readonly folder: string;
  readonly crates: Pick<UnitManifest, "upstream" | "outsideLto">;
  /** Called if something cannot be kept, with a sentence. */
  readonly warn: (sentence: string) => void;
}

export async function keepMachineCode(log: RustcLog, parts: MachineCodeParts): Promise<MachineCode> {
  const { facts, record, args, recordFolder, target, folder, crates, warn } = parts;
  const query = { stem: args.fileStem, modules: modulesWithObjects(log), pipeline: pipelineOf(facts.mode) };
  const rustcObjects = await keepObjects(folder, query, target);
  const archives = [...crates.upstream, ...(crates.outsideLto ?? [])].filter(({ file, source }) => file !== source);
  const link = await keepLinkLine({
    printed: path.join(recordFolder, LINK_ARGS_FILE),
    record,
    changing: [path.dirname(folder), facts.workspace],
    target,
    objects: rustcObjects,
    kept: new Map(archives.map(({ file, source }) => [source, file])),
    failed: (why) => {
      warn(`The output of ${facts.name} cannot be linked again, as ${why}`);
    },
  });
  const archive = args.crateTypes.includes("staticlib") ? await archiveOf(parts, rustcObjects) : undefined;
  return { rustcObjects, ...madeFrom(link, archive) };
}

function madeFrom(link: LinkLine | Unlinkable | undefined, archive: ArchiveList | string | undefined): Omit<MachineCode, "rustcObjects"> {
  const unlinkable = link !== undefined && "why" in link ? link : undefined;
  const why = unlinkable?.why ?? (typeof archive === "string" ? archive : undefined);
  return {
    ...(link === undefined || "why" in link ? {} : { link }),
    ...(unlinkable?.output === undefined ? {} : { outputAlone: unlinkable.output }),
    ...(typeof archive === "object" ? { archive } : {}),
    ...(why === undefined ? {} : { noLinkBecause: why }),
  };
}

/** A replay does without it, so an archive that cannot be read is no error. */
async function archiveOf(parts: MachineCodeParts, objects: MachineCode["rustcObjects"]): Promise<ArchiveList | string | undefined> {
  const { args, record, facts, folder, target, warn } = parts;
  try {
    const rlibs = await candidates(args, searchFolders(args, record, facts));
    const libraries = [...rlibs, ...staticLibraries(args, record.cwd)];
    return await keepArchiveList({ archive: path.join(folder, `lib${args.fileStem}.a`), target, objects: objects ?? {}, libraries });
  } catch (error) {
    if (systemCode(error) === undefined && endsTheRun(error)) throw error;
    const why = `the archive cannot be read: ${messageOf(error)}`;
    warn(`The output of ${facts.name} cannot be made again, as ${why}`);
    return why;
  }
}

/** Libraries of C code that the crate links statically: `-l static=NAME` in one of the folders of `-L`. */
function staticLibraries(args: RustcArguments, cwd: string): string[] {
  const names = args.values("-l").map((value) => value.replace(/^.*=/, "").replace(/:.*$/, ""));
  const folders = args.values("-L").map((value) => value.replace(/^[a-z]+=/, ""));
  return folders.flatMap((folder) => names.map((name) => path.resolve(cwd, folder, `lib${name}.a`)));
}

/** In fat LTO, only the base module becomes an object. */
function modulesWithObjects({ localModules, upstreamOrCachedModules, linked }: RustcLog): string[] {
  return linked.length > 0 ? linked.slice(0, 1) : [...new Set([...localModules, ...upstreamOrCachedModules])];
}
