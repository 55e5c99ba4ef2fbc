/** Requests of the client: this machine and the store. */
import type { DoctorReport, StoreReport } from "../reports.js";
import type { LlvmCandidate } from "../views.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const machineRequests = {
  doctor: request<{ readonly folder?: string } & WithProgress, DoctorReport>("lto/doctor"),
  /** For "Select LLVM": loads each library to check that it works. */
  llvmCandidates: request<{ readonly folder?: string } & WithProgress, { readonly candidates: readonly LlvmCandidate[] }>(
    "lto/llvmCandidates",
  ),
  store: request<NoParams, StoreView>("lto/store"),
  /** `stages`: everything that can be made again; `all`: captures, their target directories and runs too. Fails during a run or capture. */
  clearStore: request<{ readonly what: "stages" | "all" }, { readonly bytes: number }>("lto/clearStore"),
} as const;

export interface StoreView {
  readonly root: string;
  readonly quotaBytes: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly parts: StoreReport["parts"];
  readonly captures: number;
  readonly runs: number;
}
