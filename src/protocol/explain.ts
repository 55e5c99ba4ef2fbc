/** The report of `explain` (`schema` 1): why each module is re-used or re-compiled, and the causes behind it, ranked. */
import type { Count } from "./numbers.js";
import type { SourceLine } from "./engine/ir.js";
import type { KeyPart } from "./keys.js";
import type { UnitSummary, Verdict } from "./runs.js";
import type { ModuleOrigin } from "./units.js";
import type { Excerpt } from "./views.js";

/** Why a module is re-used or re-compiled, as far as two builds show. */
export type ExplainKind =
  /** Re-used: it is in rustc's cache, and its key equals the previous session's. */
  | "key-equal"
  /** No earlier build exists for comparison. */
  | "nothing-to-compare"
  /** The earlier build did not have it. */
  | "new-module"
  /** The earlier build had it, but this one does not. */
  | "gone-module"
  /** Another LLVM or rustc. */
  | "llvm-changed"
  | "settings-changed"
  /** Its own bitcode differs. */
  | "own-code-changed"
  /** What it imports, or a module that it imports from, differs. */
  | "imports-changed"
  /** Other modules import different symbols from it. */
  | "exports-changed"
  /** Liveness, linkage or visibility of a global was resolved differently because of other modules. */
  | "liveness-changed"
  | "linkage-changed"
  | "visibility-changed"
  /** Another flag of a global in the key differs. */
  | "flags-changed"
  /** Equal, but upstream and allocator modules are never in rustc's cache. */
  | "key-equal-but-not-cached"
  /** Equal, but rustc's front end re-compiled the module. */
  | "key-equal-but-not-green"
  /** Equal to the earlier build's, but the session with its output (or its keys) is gone. */
  | "output-missing"
  /** The key equals the earlier build's, but rustc compared with another build. */
  | "other-build-between"
  /** Without a session there is no cache. */
  | "not-incremental"
  /** The parts do not add up to the key: this LLVM hashes differently from LLVM 22. */
  | "not-available";

/** One difference in a module's key or its parts. Names are demangled; symbols are LLVM's. */
export interface Difference {
  readonly what:
    | "llvm"
    | "rustc"
    | "setting"
    | "file"
    | "type"
    | "function"
    | "variable"
    | "alias"
    | "ifunc"
    | "order"
    | "metadata"
    | "import"
    | "export"
    | "linkage"
    | "visibility"
    | "liveness"
    | "auto-hide"
    | "dso-local"
    | "read-only"
    | "write-only"
    | "key-part";
  readonly change: "came" | "went" | "changed" | "renamed" | "source-changed";
  /** A function, variable, setting, … */
  readonly name: string;
  readonly symbol?: string;
  /** Its symbol in the earlier build, if that was another. */
  readonly previousSymbol?: string;
  /** The module that it is imported from. */
  readonly module?: string;
  readonly before?: string;
  readonly after?: string;
  /** Of a function: which parts differ. */
  readonly parts?: readonly string[];
  readonly source?: SourceLine;
}

/** The fact that decided about a module. */
export interface DecisiveFact {
  /** One sentence with names between backticks, made of checked facts only. */
  readonly text: string;
  /** false: what decided is unknown, and the text says what is known. */
  readonly known: boolean;
}

/** One link of the way from a cause to a module. Names are between backticks. */
export interface ChainStep {
  /** "imports `f` from `m`" */
  readonly text: string;
  /** What the way leads through: a module (rustc's name), a function (LLVM's symbol), or neither. */
  readonly module?: string;
  readonly symbol?: string;
  /** The function's readable name. */
  readonly name?: string;
  /** What leads on from there: "imports `f`" */
  readonly leads: string;
}

/** How a cause reaches a module. */
export interface CauseWay {
  /** Of {@link ExplainReport.causes}. */
  readonly cause: string;
  /** Starting at the change; empty: the module itself changed. */
  readonly steps: readonly ChainStep[];
}

export interface ExplainReason {
  readonly kind: ExplainKind;
  readonly fact: DecisiveFact;
  /** One sentence for the user. */
  readonly detail: string;
  /** Of {@link ExplainReport.causes}, the first is the main one; empty: there is nothing to explain. */
  readonly causes: readonly string[];
  /** How the main cause reaches this module, starting at the change. */
  readonly chain: readonly string[];
  /** The same for several causes, the main one first. */
  readonly ways: readonly CauseWay[];
}

