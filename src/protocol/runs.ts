/** Reports of runs: the JSON that `thin` and `verify` write (`schema` 1), and the parts they share with the extension. */
import type { Count } from "./numbers.js";
import type { LtoCommand } from "./pipelines.js";
import type { ReadableUnitName } from "./module-names.js";
import type { LtoErrorReport } from "./errors.js";
import type { LtoMode, Stage } from "./stages.js";
import type { CratePlace, CrateType, Deviation, ModuleOrigin, OptLevel } from "./units.js";

/** rustc's terms for what happens to a module, and two of this project: `linked` (fat LTO), `failed`. */
export type Verdict = "re-used" | "re-compiled" | "linked" | "failed";

/** Why a module is re-used or re-compiled. */
export type ReasonKind =
  /** Green, and the key equals the previous session's. */
  | "key-equal"
  /** Green, and neither session has a key for it (rustc compares two absent keys as equal). */
  | "both-keys-absent"
  /** The key equals the previous one, but upstream and allocator modules are never cached. */
  | "key-equal-but-not-cached"
  /** The key equals the previous one, but rustc re-compiled the module (it is not green). */
  | "key-equal-but-not-green"
  /** The key differs from the previous one. */
  | "key-changed"
  /** The previous session did not have this module. */
  | "new-module"
  /** There is a session, but its key file is missing, cannot be read or is malformed. */
  | "no-previous-keys"
  /** The build is not incremental (or plain files were given). */
  | "no-session"
  /** Fat LTO: all others are linked into this module. */
  | "base-module"
  /** Fat LTO: the module is linked into the base module. */
  | "linked-into-base"
  | "failed";

/** What happened to a module, and why: see module-groups.ts. */
export type ModuleGroup =
  /** The engine failed on it. */
  | "failed"
  /** rustc could have re-used it, but its key differs from the previous session's. */
  | "changed"
  /** The same for a module that the previous session did not have. */
  | "new"
  /** Its key is the previous session's, but rustc's front end compiled it again. */
  | "equal-key"
  /** rustc had no keys of an earlier session, so it compiled everything. */
  | "first-build"
  /** There is no session at all. */
  | "not-incremental"
  /** Re-compiled; the reason is not known. */
  | "re-compiled"
  /** Of a dependency, or the allocator's: rustc compiles it every time. */
  | "never-cached"
  | "re-used"
  | "linked"
  /** No decision is known. */
  | "unknown";

/** How many modules are in each group; groups without modules are absent. */
export type GroupCounts = Readonly<Partial<Record<ModuleGroup, number>>>;

export interface Reason {
  readonly kind: ReasonKind;
  /** One sentence for the user. */
  readonly detail: string;
}

export interface StageReport {
  readonly stage: Stage;
  /** null: not saved (or not requested). */
  readonly file: string | null;
  readonly bytes: Count;
  readonly instructions: Count;
  readonly functions: Count;
  /** In the run that made it, which is an earlier one if the module is `fromStore`. */
  readonly millis: number;
  /** The content equals the previous stage's. */
  readonly sameAsPrevious: boolean;
}

export interface ModuleReport {
  readonly name: string;
  /** What the name stands for if it is a hash; absent: it is not, or that is not known. */
  readonly readable?: ReadableUnitName;
  /** `readable` as it is displayed; null: rustc's own name is displayed. Absent in reports of earlier versions. */
  readonly readableName?: string | null;
  /** Whether rustc's name is the hash of `readable`, or no hash at all. Absent in reports of earlier versions. */
  readonly exactName?: boolean;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  /** Whose crate it is; absent: not known. */
  readonly place?: CratePlace;
  /** The file (and member) that the bitcode was read from. */
  readonly source: string;
  readonly bytes: Count;
  readonly verdict: Verdict;
  readonly reason: Reason;
  /**
   * The ThinLTO key in hexadecimal digits; null: there is none, as in fat LTO.
   *
   * @pattern ^[0-9A-F]{40}$
   */
  readonly key: string | null;
  /**
   * The same in the previous session; null: the module was not in it, or there is none.
   *
   * @pattern ^[0-9A-F]{40}$
   */
  readonly previousKey: string | null;
  /** Whether the stages came from the store; independent of rustc's decision. */
  readonly fromStore: boolean;
  readonly stages: readonly StageReport[];
  readonly error?: LtoErrorReport;
}

