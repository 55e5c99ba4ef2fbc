/** Engine requests: locations of symbols, and their readable names. */
import type { Count } from "../numbers.js";
import type { EngineError } from "./error.js";
import { stateless } from "./request.js";

/** `find`: where a symbol is defined, declared (imported or referenced). */
export interface FindParams {
  readonly files: readonly { readonly file: string; readonly member?: string; readonly module: string }[];
  /** Mangled, demangled, or a part of either. */
  readonly query: string;
  /** The maximum number of hits. */
  readonly limit: number;
}

export interface FindHit {
  readonly module: string;
  readonly symbol: string;
  readonly demangled: string;
  readonly role: "defined" | "imported" | "referenced";
  /** "assembly": a symbol that module-level assembly defines or refers to. "symbol": one of a native object, which does not say what it is. */
  readonly kind: "function" | "variable" | "alias" | "ifunc" | "assembly" | "symbol";
  readonly linkage: string;
  readonly instructions: Count;
  /**
   * Functions of the module that use it, and globals whose initialisers do; "module asm" first, where its assembly does.
   *
   * @maxItems 20
   */
  readonly usedBy: readonly string[];
  /**
   * Their readable names, in the same order.
   *
   * @maxItems 20
   */
  readonly usedByDemangled: readonly string[];
}

export interface FindResult {
  readonly hits: readonly FindHit[];
  readonly truncated: boolean;
  readonly errors: readonly EngineError[];
}

/** `findInObjects`: symbols of an archive or object that is linked as it is; hits carry the member's name as their module. */
export interface FindInObjectsParams {
  readonly file: string;
  /** Mangled, demangled, or a part of either. */
  readonly query: string;
  /** The maximum number of hits. */
  readonly limit: number;
}

/** `definedSymbols`: what modules define, internal symbols included, from the symbol tables of their files, without loading the modules. */
export interface DefinedSymbolsParams {
  readonly files: readonly { readonly file: string; readonly member?: string; readonly module: string }[];
}

export interface DefinedSymbolsResult {
  /** In the order of the files; empty for one that cannot be read. */
  readonly symbols: readonly (readonly string[])[];
  readonly errors: readonly EngineError[];
}

/** `demangle`: readable names of symbols, in the same order. */
export interface DemangleParams {
  readonly symbols: readonly string[];
}

export interface DemangleResult {
  readonly names: readonly string[];
}

export const symbolRequests = {
  find: stateless<FindParams, FindResult>({ loads: true }),
  findInObjects: stateless<FindInObjectsParams, FindResult>({ loads: true }),
  definedSymbols: stateless<DefinedSymbolsParams, DefinedSymbolsResult>({ loads: true }),
  demangle: stateless<DemangleParams, DemangleResult>(),
};
