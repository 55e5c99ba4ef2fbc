/**
 * Engine requests: what the definitions of a module refer to, and the symbols that LTO preserves. Definitions are many, so they are lists of numbers; a text is
 * an index into the message's table, and -1 stands for none.
 */
import { ofUnit, stateless } from "./request.js";

/** `references`: reads one module, and writes what its definitions refer to to a blob ({@link ModuleReferences}). */
export interface ReferencesParams {
  readonly module: string;
  /** The module at the stage in question. */
  readonly stageFile: string;
  /** Folder of content-addressed blobs. */
  readonly blobs: string;
}

export interface ReferencesResult {
  /** BLAKE3-256 of the content, hex. */
  readonly blob: string;
  readonly bytes: number;
}

/** `ReferenceKind` of addon/lto/ir/references.h, in its order. */
export const REFERENCE_KINDS = [
  "call",
  "takes-address",
  "uses",
  "initializer",
  "vtable",
  "personality",
  "alias",
  "ifunc",
  "comdat",
] as const;

/** `DefinitionKind`, in its order. */
export const DEFINITION_KINDS = ["function", "variable", "alias", "ifunc", "assembly"] as const;

/** `DefinitionScope`, in its order. "copy": it is not emitted (available_externally). */
export const DEFINITION_SCOPES = ["other-modules", "module", "copy"] as const;

/** What is known of a definition, as bits from the lowest. */
export const REFERENCE_FACTS = [
  "hidden",
  /** In `llvm.used`. */
  "used",
  /** In `llvm.compiler.used`. */
  "compilerUsed",
  /** In `llvm.global_ctors`, or in a section of functions that run before main. */
  "runsBeforeMain",
  /** In `llvm.global_dtors`. */
  "runsAfterMain",
  /** LLVM's symbol table marks it as used outside of IR, and neither lists nor assembly do: code generation may call it by its name. */
  "runtimeCall",
  /** rustc mangled its name. */
  "mangled",
  /** A function with debug info, which tells what was inlined into it. */
  "lines",
] as const;

/** The content of the blob. */
export interface ModuleReferences {
  readonly schema: 2;
  readonly module: string;
  /** [symbol, readable name, kind, scope, facts, the type of a vtable, its trait, …(symbol it refers to, kind of the reference, way)] */
  readonly definitions: readonly (readonly number[])[];
  /** Symbols that the module's assembly refers to without defining them. */
  readonly assembly: readonly number[];
  /** Why the assembly could not be read; empty: it was, or there is none. */
  readonly assemblyNotRead: string;
  /** By debug info: symbols of the inlined functions in which a reference was written, outermost first. */
  readonly ways: readonly (readonly number[])[];
  readonly texts: readonly string[];
}

/** `preservedSymbols`: what an analysed unit's LTO preserves (rustc's symbols below the threshold), the local crate's first. */
export interface PreservedSymbolsParams {
  readonly unit: string;
  /** The first symbol. */
  readonly first: number;
  /** The maximum number of symbols. */
  readonly count: number;
}

export interface PreservedSymbolsResult {
  readonly total: number;
  readonly symbols: readonly string[];
}

export const referenceRequests = {
  references: stateless<ReferencesParams, ReferencesResult>({ loads: true }),
  preservedSymbols: ofUnit<PreservedSymbolsParams, PreservedSymbolsResult>(),
};
