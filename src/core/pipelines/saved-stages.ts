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

/** rustc cuts longer file names and puts a hash of what it cut off before the rest. */
const MAX_FILE_NAME = 143;
const HASH_AND_HYPHEN = 17;

/** The stages whose files carry a tag; nothing tells the others' from files that are no stage. */
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
 * @param names file names, the newest build's first: where an earlier build left files too, the first match holds
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

/** Finds what the codegen units were before rustc's own passes (`no-opt.bc`) among the names of a folder: module → file. */
export function matchNoOptFiles(names: readonly string[], query: StageFileQuery): Map<string, string> {
  return matchExtension(names, query, "no-opt.bc");
}

/** The same after the passes (`.rcgu.bc`), of a compilation without LTO. */
export function matchAfterPasses(names: readonly string[], query: StageFileQuery): Map<string, string> {
  return matchExtension(names, query, "bc");
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
      .map((invocation) => shortenedName(`${query.stem}.${module}${invocation}.rcgu.${extension}`))
      .find((name) => present.has(name));
}

/** The name under which rustc writes a temporary file: its own, or `<hash>-<tail>` where that is too long. */
export function shortenedName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_FILE_NAME) return name;
  let split = bytes.length - (MAX_FILE_NAME - HASH_AND_HYPHEN);
  // Never inside of a character: bytes 10xxxxxx continue one.
  while (split < bytes.length && ((bytes[split] ?? 0) & 0xc0) === 0x80) split += 1;
  const cut = bytes.subarray(0, split).toString("utf8");
  return `${stableHash64(cut)}-${bytes.subarray(split).toString("utf8")}`;
}

/**
 * The seven characters that incremental builds put before `.rcgu` ("" in others), each with its dot, in the order of the names. Of a name that was
 * cut only its end is there: its id is one that may be meant, and the hash in the name then tells.
 */
function invocationIds(names: readonly string[], { stem, modules }: StageFileQuery): string[] {
  const known = new Set(modules);
  const ids = new Set<string>();
  for (const name of names) {
    const [, beginning, id] = /^(.*?)(\.[0-9a-z]{7})?\.rcgu\.[a-z.-]*bc$/s.exec(name) ?? [];
    if (beginning === undefined) continue;
    if (isCut(name)) {
      ids.add(id ?? "");
      continue;
    }
    if (!beginning.startsWith(`${stem}.`)) continue;
    const module = beginning.slice(stem.length + 1);
    if (known.has(module)) ids.add(id ?? "");
    // A module's own name can end in what looks like an id.
    else if (known.has(module + (id ?? ""))) ids.add("");
  }
  return [...ids.add("")];
}

/** Whether a file's name is one whose beginning rustc cut off: no character has more than four bytes, so it is at most three shorter than it may be. */
export function isCut(name: string): boolean {
  const length = Buffer.byteLength(name);
  // The hash has no leading zeros.
  const hash = /^[0-9a-f]{1,16}-/.exec(name)?.[0].length ?? 0;
  const kept = length - hash;
  return hash > 0 && kept <= MAX_FILE_NAME - HASH_AND_HYPHEN && kept > MAX_FILE_NAME - HASH_AND_HYPHEN - 4;
}
