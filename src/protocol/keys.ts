/** The components of a unit's cache keys, as the engine computes and the store keeps them. Symbols are numbers in a table of identifiers. */
import type { ReasonKind, UnitSummary, Verdict } from "./runs.js";
import type { ModuleOrigin } from "./units.js";

/** The parts of a key, in the order in which LLVM hashes them (`KeyPart` of the engine). */
export const KEY_PARTS = [
  "llvm",
  "config",
  "module",
  "exports",
  "imports",
  "resolved-odr",
  "defined-globals",
  "imported-summaries",
  "type-ids",
  "cfi",
] as const;

export type KeyPart = (typeof KEY_PARTS)[number];

/** The globals that a module defines; four lists of equal length. */
export interface KeyGlobals {
  readonly symbols: readonly number[];
  /** See {@link globalState}. */
  readonly states: readonly number[];
  /** 0 unless it is a function. */
  readonly instructions: readonly number[];
  /** Symbols that each calls or refers to. */
  readonly uses: readonly (readonly number[])[];
}

export interface KeyModule {
  readonly name: string;
  /** The key that LLVM computes. */
  readonly key: string;
  /** Hashing the parts yields exactly this key; only then do they explain it. */
  readonly exact: boolean;
  /** Of the module's bitcode. */
  readonly hash: string;
  /** By {@link KEY_PARTS}. */
  readonly digests: readonly string[];
  /** Symbols. */
  readonly exports: readonly number[];
  /** Number of the source module in the unit, symbol, 1 for a declaration; and so on. */
  readonly imports: readonly number[];
  /** Symbol, linkage; and so on. */
  readonly resolvedOdr: readonly number[];
  readonly globals: KeyGlobals;
}

/** The stored data of one module: its key, rustc's decision about it, and the location of its bitcode. */
export interface StoredModule extends KeyModule {
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly file: string;
  readonly member: string | null;
  readonly verdict: Verdict;
  readonly reason: ReasonKind;
  readonly previousKey: string | null;
}

/** The keys of a unit, as stored beside its capture and its runs. */
export interface UnitKeys {
  readonly schema: 1;
  readonly unit: UnitSummary;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly llvm: { readonly version: string; readonly revision: string };
  /** rustc's release; null: not known. */
  readonly release: string | null;
  readonly incremental: boolean;
  /** Settings that affect compilation, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** LLVM's identifiers: a name, "source file;name" for a local symbol, "#" and the number of one whose name is not known. */
  readonly symbols: readonly string[];
  /** In the order of the analysis. */
  readonly modules: readonly StoredModule[];
}

const LINKAGES = [
  "external",
  "available_externally",
  "linkonce",
  "linkonce_odr",
  "weak",
  "weak_odr",
  "appending",
  "internal",
  "private",
  "extern_weak",
  "common",
] as const;

const VISIBILITIES = ["default", "hidden", "protected"] as const;

const KINDS = ["alias", "function", "variable"] as const;

/** The state of a global in the index; the words are LLVM's. */
export interface GlobalState {
  readonly linkage: string;
  readonly visibility: string;
  readonly kind: (typeof KINDS)[number];
  readonly live: boolean;
  readonly autoHide: boolean;
  readonly dsoLocal: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
}

/** Decodes the bits: linkage 0–3, visibility 4–5, kind 6–7, then one each for live, auto-hide, dso_local, read-only, write-only. */
export function globalState(bits: number): GlobalState {
  return {
    linkage: linkageName(bits & 15),
    visibility: VISIBILITIES[(bits >> 4) & 3] ?? "default",
    kind: KINDS[(bits >> 6) & 3] ?? "variable",
    live: (bits & 0x100) !== 0,
    autoHide: (bits & 0x200) !== 0,
    dsoLocal: (bits & 0x400) !== 0,
    readOnly: (bits & 0x800) !== 0,
    writeOnly: (bits & 0x1000) !== 0,
  };
}

/** LLVM's word for a value of `GlobalValue::LinkageTypes` (22). */
export function linkageName(linkage: number): string {
  return LINKAGES[linkage] ?? `linkage ${linkage}`;
}
