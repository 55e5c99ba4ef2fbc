/** Requests of the client: why a symbol is still in the program after LTO. */
import type { Stage } from "../pipelines.js";
import { request, type WithProgress } from "./declare.js";

export const keptRequests = {
  /**
   * The references that keep a symbol in a run's program, from a root on; `symbol` is a symbol, a readable name, or part of either. Fails with UnknownFunction
   * for a name that nothing has, and with NothingToInspect for a run without files.
   */
  whyKept: request<{ readonly run: string; readonly symbol: string } & WithProgress, KeptView>("lto/whyKept"),
} as const;

export interface KeptView {
  /** The symbol's readable name, if it is still there. */
  readonly name: string;
  /** Whole sentences: why the root is kept; or why the symbol is gone, or still there without being used; what could be missing. */
  readonly sentences: readonly string[];
  /** From the root to the symbol; empty: it is gone. At most a hundred. */
  readonly links: readonly KeptLine[];
}

export interface KeptLine {
  /** "calls reg::heavy in reg-cgu.1" */
  readonly text: string;
  /** Where the definition can be seen; null: functions that were inlined. */
  readonly place: { readonly module: string; readonly stage: Stage; readonly function: string | null } | null;
}
