/** Engine requests: the stages of one module of an analysed unit, and progress notifications. */
import type { Timing } from "../runs.js";
import type { Stage } from "../stages.js";
import { ofUnit } from "./request.js";

/** `optimize`: rustc's `optimize_thin_module` for one module of an analysed unit; of fat LTO, linking and optimising its base module. */
export interface OptimizeParams {
  readonly unit: string;
  readonly module: string;
  /** Stages to save, in order; stages after the last one are not run. Empty: run all, save nothing. */
  readonly stages: readonly Stage[];
  /** Folder of content-addressed blobs; null: nothing is written. */
  readonly blobs: string | null;
  /** Also generates the module's object, for which all stages are run. Absent or null: does not. */
  readonly object?: ObjectSettings | null;
}

/** What object code depends on besides `LtoSettings`: rustc's `-C` and `-Z` options and the target's own settings. */
export interface CodegenSettings {
  /** A section for each function and each variable. */
  readonly functionSections: boolean;
  readonly uniqueSectionNames: boolean;
  readonly trapUnreachable: boolean;
  readonly relaxElfRelocations: boolean;
  /** `.init_array` instead of `.ctors`. */
  readonly useInitArray: boolean;
  readonly emulatedTls: boolean;
  /** There are no threads: atomic operations become ordinary ones. */
  readonly singlethread: boolean;
  readonly emitStackSizes: boolean;
  /** LLVM's name of the ABI; "": the target's default. */
  readonly abi: string;
  readonly floatAbi: "default" | "soft" | "hard";
  readonly debugCompression: "none" | "zlib" | "zstd";
}

/** The settings for one module. */
export interface ObjectSettings extends CodegenSettings {
  /** The name of the DWARF object that the object refers to; null: DWARF is not split. */
  readonly splitDwarfFile: string | null;
  /** The split part of DWARF becomes an object of its own instead of extra sections. */
  readonly separateDwarf: boolean;
}

/** A file that code generation made. */
export interface SavedFile {
  /** BLAKE3-256 of the content, hex. */
  readonly blob: string;
  readonly bytes: number;
}

export interface SavedObject extends SavedFile {
  /** Time for code generation. */
  readonly millis: number;
  /** The DWARF object; null: there is none. */
  readonly dwarf: SavedFile | null;
}

export interface SavedStage {
  readonly stage: Stage;
  /** BLAKE3-256 of the content, hex; the blob is `<blobs>/<first two>/<the rest>.bc`. */
  readonly blob: string;
  readonly bytes: number;
  readonly instructions: number;
  readonly functions: number;
  readonly millis: number;
  readonly sameAsPrevious: boolean;
}

export interface OptimizeResult {
  readonly module: string;
  readonly stages: readonly SavedStage[];
  /** null: none was requested. */
  readonly object: SavedObject | null;
  readonly timings: readonly Timing[];
  /** Peak resident memory of the process so far. */
  readonly peakMemoryBytes: number;
  /** LLVM's own diagnostics (warnings and enabled remarks). */
  readonly diagnostics: readonly string[];
}

/** `engine/progress` notification: a module enters a stage. */
export interface EngineProgress {
  readonly unit: string;
  readonly module: string;
  readonly stage: Stage;
}

export const stageRequests = {
  optimize: ofUnit<OptimizeParams, OptimizeResult>({ progress: true }),
};
