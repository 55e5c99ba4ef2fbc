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
