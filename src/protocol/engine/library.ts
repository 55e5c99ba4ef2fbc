/** The library in an engine process, and the initialisation of the process. */

/** The library that is really loaded into the engine process. */
export interface EngineInfo {
  /** The path from which the loader took libLLVM (dladdr). */
  readonly path: string;
  /** "22.1.2-rust-1.95.0-stable", as the library itself states. */
  readonly version: string;
  /** VCS revision that LLVM was built from; empty when it was not recorded. */
  readonly revision: string;
  /** Version of the headers that the addon was compiled with. */
  readonly compiledAgainst: string;
  /** Registered target names. */
  readonly targets: readonly string[];
}

/** `initialize`: once per process, before anything else. */
export interface InitializeParams {
  /** LLVM's process-wide command-line arguments, rustc's standard ones included. */
  readonly llvmArguments: readonly string[];
  /** A file to which the engine writes the current module and stage, so that a crash can be attributed; null: none. */
  readonly journal: string | null;
  /** Threads for one step of an analysis; 0: as many as the machine has. */
  readonly threads: number;
}
