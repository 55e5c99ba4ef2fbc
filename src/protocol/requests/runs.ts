/** Requests of the client: runs, verifications and their history. */
import type { Page, Range, RunSource, RunView, VerifyView } from "../views.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const runRequests = {
  /** Runs thin LTO; of a unit that was built with fat LTO, and of files that are to be linked, this. Fails when the run did; a module on which the engine failed is a row of the result, and no failure. */
  thin: request<ThinChoice & WithProgress, RunView>("lto/thin"),
  /** Replays a capture and compares it with rustc's own files. What differs is in the result. */
  verify: request<{ readonly unit: string } & WithProgress, VerifyView>("lto/verify"),
  /** History, the latest first. */
  runs: request<Range & { readonly unit?: string }, Page<RunView>>("lto/runs"),
  /** Fails with UnknownRun. */
  run: request<{ readonly run: string }, RunView>("lto/run"),
  /** Forgets a run (its stages stay while other runs or the store's records use them). Fails with UnknownRun, and for a run under way. */
  removeRun: request<{ readonly run: string }, NoParams>("lto/removeRun"),
} as const;

export interface ThinChoice {
  readonly source: RunSource;
  /** Default: the setting `lto.libLLVM`. */
  readonly llvm?: string;
  /** Decisions only, no stages: quick. They are made when they are opened. */
  readonly analyzeOnly?: boolean;
}
