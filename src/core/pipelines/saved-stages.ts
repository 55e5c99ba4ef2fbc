/**
 * Names of the bitcode files that `-C save-temps` leaves.
 *
 * Mirrors `OutputFilenames::temp_path_ext_for_cgu` and `maybe_strip_file_name` (`compiler/rustc_session/src/config.rs`, rustc 1.96) and
 * `save_temp_bitcode` (`compiler/rustc_codegen_llvm/src/back/lto.rs`).
 */
import { ALL_PIPELINES, ARTIFACTS, type Pipeline, type Stage, type StageInfo } from "../../protocol/pipelines.js";
import { allStages } from "../../protocol/stages.js";
import { dictionary } from "../base/dictionary.js";
import { stableHash64 } from "../base/stable-hash.js";

/** rustc shortens longer file names to their end, preceded by a hash of what it cut off. */
const MAX_FILE_NAME = 143;
const HASH_AND_HYPHEN = 17;

/** The stages whose files have a tag; the files of others cannot be distinguished from other files. */
export function taggedStages(pipelines: readonly Pipeline[] = ALL_PIPELINES): readonly StageInfo[] {
  return allStages(pipelines).filter(({ file, artifact }) => file !== ARTIFACTS[artifact].extension);
}

export interface StageFileQuery {
  /** `<crate><extra-filename>` */
  readonly stem: string;
  readonly modules: readonly string[];
  readonly pipeline: Pick<Pipeline, "stages">;
}

export type StageFiles = Record<string, Record<Stage, string>>;

/**
 * Finds every module's stage files among the names of a folder.
 *
 * @param names file names, newest build first: if an earlier build left files too, the first match wins
 */
export function matchStageFiles(names: readonly string[], query: StageFileQuery): StageFiles {
  const find = finder(names, query);
  const found: StageFiles = dictionary();
  for (const module of query.modules) {
    for (const stage of query.pipeline.stages) {
      const file = find(module, stage.file);
      if (file !== undefined) (found[module] ??= {})[stage.tag] = file;
    }
  }
  return found;
}

/** Finds the codegen units before rustc's own passes (`no-opt.bc`) among the names of a folder: module → file. */
export function matchNoOptFiles(names: readonly string[], query: StageFileQuery): Map<string, string> {
  return matchExtension(names, query, "no-opt.bc");
}

/** The same after the passes (`.rcgu.bc`), for a compilation without LTO. */
export function matchAfterPasses(names: readonly string[], query: StageFileQuery): Map<string, string> {
  return matchExtension(names, query, "bc");
}

/** Finds the objects of codegen units among the names of a folder: module → file. */
export function matchObjects(names: readonly string[], query: StageFileQuery): Map<string, string> {
  return matchExtension(names, query, "o");
}

function matchExtension(names: readonly string[], query: StageFileQuery, extension: string): Map<string, string> {
  const find = finder(names, query);
  return new Map(
    query.modules.flatMap((module) => {
      const file = find(module, extension);
      return file === undefined ? [] : [[module, file] as const];
    }),
  );
}

function finder(names: readonly string[], query: StageFileQuery): (module: string, extension: string) => string | undefined {
  const invocations = invocationIds(names, query);
  const present = new Set(names);
  return (module, extension) =>
    invocations
      .map((invocation) => `${query.stem}.${module}${invocation}.rcgu.${extension}`)
      // Older releases write long names whole.
      .flatMap((name) => [shortenedName(name), name])
      .find((name) => present.has(name));
}

/** The name under which rustc writes a temporary file: its own, or `<hash>-<tail>` if that is too long. */
export function shortenedName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_FILE_NAME) return name;
  let split = bytes.length - (MAX_FILE_NAME - HASH_AND_HYPHEN);
  // Never inside a character: bytes 10xxxxxx continue one.
  while (split < bytes.length && ((bytes[split] ?? 0) & 0xc0) === 0x80) split += 1;
  const cut = bytes.subarray(0, split).toString("utf8");
  return `${stableHash64(cut)}-${bytes.subarray(split).toString("utf8")}`;
}

/**
 * The seven characters that incremental builds put before `.rcgu` ("" in others), each with its dot, in the order of the names. Of a shortened name
 * only the end exists: its id is a candidate, and the hash in the name then decides.
 */
function invocationIds(names: readonly string[], { stem, modules }: StageFileQuery): string[] {
  const known = new Set(modules);
  const ids = new Set<string>();
  for (const name of names) {
    const [, beginning, id] = /^(.*?)(\.[0-9a-z]{7})?\.rcgu\.(?:[a-z.-]*bc|o)$/s.exec(name) ?? [];
    if (beginning === undefined) continue;
    if (isCut(name)) {
      ids.add(id ?? "");
      continue;
    }
    if (!beginning.startsWith(`${stem}.`)) continue;
    const module = beginning.slice(stem.length + 1);
    if (known.has(module)) ids.add(id ?? "");
    // A module's own name can end with something like an id.
    else if (known.has(module + (id ?? ""))) ids.add("");
  }
  return [...ids.add("")];
}

/** Whether rustc shortened a file's name: no character has more than four bytes, so such a name is at most three bytes shorter than the limit. */
export function isCut(name: string): boolean {
  const length = Buffer.byteLength(name);
  // The hash has no leading zeros.
  const hash = /^[0-9a-f]{1,16}-/.exec(name)?.[0].length ?? 0;
  const kept = length - hash;
  return hash > 0 && kept <= MAX_FILE_NAME - HASH_AND_HYPHEN && kept > MAX_FILE_NAME - HASH_AND_HYPHEN - 4;
}
