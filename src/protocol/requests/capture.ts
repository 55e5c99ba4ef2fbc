/** Client requests about a capture: its plan, its command line and its result. The client runs the command as a task. */
import type { LtoErrorReport } from "../errors.js";
import type { LtoMode } from "../stages.js";
import type { CaptureScope } from "../units.js";
import type { BuildChoices } from "../build-choices.js";
import type { CapturePlan, ProgramLine, UnitView } from "../views.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const captureRequests = {
  /** Tells what a capture of a folder would build, without building. Fails with NothingToInspect, NoToolchain. */
  plan: request<CaptureChoice & WithProgress, CapturePlan>("lto/plan"),
  /** What can be chosen for a capture of a folder, from Cargo. Fails with NothingToInspect, NoToolchain. */
  buildChoices: request<{ readonly folder: string }, BuildChoices>("lto/buildChoices"),
  /** The command line of a capture; it writes its report to `reportFile`. */
  captureCommand: request<CaptureChoice, { readonly command: ProgramLine; readonly reportFile: string }>("lto/captureCommand"),
  /** Reports the progress of a capture that runs with this command, until its result is read or the request is cancelled. */
  followCapture: request<{ readonly reportFile: string } & WithProgress, NoParams>("lto/followCapture"),
  /**
   * Reads and removes the report file of a capture. `failure`: the build failed, and `units` is what was kept of it. Fails with the capture's own
   * error (BuildFailed, CargoLocked, …) if nothing was kept, or with Cancelled if the task was ended and there is no report.
   */
  captureResult: request<
    { readonly reportFile: string; readonly exitCode?: number },
    { readonly units: readonly UnitView[]; readonly primary: string; readonly failure: LtoErrorReport | null }
  >("lto/captureResult"),
} as const;

/** What to capture; without targets, Cargo's default for the folder. */
export interface CaptureChoice extends Omit<CaptureScope, "folder" | "toolchain"> {
  /** URI of a workspace folder, or of a folder or Cargo.toml in one. */
  readonly folder: string;
  /** Default: the setting. */
  readonly profile?: string;
  /** Replaces the profile's LTO, which is a deviation. */
  readonly lto?: LtoMode;
  readonly incremental?: boolean;
  /** Line tables if the profile has none, which is a deviation. */
  readonly lineTables?: boolean;
}
