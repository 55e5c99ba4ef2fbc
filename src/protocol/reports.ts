/** Reports of commands other than runs: `doctor`, `capture`, `store`. */
import type { Count } from "./numbers.js";
import type { LtoErrorReport } from "./errors.js";
import type { LtoMode } from "./stages.js";
import type { CrateType, Deviation, Toolchain } from "./units.js";

/** A libLLVM that an engine process loaded. */
export interface LoadedLibrary {
  readonly path: string;
  readonly version: string;
  /** Empty: the library does not say. */
  readonly revision: string;
  readonly compiledAgainst: string;
  readonly targets: readonly string[];
}

export interface ToolchainReport {
  readonly toolchain: Toolchain;
  /** Cargo uses it in the folder. */
  readonly usedHere: boolean;
  /** null: none could be loaded, see `problem`. */
  readonly library: LoadedLibrary | null;
  readonly problem: LtoErrorReport | null;
}

/** The engine for an LLVM series: one that exists here, or that a toolchain of this machine needs. */
export interface EngineReport {
  /** "22.1" */
  readonly series: string;
  /** The releases of rustc that use it, "1.95 to 1.98". */
  readonly rustc: string;
  /** null: it is missing. */
  readonly addon: string | null;
  /** The releases of this machine's toolchains that use it. */
  readonly usedBy: readonly string[];
  /** The command that builds it if it is missing; null: it exists, or cannot be built here. */
  readonly build: string | null;
}

export interface DoctorReport {
  readonly schema: 1;
  readonly command: "doctor";
  readonly folder: string;
  readonly node: string;
  /** The engine for the newest LLVM series. */
  readonly addon: { readonly path: string | null; readonly problem: LtoErrorReport | null };
  /** By LLVM series, oldest first. */
  readonly engines: readonly EngineReport[];
  readonly toolchains: readonly ToolchainReport[];
  /** The libLLVM that `--llvm system` means. */
  readonly systemLibrary: LoadedLibrary | null;
  readonly store: { readonly root: string; readonly exists: boolean };
  /** There is an addon, and at least one toolchain whose libLLVM it can load. */
  readonly usable: boolean;
  readonly problems: readonly LtoErrorReport[];
}

export interface CapturedUnitReport {
  readonly id: string;
  readonly capture: Count;
  readonly name: string;
  readonly crateName: string;
  readonly packageName: string;
  readonly crateTypes: readonly CrateType[];
  readonly profile: string;
  readonly mode: LtoMode;
  readonly incremental: boolean;
  readonly workspace: string;
  readonly toolchain: Toolchain;
  readonly deviations: readonly Deviation[];
  readonly complete: boolean;
  readonly incompleteBecause?: LtoErrorReport;
  /** The build failed in LTO or after it. */
  readonly notLinked?: LtoErrorReport;
  readonly localModules: Count;
  readonly upstreamCrates: Count;
  /** Names of the crates that rustc leaves out of LTO and links as they are; absent: not known. */
  readonly outsideLto?: readonly string[];
  readonly reused: Count | null;
  readonly recompiled: Count | null;
  readonly outputBytes: Count | null;
  readonly warnings: readonly string[];
}

export interface CaptureReport {
  readonly schema: 1;
  readonly command: "capture";
  /**
   * The primary one last.
   *
   * @minItems 1
   */
  readonly units: readonly CapturedUnitReport[];
  /** The build failed: `units` lists what was kept of it. */
  readonly error?: LtoErrorReport;
}

/** What `store --check` finds wrong. */
export interface StoreProblem {
  readonly kind: "damaged" | "missing" | "stray";
  readonly part: "blobs" | "stages" | "captures" | "targets" | "runs" | "verified" | "advice" | "root";
  readonly file: string;
  readonly why: string;
  /** `--repair` removed it; it is made again when needed. */
  readonly repaired: boolean;
}

export interface StoreCheck {
  /** Counts of the checked files. */
  readonly checked: {
    readonly blobs: Count;
    readonly records: Count;
    readonly captures: Count;
    readonly runs: Count;
    readonly verified: Count;
  };
  readonly problems: readonly StoreProblem[];
  /** Blobs that no record names: an interrupted run left them, or their record was pruned. They are intact; `--prune` removes them. */
  readonly unnamedBlobs: Count;
}

export interface StoreReport {
  readonly schema: 1;
  readonly command: "store";
  readonly root: string;
  readonly quotaBytes: number;
  readonly totalBytes: Count;
  readonly parts: readonly {
    readonly name: "blobs" | "stages" | "captures" | "targets" | "runs" | "verified" | "advice";
    readonly bytes: Count;
    readonly files: Count;
  }[];
  readonly stageRecords: Count;
  readonly captures: readonly { readonly unit: string; readonly capture: Count; readonly bytes: Count; readonly capturedAt: string }[];
  readonly runs: readonly { readonly id: string; readonly unit: string; readonly state: string; readonly startedAt: string }[];
  /** null: pruning was not requested. */
  readonly pruned: {
    readonly bytes: Count;
    readonly stageRecords: Count;
    readonly blobs: Count;
    readonly captures: Count;
    readonly runs: Count;
    readonly targets: Count;
    /** Runs that stay whatever the quota, with their captures and stages. */
    readonly pinnedRuns: Count;
  } | null;
  /** null: not requested. */
  readonly check: StoreCheck | null;
}
