/** Engine requests: the contents of files, without analysis. */
import type { EngineError } from "./error.js";
import { stateless } from "./request.js";

/** Who wrote a bitcode file: its identification block. */
export interface Producer {
  /** "LLVM22.1.2-rust-1.95.0-stable". */
  readonly identification: string;
  /** "22.1.2-rust-1.95.0-stable" */
  readonly version: string;
  /** From the irsymtab: the full producer with its revision, if present. */
  readonly symtabProducer: string;
}

/** `readModules`: lists the modules in files, without analysis. */
export interface ReadModulesParams {
  readonly files: readonly string[];
  /** Archive members: only those that rustc would read (`looks_like_rust_object_file`), or all. */
  readonly members: "rust-objects" | "all";
}

export interface ModuleFile {
  /** Module identifier: the archive member's name, or the file's name without folder. */
  readonly name: string;
  readonly file: string;
  readonly member: string | null;
  readonly bytes: number;
  readonly triple: string;
  readonly sourceFileName: string;
  readonly producer: Producer;
  readonly hasSummary: boolean;
  /** false: a linker does full LTO with it, with or without a summary (`clang -flto`). */
  readonly isThinLto: boolean;
  /** The compiler, from `llvm.ident` ("clang version 22.1.8"); "": rustc's LLVM wrote it, or it is not recorded. */
  readonly compiler: string;
  readonly definitions: number;
  /** Defines the allocator shim (`__rust_alloc`). */
  readonly isAllocator: boolean;
  /** Every function is marked no-builtins: rustc leaves such crates out of LTO. */
  readonly noBuiltins: boolean;
}

export interface ReadModulesResult {
  readonly modules: readonly ModuleFile[];
  readonly errors: readonly EngineError[];
}

export const moduleRequests = {
  readModules: stateless<ReadModulesParams, ReadModulesResult>({ loads: true }),
};
