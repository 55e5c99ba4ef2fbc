/**
 * Names of the bitcode files that rustc saves with `-C save-temps`, read back: which crate, which module, which stage.
 *
 * Source: `OutputFilenames::temp_path_ext_for_cgu` and `maybe_strip_file_name` (`compiler/rustc_session/src/config.rs`) and `save_temp_bitcode`
 * (`compiler/rustc_codegen_llvm/src/back/lto.rs`), rustc 1.95 to 1.97.
 */
import type { Stage } from "../../protocol/pipelines.js";
import { stableHash64 } from "../base/stable-hash.js";
import { isCut, taggedStages } from "./saved-stages.js";

export interface StageFileName {
  /** `<crate><extra-filename>`; null: the beginning of the name was cut off. */
  readonly stem: string | null;
  readonly crateName: string | null;
  /** The module's name; of a name that was cut, only its end. */
  readonly module: string;
  readonly stage: Stage;
}

const STAGES = taggedStages();
const SUFFIX = new RegExp(`\\.rcgu\\.(${STAGES.map(({ file }) => file.replaceAll(".", "\\.")).join("|")})$`);

/** Reads the name of a file; undefined when rustc does not call a stage so. */
export function parseStageFileName(name: string): StageFileName | undefined {
  const match = SUFFIX.exec(name);
  const stage = STAGES.find(({ file }) => file === match?.[1])?.tag;
  if (match === null || stage === undefined) return undefined;
  const beginning = name.slice(0, match.index);
  const cut = cutTail(name);
  if (cut !== undefined) {
    return { stem: null, crateName: null, module: withoutInvocation(beginning.slice(name.length - cut.length)), stage };
  }
  const [, crateName, extra, module] = /^([\p{L}\p{N}_]+)(-[^.]+)?\.(.+)$/su.exec(beginning) ?? [];
  if (crateName === undefined || module === undefined) return undefined;
  return { stem: crateName + (extra ?? ""), crateName, module: withoutInvocation(module), stage };
}

/** The shortest hash that is taken for one: of 65,536 hashes one has more leading zeros, and crates have such names. */
const SHORTEST_HASH = 13;

/** What rustc left of a name whose beginning it cut off; undefined: the name is whole. */
export function cutTail(name: string): string | undefined {
  const [, hash = ""] = /^([0-9a-f]{1,16})-/.exec(name) ?? [];
  return isCut(name) && hash.length >= SHORTEST_HASH ? name.slice(hash.length + 1) : undefined;
}

/**
 * Reads the names of a folder. Of those that were cut within the crate's own name the hash tells which of the folder's other files (`<stem>.d`, the
 * output) they belong to; what was cut further on is of the crate whose names it stands among, where there is only one.
 */
export function stageFileNames(names: readonly string[]): StageFileName[] {
  const parsed = names.flatMap((name) => {
    const read = parseStageFileName(name);
    return read === undefined ? [] : [{ name, read }];
  });
  if (parsed.every(({ read }) => read.stem !== null)) return parsed.map(({ read }) => read);
  const stems = [...new Set(names.flatMap((name) => (SUFFIX.test(name) ? [] : [name.replace(/\.d$/, "")])))];
  const resolved = parsed.map(({ name, read }) => (read.stem === null ? withStem(name, read, stems) : read));
  const known = new Set(resolved.flatMap(({ stem }) => stem ?? []));
  const [only, ...others] = known;
  if (only === undefined || others.length > 0) return resolved;
  return resolved.map((file) => (file.stem === null ? { ...file, stem: only, crateName: crateOf(only) } : file));
}

function withStem(name: string, read: StageFileName, stems: readonly string[]): StageFileName {
  const tail = cutTail(name) ?? "";
  const hash = name.slice(0, name.length - tail.length - 1);
  for (const stem of stems) {
    const rest = tail.indexOf(".");
    const length = stem.length - rest;
    if (rest === -1 || length <= 0 || !stem.endsWith(tail.slice(0, rest)) || stableHash64(stem.slice(0, length)) !== hash) continue;
    return { ...read, stem, crateName: crateOf(stem), module: read.module.slice(rest + 1) };
  }
  return read;
}

function crateOf(stem: string): string {
  return stem.replace(/-[^-]*$/, "");
}

/** Incremental builds put seven characters of their own before `.rcgu`; names of codegen units end in `-cgu.<n>`, `.rcgu.o` or have no dot. */
function withoutInvocation(module: string): string {
  return module.replace(/\.[0-9a-z]{7}$/, "");
}