/** One of rustc's profiling activities (`-Z self-profile` names). A step that rustc does not measure has the tag of the stage that it leads to. */
export interface Timing {
  readonly activity: string;
  readonly argument: string | null;
  /** In a report: the worker, from 0 on, one per module processed in parallel; the first one also analyses. From the engine: its thread. */
  readonly thread: Count;
  readonly startMicros: Count;
  readonly durationMicros: Count;
}

export interface UsedLlvm {
  readonly path: string;
  readonly version: string;
  readonly revision: string;
  /** Whether this is the LLVM that wrote the bitcode; false: text may match, but bytes and keys do not. */
  readonly matchesProducer: boolean;
}

/** How far a run can be trusted to show what rustc did: verified against rustc's files, made by the same LLVM, or made by another. */
export type Fidelity = "verified" | "same LLVM, not verified" | "other LLVM";

export interface UnitSummary {
  readonly id: string;
  readonly name: string;
  readonly crateTypes: readonly CrateType[];
  readonly profile: string;
  readonly mode: LtoMode;
}

export interface UsedSettings {
  readonly optLevel: OptLevel;
  readonly targetCpu: string | null;
  readonly targetFeatures: string;
  readonly relocationModel: string;
  readonly llvmArgs: readonly string[];
  readonly preservedSymbols: Count;
}

export interface RunReport {
  readonly schema: 1;
  readonly command: LtoCommand;
  readonly unit: UnitSummary;
  readonly llvm: UsedLlvm;
  /** As known when the run ended: a later verification may have changed it. */
  readonly fidelity: Fidelity;
  /**
   * SHA-256 of inputs, settings and engine by content: runs with the same hash show the same. Absent in runs of older versions.
   *
   * @pattern ^[0-9a-f]{64}$
   */
  readonly identity?: string;
  readonly deviations: readonly Deviation[];
  readonly settings: UsedSettings;
  readonly modules: readonly ModuleReport[];
  /** Names of the crates that rustc leaves out of LTO and links as they are; absent: not known. */
  readonly outsideLto?: readonly string[];
  readonly timings: readonly Timing[];
  readonly peakMemoryBytes: Count;
  readonly warnings: readonly string[];
  /** What LLVM printed because its arguments ask for it, by module; absent: nothing. */
  readonly llvmOutput?: { readonly file: string; readonly bytes: Count };
}

export interface StageCounts {
  readonly identical: Count;
  readonly sameText: Count;
  readonly different: Count;
  /** rustc did not re-use the module, but its file is missing. */
  readonly absent: Count;
  readonly reusedByRustc: Count;
}

export interface ObjectCounts {
  readonly identical: Count;
  readonly different: Count;
  /** The module has an object, but rustc's file, or its DWARF object, is missing. */
  readonly absent: Count;
}

/** A section of the linked file that differs from the build's. */
export interface LinkDifference {
  /** "": the headers. */
  readonly section: string;
  readonly why: string;
}

export interface LinkComparison {
  /** null: there is nothing to compare, and a warning says why. */
  readonly identical: boolean | null;
  readonly differs: readonly LinkDifference[];
}

/** What a verification without differences compared besides stages, keys and decisions. */
export interface VerifiedCode {
  /** Objects, all of them equal to rustc's. */
  readonly objects: Count;
  /** Whether the output was compared too, and is the build's. */
  readonly output: boolean;
}

