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
  /** The module that it is imported from. */
  readonly module?: string;
  readonly before?: string;
  readonly after?: string;
  /** Of a function: which parts differ. */
  readonly parts?: readonly string[];
  readonly source?: SourceLine;
}

export interface ExplainReason {
  readonly kind: ExplainKind;
  /** One sentence for the user. */
  readonly detail: string;
  /** Of {@link ExplainReport.causes}, the first is the main one; empty: there is nothing to explain. */
  readonly causes: readonly string[];
  /** How the main cause reaches this module, starting at the change. */
  readonly chain: readonly string[];
}

export interface ExplainedModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly verdict: Verdict | "gone";
  readonly reason: ExplainReason;
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

/**
 * One module's explanation as a document. Names in it are never interpreted as markup; its links lead to stage documents and files of this machine.
 */
export interface ExplanationView {
  /** rustc's name of the module. */
  readonly module: string;
  /** "textstats · 3dwn031u1cy7" */
  readonly title: string;
  readonly kind: ExplainKind;
  readonly markdown: string;
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
