/** Requests of the client: a capture: what it would build, its command line, and what became of it. The client runs the command as a task. */
import type { LtoErrorReport } from "../errors.js";
import type { LtoMode } from "../stages.js";
import type { CapturePlan, ProgramLine, UnitView } from "../views.js";
import { request, type WithProgress } from "./declare.js";

export const captureRequests = {
  /** Looks at what a capture of a folder would build; builds nothing. Fails with NothingToInspect, NoToolchain. */
  plan: request<CaptureChoice & WithProgress, CapturePlan>("lto/plan"),
  /** The command line of a capture; `reportFile` is where it leaves its report. */
  captureCommand: request<CaptureChoice, { readonly command: ProgramLine; readonly reportFile: string }>("lto/captureCommand"),
  /**
   * What a capture left in its report file, which is removed. `failure`: the build failed, and `units` is what was kept of it. Fails with the capture's own
   * error (BuildFailed, CargoLocked, …) where nothing was kept, or with Cancelled when there is no report because the task was ended.
   */
  captureResult: request<
    { readonly reportFile: string; readonly exitCode?: number },
    { readonly units: readonly UnitView[]; readonly primary: string; readonly failure: LtoErrorReport | null }
  >("lto/captureResult"),
} as const;

/** What to capture; without targets what Cargo builds by default in the folder. */
export interface CaptureChoice {
  /** URI of a workspace folder, or of a folder or Cargo.toml in one. */
  readonly folder: string;
  readonly packages?: readonly string[];
  readonly bins?: readonly string[];
  /** Default: the setting. */
  readonly profile?: string;
  /** Other than the profile's: a deviation. */
  readonly lto?: LtoMode;
  readonly incremental?: boolean;
}
