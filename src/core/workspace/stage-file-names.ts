/**
 * Names of the bitcode files that rustc saves with `-C save-temps`, read back: which crate, which module, which stage.
 *
 * Source: `OutputFilenames::temp_path_ext_for_cgu` (`compiler/rustc_session/src/config.rs`) and `save_temp_bitcode`
 * (`compiler/rustc_codegen_llvm/src/back/lto.rs`), rustc 1.95 to 1.97.
 */
import type { Stage } from "../../protocol/stages.js";
import { FAT_STAGES, THIN_STAGES } from "../../protocol/stages.js";

export interface StageFileName {
  /** `<crate><extra-filename>`; null: the beginning of the name was cut off. */
  readonly stem: string | null;
  readonly crateName: string | null;
  /** The module's name; of a name that was cut, only its end. */
  readonly module: string;
  readonly stage: Stage;
}

const STAGES: readonly Stage[] = [...THIN_STAGES, ...FAT_STAGES].filter((stage) => stage !== "lto.after-pm");
const SUFFIX = new RegExp(`\\.rcgu\\.(${STAGES.map((stage) => stage.replaceAll(".", "\\.")).join("|")})\\.bc$`);

/** Reads the name of a file; undefined when rustc does not call a stage so. */
export function parseStageFileName(name: string): StageFileName | undefined {
  const match = SUFFIX.exec(name);
  const stage = STAGES.find((candidate) => candidate === match?.[1]);
  if (match === null || stage === undefined) return undefined;
  const beginning = name.slice(0, match.index);
  const [, cut] = /^[0-9a-f]{1,16}-(.*)$/s.exec(beginning) ?? [];
  if (cut !== undefined && Buffer.byteLength(name) >= 142) return { stem: null, crateName: null, module: withoutInvocation(cut), stage };
  const [, crateName, extra, module] = /^([\p{L}\p{N}_]+)(-[^.]+)?\.(.+)$/su.exec(beginning) ?? [];
  if (crateName === undefined || module === undefined) return undefined;
  return { stem: crateName + (extra ?? ""), crateName, module: withoutInvocation(module), stage };
}

/** Incremental builds put seven characters of their own before `.rcgu`; names of codegen units end in `-cgu.<n>`, `.rcgu.o` or have no dot. */
function withoutInvocation(module: string): string {
  return module.replace(/\.[0-9a-z]{7}$/, "");
}