export interface ExplainedModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly verdict: Verdict | "gone";
  readonly reason: ExplainReason;
  /** Its name in the earlier build, if that was another. */
  readonly previousName?: string;
  readonly key: string | null;
  readonly previousKey: string | null;
  /** Parts of the key that differ from the earlier build's. */
  readonly parts: readonly KeyPart[];
  /** Most relevant first. */
  readonly differences: readonly Difference[];
  /** What rustc itself decided, from its log; null: not known. */
  readonly rustc: { readonly verdict: "re-used" | "re-compiled"; readonly agrees: boolean } | null;
}

export type CauseKind =
  "llvm-changed" | "settings-changed" | "code-changed" | "new-module" | "gone-module" | "session-gone" | "recompiled-unchanged";

/** A change, and what it made rustc re-compile. */
export interface Cause {
  readonly id: string;
  readonly kind: CauseKind;
  /** "`parse_line` in crate `demo_text` changed" */
  readonly title: string;
  /** The same in a few words, as a name of the build: "edit of `demo_text::parse_line`" */
  readonly brief: string;
  /** "1 module re-compiled for itself, 5 because they import it" */
  readonly effect: string;
  readonly crates: readonly string[];
  /** What changed: functions, variables, settings. Most relevant first. */
  readonly changes: readonly Difference[];
  /** What limits the title: one sentence, or two. */
  readonly note?: string;
  /** Modules whose own code changed. */
  readonly itself: readonly string[];
  /** Modules that import from them. */
  readonly importers: readonly string[];
  /** Modules that it reaches in another way. */
  readonly others: readonly string[];
}

/** A disagreement between rustc and the replay, or a wrong re-use. */
export interface Finding {
  readonly kind: "rustc-disagrees" | "wrong-reuse" | "not-available";
  readonly module: string;
  readonly detail: string;
}

/** What rustc re-used, compared with a rebuild (`explain --audit`): numbers of modules. */
export interface AuditCounts {
  readonly reused: Count;
  readonly identical: Count;
  /** The bytes differ, but the IR text does not. */
  readonly sameText: Count;
  /** Each is a wrong re-use: see the findings. */
  readonly different: Count;
  /** No capture keeps the output that was re-used. */
  readonly notKept: Count;
}

/** The explained build, or the one it is compared with. */
export interface ExplainSide {
  /** "ID@N", a session directory, or a run. */
  readonly name: string;
  readonly unit: UnitSummary;
  /** ISO 8601: when it was built (or analysed, for a run). */
  readonly at: string;
}

export interface ExplainReport {
  readonly schema: 1;
  readonly command: "explain";
  readonly unit: UnitSummary;
  readonly build: ExplainSide;
  /** null: there is no earlier build. */
  readonly against: ExplainSide | null;
  readonly llvm: { readonly version: string; readonly revision: string };
  readonly counts: {
    readonly reused: Count;
    readonly recompiled: Count;
    /** Re-compiled only because they are never cached; their keys are equal. */
    readonly neverCached: Count;
    /** Of those that rustc could have re-used: every cause is an edit of the user's files since the build whose keys rustc compared with. */
    readonly byEdit: Count;
    readonly gone: Count;
  };
  /** The number of rustc's own decisions that are known, and that agree. */
  readonly rustc: { readonly known: Count; readonly agreeing: Count };
  /** Those that re-compiled most modules first. */
  readonly causes: readonly Cause[];
  readonly modules: readonly ExplainedModule[];
  readonly findings: readonly Finding[];
  /** Only if an audit was requested. */
  readonly audit?: AuditCounts;
  readonly warnings: readonly string[];
}

/** What a change would re-compile (`explain --if-changed`). */
export interface IfChanged {
  /** A function or a module. */
  readonly what: "function" | "module";
  readonly name: string;
  readonly symbol: string | null;
  readonly crate: string;
  /** Modules that hold a copy of it. */
  readonly itself: readonly string[];
  /** Modules that import something from one of these: their keys contain that module's hash. */
  readonly importers: readonly string[];
  /** Modules of both lists that rustc could otherwise re-use. */
  readonly cacheable: Count;
}