/** `link UNIT`. */
export interface LinkReport extends LinkComparison {
  readonly schema: 1;
  readonly command: "link";
  readonly unit: UnitSummary;
  readonly llvm: UsedLlvm;
  /** null: it was compared and not kept. */
  readonly output: string | null;
  readonly bytes: Count;
  /** Time of the linker alone. */
  readonly millis: number;
  readonly warnings: readonly string[];
}

export interface VerifyReport {
  readonly schema: 1;
  readonly command: "verify";
  readonly unit: UnitSummary;
  readonly llvm: UsedLlvm;
  readonly stages: Readonly<Record<Stage, StageCounts>>;
  readonly keys: { readonly equal: Count; readonly different: Count };
  readonly decisions: {
    readonly equal: Count;
    readonly different: Count;
    readonly reused: Count;
    readonly recompiled: Count;
    /** Both verdicts occur, so the comparison is meaningful. */
    readonly exercised: boolean;
  };
  readonly preservedSymbols: {
    readonly rustc: Count | null;
    readonly ours: Count;
    /**
     * In rustc's count: reachable functions of an executable or a C-like library that are live, internal or in no module, so preserving them changes nothing.
     * Only rustc's metadata shows them. Set only in thin-local LTO; `rustc` is then `ours` plus these.
     */
    readonly withoutEffect?: Count;
  };
  /** The objects of all modules, compared with rustc's own. Absent: they were not compared; a warning says why, if that was asked for. */
  readonly objects?: ObjectCounts;
  /** The output, linked from our objects, compared with the build's. Absent if objects were not compared. */
  readonly binary?: LinkComparison;
  /** Fat LTO: the base module and what is linked into it, in order, compared with rustc's log. */
  readonly linked?: { readonly rustc: Count; readonly ours: Count; readonly sameBase: boolean; readonly sameOrder: boolean };
  readonly different: readonly { readonly module: string; readonly stage: string; readonly why: string }[];
  readonly warnings: readonly string[];
}

/** Settings that the user changed (`thin --opt-level …`). */
export interface Overrides {
  readonly crateTypes?: readonly CrateType[];
  readonly optLevel?: OptLevel;
  readonly targetCpu?: string;
  readonly targetFeatures?: string;
  /** Added to the build's own. */
  readonly llvmArgs?: readonly string[];
  readonly preserve?: readonly string[];
  /** One of rustc's session directories (or a folder with a `thin-lto-past-keys.bin`), for the previous keys. */
  readonly session?: string;
}

/** The inputs of a run: enough to make any of its stages again. */
export interface RunOrigin {
  /** A capture ("ID@N", or the path of its folder), a session directory, or plain files. */
  readonly source:
    | { readonly unit: string }
    | { readonly session: string }
    /** Plain files have a mode only if it is not thin LTO. */
    | { readonly paths: readonly string[]; readonly mode?: LtoCommand };
  /** Of a build: its workspace. Absent in runs of older versions. */
  readonly workspace?: string;
  /** "auto", "system" or a path, as chosen. */
  readonly llvm: string;
  readonly overrides: Overrides;
  /** Size of what the build linked; null: not known. */
  readonly outputBytes: Count | null;
  /** The build failed during or after LTO, so nothing was linked: the error. */
  readonly notLinked?: string;
}

/** `running` in a manifest whose process is gone: the run died, and `saved` is what it left. */
export type RunState = "running" | "done" | "failed" | "cancelled";

/** The content of `runs/<run id>/manifest.json` of the store (and in `--out`) during and after a run. */
export interface RunManifest {
  readonly schema: 1;
  readonly id: string;
  readonly unit: UnitSummary;
  /** Absent in runs of older versions: their stages cannot be made again. */
  readonly origin?: RunOrigin;
  readonly state: RunState;
  /** Of the process that runs (or ran) it. */
  readonly pid: Count;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Module → stage → blob, for everything saved so far. */
  readonly saved: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly error?: LtoErrorReport;
}
