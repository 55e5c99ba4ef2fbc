/** Requests of the client: runs, verifications and their history. */
import type { LtoErrorReport } from "../errors.js";
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
  /**
   * Replays a capture and compares it with rustc's own files. Differences are in the result.
   *
   * `background`: nobody waits for it, so it runs at a lower priority.
   */
  verify: request<{ readonly unit: string; readonly background?: boolean } & WithProgress, VerifyView>("lto/verify"),
  /** History: pinned runs, then the others, the latest first. */
  runs: request<Range & RunsChoice, Page<RunView>>("lto/runs"),
  /** Fails with UnknownRun. */
  run: request<{ readonly run: string }, RunView>("lto/run"),
  /** Forgets a run (its stages stay while other runs or the store's records use them). Fails with UnknownRun, and during that run. */
  removeRun: request<{ readonly run: string }, NoParams>("lto/removeRun"),
  /** Names or pins a run. A name of null (or white space) removes the user's name. Fails with UnknownRun. */
  noteRun: request<RunNotesChoice, RunView>("lto/noteRun"),
  /**
   * Deletes runs, which can be restored until they are purged, this server exits or an hour has passed. Runs that cannot be deleted stay, and the first reason
   * is in the result.
   */
  deleteRuns: request<{ readonly runs: readonly string[] }, DeletedRuns>("lto/deleteRuns"),
  /** Restores deleted runs. Fails with UnknownRun if the files of one are gone. */
  restoreRuns: request<{ readonly runs: readonly string[] }, NoParams>("lto/restoreRuns"),
  /** Removes the files of deleted runs. */
  purgeRuns: request<{ readonly runs: readonly string[] }, NoParams>("lto/purgeRuns"),
  /**
   * What differs between two runs of one unit, as Markdown with links to diffs (`RunDiff`). `to` has the newer LLVM, which reads both sides. Fails
   * with IncompleteUnit if stages of a run are no longer in the store.
   */
  compareRuns: request<{ readonly from: string; readonly to: string } & WithProgress, RunComparisonView>("lto/compareRuns"),
} as const;

export interface RunsChoice {
  /** A unit's id, a capture or a path. */
  readonly unit?: string;
  /** Runs of the workspace folders, or of other workspaces. Without folders, all runs are of the first kind. Absent: both. */
  readonly scope?: "workspace" | "elsewhere";
}

export interface RunNotesChoice {
  readonly run: string;
  readonly name?: string | null;
  readonly pinned?: boolean;
}

export interface DeletedRuns {
  readonly deleted: readonly string[];
  /** Why others were not; null: all were. */
  readonly failed: LtoErrorReport | null;
}

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