export interface IfChangedReport {
  readonly schema: 1;
  readonly command: "explain";
  readonly unit: UnitSummary;
  readonly build: ExplainSide;
  readonly ifChanged: IfChanged | null;
  /** The functions whose change would re-compile the most modules. */
  readonly contagious: readonly IfChanged[];
  readonly warnings: readonly string[];
}

/** What a link of an explanation opens. */
export type ExplanationTarget =
  /** A stage, or a function at a stage. */
  | { readonly kind: "stage"; readonly uri: string }
  /** A function in the earlier build and in this one. */
  | { readonly kind: "diff"; readonly left: string; readonly right: string; readonly title: string }
  /** A line of a file of this machine. */
  | { readonly kind: "source"; readonly uri: string }
  /** The explanation of another module of the same build. */
  | { readonly kind: "module"; readonly module: string; readonly shortName: string };

export interface ExplanationLink {
  readonly label: string;
  /** Index in {@link ExplanationView.targets}. */
  readonly target: number;
}

/** Something that changed. */
export interface ExplainedChange {
  /** "function `f` changed (body): 12 instructions → 14 instructions" */
  readonly text: string;
  /** "src/lib.rs:3"; null: not known */
  readonly source: string | null;
  readonly links: readonly ExplanationLink[];
}

export interface ExplainedCause extends Pick<Cause, "title" | "effect"> {
  readonly note: string | null;
  readonly changes: Excerpt<ExplainedChange>;
}

/** A node of the graph of causes. */
export interface ExplanationNode {
  /** What changed, a module or function on the way, or the explained module. */
  readonly kind: "cause" | "module" | "function" | "explained";
  readonly title: string;
  /** More about it; null: nothing. */
  readonly text: string | null;
  /** The words at the arrow to the next node; null: none. */
  readonly leads: string | null;
  readonly links: readonly ExplanationLink[];
}

/** Ways from causes to a module: each is a list of nodes, and all lead to the explained module. */
export interface ExplanationGraph {
  readonly ways: readonly (readonly ExplanationNode[])[];
  readonly end: ExplanationNode;
}

/**
 * One module's explanation, which page, terminal, tooltip and Markdown show alike. Its length is bounded. Names are between backticks and never
 * interpreted as markup; its links lead to stage documents, files of this machine and explanations.
 */
export interface ExplanationView extends Pick<ExplainedModule, "verdict" | "rustc" | "key" | "previousKey" | "parts"> {
  /** rustc's name of the module. */
  readonly module: string;
  readonly shortName: string;
  readonly crate: string;
  readonly kind: ExplainKind;
  readonly fact: DecisiveFact;
  /** One sentence on the kind. */
  readonly detail: string;
  readonly build: Pick<ExplainSide, "name" | "at">;
  /** null: there is no earlier build. */
  readonly against: Pick<ExplainSide, "name" | "at"> | null;
  readonly causes: Excerpt<ExplainedCause>;
  readonly graph: ExplanationGraph;
  /** The way of the main cause, in words. */
  readonly chain: Excerpt<string>;
  /** What differs in the module. */
  readonly differences: Excerpt<ExplainedChange>;
  /** Links to its stages. */
  readonly stages: readonly ExplanationLink[];
  readonly notes: Excerpt<string>;
  readonly targets: readonly ExplanationTarget[];
}

/** What decided about a module, in a few lines; names are between backticks and may be cut. */
export interface DecisiveView {
  readonly fact: DecisiveFact;
  /** From the main cause to the module; empty: nothing to follow. */
  readonly chain: Excerpt<string>;
}

/** A cause, with the number of modules that it made rustc re-compile. */
export interface CauseRow extends Pick<Cause, "id" | "kind" | "title" | "effect"> {
  readonly crates: Excerpt<string>;
  readonly itself: Count;
  readonly importers: Count;
  readonly others: Count;
}

/** A module that a cause made rustc re-compile. */
export interface CascadeRow {
  /** rustc's name. */
  readonly module: string;
  readonly shortName: string;
  readonly crate: string;
  /** Its own code changed, it imports from such a module, or the cause reaches it in another way. */
  readonly how: "itself" | "imports" | "otherwise";
  readonly kind: ExplainKind;
}

/** The summary that precedes the causes of a unit. */
export interface CausesSummary extends Pick<ExplainReport, "counts" | "rustc"> {
  readonly build: string;
  /** null: there is no earlier build. */
  readonly against: string | null;
  readonly findings: Excerpt<Finding>;
  readonly warnings: Excerpt<string>;
}
