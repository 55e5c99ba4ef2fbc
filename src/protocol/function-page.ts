/** The page of one function: what it shows, and its notifications beside those of every page. The page has no addresses: it names rows by index. */
import type { CallGroup } from "./call-tree.js";
import type { SourcePlace } from "./calls.js";
import type { FateKind, FateRow } from "./fate.js";
import type { Count } from "./numbers.js";
import type { FromAnyPage, Nothing } from "./page.js";
import type { RemarkKind } from "./remarks.js";
import type { Stage } from "./stages.js";
import type { Excerpt } from "./views.js";

/** A function in one run, for a page. Names are readable; symbols are LLVM's. */
export interface FunctionView {
  readonly name: string;
  readonly symbol: string;
  /** What became of it, in a sentence. */
  readonly headline: string;
  readonly stages: readonly { readonly stage: Stage; readonly label: string }[];
  /** Its definitions when LTO's passes begin, its own first. */
  readonly copies: Excerpt<FunctionCopy>;
  /** The modules that import it, or would have. */
  readonly imports: Excerpt<FunctionDecision>;
  /** Calls of it, those that were not inlined first. */
  readonly incoming: Excerpt<FunctionDecision>;
  /** Calls in it, in the same order. */
  readonly outgoing: Excerpt<FunctionDecision>;
}

export interface FunctionCopy {
  readonly module: string;
  readonly shortName: string;
  readonly symbol: string;
  readonly copy: FateRow["copy"];
  /** "own", "imported from text_core::words" */
  readonly origin: string;
  readonly fate: FateKind;
  /** "Kept", "Gone after inlining" */
  readonly label: string;
  /** A clause. */
  readonly cause: string;
  /** How often it was inlined in this module. */
  readonly inlined: Count;
}

export interface FunctionDecision {
  readonly verdict: CallGroup | "imported";
  /** The caller, the callee or the importing module. */
  readonly other: string;
  /** null: a module, or a call through a pointer. */
  readonly otherSymbol: string | null;
  /** "cost 265 > 225" */
  readonly short: string;
  /** A whole sentence, with names between backticks. */
  readonly text: string;
  readonly help: readonly string[];
  /** A module, and the function in it that shows the decision. */
  readonly shown: { readonly module: string; readonly function: string };
  readonly source: SourcePlace | null;
}

/** A copy at each stage. */
export interface FunctionStages {
  readonly cells: readonly FunctionCell[];
  /** Its first line, where the build has debug info. The file is absolute. */
  readonly source: SourcePlace | null;
}

export interface FunctionCell {
  readonly stage: Stage;
  readonly state: "defined" | "declared" | "absent";
  /** 0 if it is not defined. */
  readonly instructions: Count;
}

/** What LLVM's other passes say about a function, in LLVM's words. */
export interface FunctionRemarks {
  /** What passes did first, then what they could not do, then figures. */
  readonly remarks: Excerpt<FunctionRemark>;
  /** Why remarks of some module are missing. */
  readonly missing: readonly string[];
}

export interface FunctionRemark {
  /** "loop-vectorize" */
  readonly pass: string;
  readonly kind: RemarkKind;
  readonly shortName: string;
  readonly text: string;
  /** Over which calls the code was inlined: "src/main.rs:12", innermost first. */
  readonly inlinedAt: readonly string[];
  /** null: its line is not known. */
  readonly source: SourcePlace | null;
  readonly times: Count;
}

export const FUNCTION_LISTS = ["imports", "incoming", "outgoing"] as const;

export type FunctionList = (typeof FUNCTION_LISTS)[number];

/** Webview → extension, of this kind of page alone. */
export type OfFunctionPage =
  /** Open a copy at a stage. */
  | { readonly type: "stage"; readonly copy: number; readonly stage: Stage }
  /** Open the diff of a copy between two stages. */
  | { readonly type: "diff"; readonly copy: number; readonly from: Stage; readonly to: Stage }
  /** Open what a decision is about. */
  | {
      readonly type: "decision";
      readonly list: FunctionList;
      readonly index: number;
      readonly what: "ir" | "source" | "function" | "passes";
    }
  /** Open the passes on a copy. */
  | { readonly type: "passes"; readonly copy: number }
  /** Look for what other passes say about it. */
  | { readonly type: "listen" }
  /** Open the line of a remark. */
  | { readonly type: "remark"; readonly index: number }
  /** Open the function's own line. */
  | { readonly type: "line" }
  /** Open its assembly. */
  | { readonly type: "assembly" };

export type FromFunctionPage = FromAnyPage | OfFunctionPage;

/** What a page shows; VS Code keeps it while the window is closed. */
export interface FunctionPlace {
  readonly run: string;
  readonly symbol: string;
  readonly name: string;
}

/** Extension → webview, of this kind of page alone. */
export type ShownFunction =
  | { readonly type: "function"; readonly place: FunctionPlace; readonly view: FunctionView }
  /** A copy's stages, once they are known. `report`: why they are not. */
  | { readonly type: "stages"; readonly copy: number; readonly stages: FunctionStages | null; readonly problem: string | null }
  /** What other passes say, once it is known; null: it is not, because of `problem`, or because the user cancelled. */
  | { readonly type: "remarks"; readonly remarks: FunctionRemarks | null; readonly problem: string | null };

export type ToFunctionPage = ShownFunction | Nothing<FunctionPlace>;
