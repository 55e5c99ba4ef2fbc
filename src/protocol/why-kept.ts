/** The report of `why-kept` (`schema` 1): the references that keep a symbol in the program, from a root on; or all roots. */
import type { FateKind } from "./fate.js";
import type { UnitName } from "./ir.js";
import type { Stage } from "./pipelines.js";

/** How the link before refers to a link. */
export type LinkKind =
  /** The first link. */
  | "root"
  | "call"
  /** Before the passes, the link before called it; it has been inlined, and what it referred to has stayed. */
  | "inlined"
  | "takes-address"
  | "uses"
  /** The initial value of a variable. */
  | "initializer"
  /** A method in a vtable. */
  | "vtable"
  | "personality"
  | "alias"
  | "ifunc"
  /** A member of the same COMDAT group. */
  | "comdat"
  /** Module-level assembly refers to it. */
  | "assembly";

export interface KeptLink {
  /** A readable name: "app::main", "vtable of Second for reg::Plugin", "constant of app-cgu.0". */
  readonly name: string;
  /** The symbol in the module's IR; "@7" for a global without a name; empty: the module's assembly as a whole. */
  readonly symbol: string;
  readonly kind: LinkKind;
  /** What it is; "module": a module's assembly as a whole. */
  readonly is: KeptDefinition["kind"] | "module";
  /** The module that defines it. */
  readonly module: string;
  /** The stage at which the link before refers to it. */
  readonly stage: Stage;
}

/** Why something is kept although nothing may refer to it. */
export type RootKind =
  /** The C runtime calls it. */
  | "entry"
  | "exported-to-c"
  | "exported-to-rust"
  /** `#[used]` */
  | "used"
  | "before-main"
  | "after-main"
  /** Module-level assembly defines it, refers to it, or is the root itself. */
  | "assembly"
  | "personality"
  | "allocator"
  /** Code generation may call it. */
  | "runtime-call"
  | "instrumentation"
  /** A crate that is linked without LTO refers to it; only looked for in the root of a chain. */
  | "outside"
  /** Nothing is known of who uses the files. */
  | "plain-files"
  /** rustc preserves it, and the bitcode does not say why. */
  | "listed";

export interface KeptRoot {
  readonly name: string;
  /** As in {@link KeptLink}. */
  readonly symbol: string;
  /** null: no module defines it at this stage. */
  readonly module: string | null;
  /** All reasons as clauses. */
  readonly why: string;
  readonly kinds: readonly RootKind[];
}

export interface KeptDefinition {
  readonly name: string;
  readonly symbol: string;
  readonly module: string;
  readonly kind: "function" | "variable" | "alias" | "ifunc" | "assembly";
}

/** A symbol that is not in the program any more. */
export interface KeptGone {
  readonly name: string;
  readonly symbol: string;
  readonly module: string;
  /** The first stage without it. */
  readonly since: Stage;
  /** A clause. */
  readonly cause: string;
  /** null: it was gone before the passes. */
  readonly fate: FateKind | null;
}

export interface WhyKeptReport {
  readonly schema: 1;
  readonly command: "why-kept";
  readonly unit: UnitName;
  /** As requested; null: the list of roots was. */
  readonly symbol: string | null;
  /** The stage in question. */
  readonly stage: Stage;
  /** What the name means; null: it is gone, or the list of roots was requested. */
  readonly found: KeptDefinition | null;
  readonly root: KeptRoot | null;
  /** A shortest way from the root to the symbol, both included. */
  readonly chain: readonly KeptLink[];
  /** Sentences: what could be missing from the chain. */
  readonly hints: readonly string[];
  /** A sentence: why the module still has it, if no root leads to it. The chain is then that of the stage before the passes. */
  readonly unreferenced: string | null;
  /** A definition of this name in every module that had one; empty: it is there. */
  readonly gone: readonly KeptGone[];
  /** Names of other definitions that the name means. */
  readonly alsoNamed: readonly string[];
  /** With `--roots`: everything that is preserved, and why. */
  readonly roots: readonly KeptRoot[];
  readonly warnings: readonly string[];
}
