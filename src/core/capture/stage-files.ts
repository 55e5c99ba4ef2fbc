/**
 * Names of the bitcode files that `-C save-temps` leaves.
 *
 * Mirrors `OutputFilenames::temp_path_ext_for_cgu` and `maybe_strip_file_name` (`compiler/rustc_session/src/config.rs`, rustc 1.96) and
 * `save_temp_bitcode` (`compiler/rustc_codegen_llvm/src/back/lto.rs`).
 */
import type { LtoMode, Stage } from "../../protocol/stages.js";
import { stagesOf } from "../../protocol/stages.js";

/** rustc cuts file names to this length and puts a hash of what it cut off before the rest. */
const MAX_FILE_NAME = 143;
const HASH_DIGITS = 16;

/** What stands before ".bc" for a stage. rustc has no tag for the last one of fat LTO: the module's own `.rcgu.bc`. */
function extensionOf(stage: Stage): string {
  return stage === "lto.after-pm" ? "bc" : `${stage}.bc`;
}

export interface StageFileQuery {
  /** `<crate><extra-filename>` */
  readonly stem: string;
  readonly modules: readonly string[];
  readonly mode: LtoMode;
}

export type StageFiles = Record<string, Partial<Record<Stage, string>>>;

/**
 * Finds every module's stage files among the names of a folder.
 *
 * @param names file names, the newest build's first: where an earlier build left files too, the first match holds
 */
export function matchStageFiles(names: readonly string[], query: StageFileQuery): StageFiles {
  const invocations = invocationIds(names, query);
  const present = new Set(names);
  const tails = new Map<string, string>();
  for (const name of names) {
    const match = /^[0-9a-f]{1,16}-(.*)$/s.exec(name);
    if (match?.[1] !== undefined && !tails.has(match[1])) tails.set(match[1], name);
  }
  const found: StageFiles = {};
  for (const module of query.modules) {
    for (const stage of stagesOf(query.mode)) {
      const file = firstPresent(module, stage, query.stem, invocations, present, tails);
      if (file !== undefined) (found[module] ??= {})[stage] = file;
    }
  }
  return found;
}

function firstPresent(
  module: string,
  stage: Stage,
  stem: string,
  invocations: readonly string[],
  present: ReadonlySet<string>,
  tails: ReadonlyMap<string, string>,
): string | undefined {
  for (const invocation of invocations) {
    const full = `${stem}.${module}${invocation}.rcgu.${extensionOf(stage)}`;
    if (present.has(full)) return full;
    const tail = tailOfLongName(full);
    const cut = tail === undefined ? undefined : tails.get(tail);
    if (cut !== undefined) return cut;
  }
  return undefined;
}

/** What is left of a name that is too long; undefined when it is not. */
export function tailOfLongName(name: string): string | undefined {
  const length = Buffer.byteLength(name);
  if (length <= MAX_FILE_NAME) return undefined;
  const bytes = Buffer.from(name);
  return bytes.subarray(length - MAX_FILE_NAME + HASH_DIGITS).toString("utf8");
}

/** The seven characters that incremental builds put before `.rcgu` ("" in others), each with its dot, in the order of the names. */
function invocationIds(names: readonly string[], { stem, modules }: StageFileQuery): string[] {
  const known = new Set(modules);
  const ids = new Set<string>();
  for (const name of names) {
    if (!name.startsWith(`${stem}.`)) continue;
    const [, module, id] = /^(.*?)(\.[0-9a-z]{7})?\.rcgu\.[a-z.-]*bc$/.exec(name.slice(stem.length + 1)) ?? [];
    if (module === undefined) continue;
    if (known.has(module)) ids.add(id ?? "");
    // A module's own name can end in what looks like an id.
    else if (known.has(module + (id ?? ""))) ids.add("");
  }
  return [...ids];
}
