/** Reports of `show`, `diff` and `find` (`schema` 1), and the parts they share with the extension. */
import type { Count } from "./numbers.js";
import type { EngineError } from "./engine/error.js";
import type { FindHit } from "./engine/symbols.js";
import type { Stage } from "./stages.js";

/** The unit that a report is about; for plain files, the id is the first path. */
export interface UnitName {
  readonly id: string;
  readonly name: string;
}

/** The file that a stage of a module was read from. */
export interface StageRef {
  readonly stage: Stage;
  readonly file: string;
  /** rustc itself, or this project's replay. */
  readonly madeBy: "rustc" | "replay";
}

export interface ShowReport {
  readonly schema: 1;
  readonly command: "show";
  readonly unit: UnitName;
  readonly module: string;
  readonly stage: StageRef;
  /** As requested; null: the whole module. */
  readonly function: string | null;
  readonly text: string;
  /** The text was cut at the limit. */
  readonly truncated: boolean;
  /** The size of LLVM's whole text, before any filter. */
  readonly totalBytes: Count;
}

/** What differs in a function: its symbol, the body's instructions, what precedes the body (linkage, attributes, …), or only metadata and debug info. */
export type FunctionPart = "name" | "body" | "header" | "metadata";

/** A part of a module's text. `GUIDs`: the numbers by which definitions are known across modules, in the text since LLVM 23. `order`: the same lines in another order; `numbering`: the same lines apart from LLVM's numbers. */
export type TextPart =
  | "declarations"
  | "globals"
  | "functions"
  | "attributes"
  | "metadata"
  | "GUIDs"
  | "comdats"
  | "types"
  | "module-level assembly"
  | "module properties"
  | "use-list orders"
  | "summary"
  | "order"
  | "numbering";

/** A function's definition at one stage. */
export interface FunctionSide {
  readonly name: string;
  readonly linkage: string;
  readonly instructions: Count;
}

export interface FunctionChange {
  /** The symbol after, or before when it is gone. */
  readonly name: string;
  readonly demangled: string;
  readonly change: "added" | "removed" | "changed";
  /** null: not defined in this stage (it may be declared). */
  readonly before: FunctionSide | null;
  readonly after: FunctionSide | null;
  /** A changed function: what differs. */
  readonly parts: readonly FunctionPart[];
}

export interface GlobalChange {
  readonly name: string;
  readonly demangled: string;
  readonly kind: "variable" | "alias" | "ifunc";
  readonly change: "added" | "removed" | "changed";
  /** Linkage, followed by ", declared" for a declaration; null: absent. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface ChangeCounts {
  readonly added: Count;
  readonly removed: Count;
  readonly changed: Count;
}

/** What differs between two stages apart from function definitions. */
export interface OtherChanges {
  readonly declarations: ChangeCounts;
  readonly globals: ChangeCounts;
  /** The bitcode is identical byte for byte. */
  readonly sameBytes: boolean;
  /** Parts of the module's text that differ if no function does; null: a function differs, or the module is too large to show as text. */
  readonly text: readonly TextPart[] | null;
}

/** What changed between two stages of one module. */
export interface StageChanges {
  /** Largest change in instructions first. */
  readonly functions: readonly FunctionChange[];
  /** Defined on both sides, with equal text. */
  readonly unchanged: Count;
  readonly globals: readonly GlobalChange[];
  /** Declarations that came, went or have other attributes, not counting those that became definitions or were definitions. */
  readonly declarations: ChangeCounts;
  /** Of all functions. */
  readonly instructions: { readonly before: Count; readonly after: Count };
}

export interface DiffReport extends StageChanges {
  readonly schema: 1;
  readonly command: "diff";
  readonly unit: UnitName;
  readonly module: string;
  readonly from: StageRef;
  readonly to: StageRef;
  /** The symbol of the only function compared; null: all. */
  readonly function: string | null;
  /**
   * Parts of the module's text that differ if no function does; null: a function differs, only one was compared, or the module is too large to
   * compare as text.
   */
  readonly text: readonly TextPart[] | null;
  /** Unified diff of that function; null if not requested, empty if nothing differs. */
  readonly patch: string | null;
  readonly different: boolean;
}

/** A symbol in a module, and the purpose of its copy there. */
export interface FoundSymbol extends Omit<FindHit, "role"> {
  /**
   * "imported": a copy of another module's function. "available": the module's own copy, which is not emitted because another one prevails. Like an
   * imported copy, it only serves the optimiser (`available_externally`).
   */
  readonly role: FindHit["role"] | "available";
  /** In a crate that is linked as it is (`#![no_builtins]`, compiler_builtins): the crate's name. It has no stages. */
  readonly outsideLto?: string;
  /**
   * For a copy that is not emitted: the module whose copy is. null: this copy prevails, nothing has been decided yet, or the module is not in this
   * unit.
   */
  readonly prevailing: string | null;
}

/** A symbol with several strong definitions, which linkers refuse: fat LTO, and the link without LTO. */
export interface MultiplyDefined {
  readonly symbol: string;
  readonly modules: readonly string[];
  /** The module whose copy thin LTO keeps; null: nothing has been decided at this stage. */
  readonly prevailing: string | null;
}

export interface FindReport {
  readonly schema: 1;
  readonly command: "find";
  readonly unit: UnitName;
  readonly symbol: string;
  readonly stage: Stage;
  /** Modules that were searched. */
  readonly searched: Count;
  /** Crates that are linked as they are and were searched too; absent: none. */
  readonly outsideLto?: readonly string[];
  readonly hits: readonly FoundSymbol[];
  readonly multiplyDefined: readonly MultiplyDefined[];
  readonly truncated: boolean;
  readonly errors: readonly EngineError[];
}
