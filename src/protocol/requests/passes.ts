/** Requests of the client: one function of a run between the passes that change it. */
import type { Count } from "../numbers.js";
import type { PassRunRow, PassSubject } from "../passes.js";
import type { FunctionPasses, PassChoice, PassMaker, PassStep } from "../pass-page.js";
import type { Page, Range } from "../views.js";
import { request, type WithProgress } from "./declare.js";

/** A function in a module of a run. */
export interface PassFunction {
  readonly run: string;
  /** A module's name in any form that is shown. */
  readonly module: string;
  /** A symbol (with or without `.llvm.<n>`) or a readable name. */
  readonly symbol: string;
}

export const passRequests = {
  /** The passes that changed a function. The first request about a module traces its passes, which takes as long as running them. */
  functionPasses: request<PassFunction & WithProgress, FunctionPasses>("lto/functionPasses"),
  /** The runs of passes for the function, by range; the filter is that of `passes` on the command line. */
  passRuns: request<
    PassFunction & { readonly text: string; readonly kind: PassSubject | null; readonly changed: boolean } & Range & WithProgress,
    Page<PassRunRow>
  >("lto/passRuns"),
  /** What a run changed in the function. Fails with Usage for a run that did not change it. */
  passStep: request<PassFunction & PassChoice & { readonly whole: boolean } & WithProgress, PassStep>("lto/passStep"),
  /** The run that made a line of the function what it is after the run `at`. */
  passMaker: request<PassFunction & Omit<PassChoice, "against"> & { readonly line: Count } & WithProgress, PassMaker>("lto/passMaker"),
  /** The two whole texts of a step, numbered alike. */
  passTexts: request<PassFunction & PassChoice & WithProgress, { readonly before: string; readonly after: string }>("lto/passTexts"),
} as const;
