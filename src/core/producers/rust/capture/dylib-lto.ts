/**
 * Dylibs with LTO (`-Z dylib-lto`, which rustc's own driver is built with). There, rustc preserves what this crate and every crate below it export
 * at the Rust level. Only the crates' metadata records that choice, no bitcode does (`exported_symbols_provider_local`,
 * rustc_codegen_ssa/src/back/symbol_export.rs, 1.97). Without it stages would differ from rustc's, so there is no replay.
 */
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import { pipelineOf } from "../../../../protocol/pipelines.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { CrateType } from "../../../../protocol/units.js";

const EXPORTS_AT_RUST_LEVEL: ReadonlySet<CrateType> = new Set<CrateType>(["dylib", "sdylib"]);

interface Built {
  readonly name: string;
  readonly mode: LtoMode;
  readonly crateTypes: readonly CrateType[];
}

/** @returns why this prevents a replay; undefined: it does not */
export function dylibProblem({ name, mode, crateTypes }: Built): LtoErrorReport | undefined {
  const type = crateTypes.find((one) => EXPORTS_AT_RUST_LEVEL.has(one));
  if (type === undefined || !pipelineOf(mode).upstream) return undefined;
  return {
    name: "IncompleteUnit",
    message: `${name} is a ${type} that is built with LTO (-Z dylib-lto). Only the crates' metadata records what rustc preserves there, so its LTO cannot be replayed.`,
    help: `Build the crate as a cdylib, or capture it with --lto thin-local, which also works for a ${type}.`,
  };
}
