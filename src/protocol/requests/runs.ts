/** Requests of the client: runs, verifications and their history. */
import type { Page, Range, RunSource, RunView, VerifyView } from "../views.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const runRequests = {
  /**
   * Runs thin LTO, or fat LTO for a unit built with it and for files to be linked. Fails if the run does; a module that the engine fails on is just
   * a row of the result.
   */
  thin: request<ThinChoice & WithProgress, RunView>("lto/thin"),
  /**
   * Starts a run of a unit that is shown at once: until it is completed, its rows and stages are those that rustc recorded. null: there is no such record; `thin`
   * runs it. Replays nothing yet.
   */
  beginRun: request<{ readonly unit: string }, { readonly run: RunView | null }>("lto/beginRun"),
  /**
   * Replays a run that `beginRun` started, at a lower priority, and compares it with rustc's record. Fails with UnknownRun if this server did not start it, or
   * it was completed. If it fails, the run stays as rustc recorded it.
   */
  completeRun: request<{ readonly run: string } & WithProgress, CompletedRunView>("lto/completeRun"),
  /** Replays a capture and compares it with rustc's own files. Differences are in the result. */
  verify: request<{ readonly unit: string } & WithProgress, VerifyView>("lto/verify"),
  /** History, the latest first. */
  runs: request<Range & { readonly unit?: string }, Page<RunView>>("lto/runs"),
  /** Fails with UnknownRun. */
  run: request<{ readonly run: string }, RunView>("lto/run"),
  /** Forgets a run (its stages stay while other runs or the store's records use them). Fails with UnknownRun, and during that run. */
  removeRun: request<{ readonly run: string }, NoParams>("lto/removeRun"),
  /**
   * What differs between two runs of one unit, as Markdown with links to diffs (`RunDiff`). `to` has the newer LLVM, which reads both sides. Fails
   * with IncompleteUnit if stages of a run are no longer in the store.
   */
  compareRuns: request<{ readonly from: string; readonly to: string } & WithProgress, RunComparisonView>("lto/compareRuns"),
} as const;

export interface CompletedRunView {
  readonly run: RunView;
  readonly verification: VerifyView;
}

export interface RunComparisonView {
  /** "textstats (bin) · LLVM 19.1.7 ↔ LLVM 22.1.2" */
  readonly title: string;
  readonly markdown: string;
}

export interface ThinChoice {
  readonly source: RunSource;
  /** Default: the setting `lto.libLLVM`. */
  readonly llvm?: string;
  /** Decisions only, which is quick; stages are made when opened. */
  readonly analyzeOnly?: boolean;
}
