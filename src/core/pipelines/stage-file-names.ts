/**
 * Parses the names of the bitcode files that rustc saves with `-C save-temps`: crate, module and stage.
 *
 * Source: `OutputFilenames::temp_path_ext_for_cgu` and `maybe_strip_file_name` (`compiler/rustc_session/src/config.rs`) and `save_temp_bitcode`
 * (`compiler/rustc_codegen_llvm/src/back/lto.rs`), rustc 1.95 to 1.97.
 */
import type { Stage } from "../../protocol/pipelines.js";
import { stableHash64 } from "../base/stable-hash.js";
import { isCut, taggedStages } from "./saved-stages.js";

export interface StageFileName {
  /** `<crate><extra-filename>`; null: rustc cut off the beginning of the name. */
  readonly stem: string | null;
  readonly crateName: string | null;
  /** The module's name; only its end if the name was shortened. */
  readonly module: string;
  readonly stage: Stage;
}

const STAGES = taggedStages();
const SUFFIX = new RegExp(`\\.rcgu\\.(${STAGES.map(({ file }) => file.replaceAll(".", "\\.")).join("|")})$`);

/** Parses a file's name; undefined if it is not the name of a stage. */
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

/** The shortest text that counts as a hash: one hash in 65,536 is shorter because of leading zeros, but crates can have such names. */
const SHORTEST_HASH = 13;

/** The rest of a name that rustc shortened; undefined: the name is complete. */
export function cutTail(name: string): string | undefined {
  const [, hash = ""] = /^([0-9a-f]{1,16})-/.exec(name) ?? [];
  return isCut(name) && hash.length >= SHORTEST_HASH ? name.slice(hash.length + 1) : undefined;
}

/**
 * Parses the names of a folder. If a name was cut within the crate's own name, its hash shows which of the folder's other files (`<stem>.d`, the
 * output) it belongs to; if it was cut later, it belongs to the crate of the names around it, if there is only one.
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
