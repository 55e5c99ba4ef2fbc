/**
 * What the tree, the dashboard and the commands show: views of units, runs, modules and stages. Everything that can be long is requested by range and
 * comes as a `Page`.
 */
import type { ReadableUnitName } from "./module-names.js";
import type { LtoCommand } from "./pipelines.js";
import type { FindHit } from "./engine/symbols.js";
import type { LtoErrorReport } from "./errors.js";
import type { FunctionPart, OtherChanges } from "./ir.js";
import type {
  Fidelity,
  VerifiedCode,
  GroupCounts,
  ModuleGroup,
  Reason,
  ReasonKind,
  UnitSummary,
  UsedLlvm,
  UsedSettings,
  Verdict,
  VerifyReport,
} from "./runs.js";
import type { LtoMode, Stage } from "./stages.js";
import type { CaptureScope, CratePlace, CrateType, Deviation, ModuleOrigin } from "./units.js";
import type { VerificationOutcome } from "./verification.js";

/** The most rows that one message carries; a larger `limit` is reduced to this. */
export const MOST_ROWS = 500;

export interface Range {
  readonly offset: number;
  readonly limit: number;
}

/** A part of a list. `rows.length` is less than the limit only at the end (or at MOST_ROWS). */
export interface Page<Row> {
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly Row[];
}

/** A list that may be cut off after its beginning. */
export interface Excerpt<Item> {
  readonly total: number;
  readonly shown: readonly Item[];
}

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

/**
 * As `FoundKind` of discovery: `capture`: in the store, with everything that a replay needs; `session`: rustc's own incremental session;
 * `stage-files`: files that the user's own `-C save-temps` left (to show and compare); `rlib`: a library with bitcode; `output`: linked, without
 * any bitcode.
 */
export type UnitKind = "capture" | "session" | "stage-files" | "rlib" | "output";

export interface UnitView {
  /** Names it in every request and URI: "demo-cli-bin-01234567" (the latest capture), or the path of a session, of stage files or of an rlib. */
  readonly ref: string;
  /** The ref of this particular capture ("ID@N"); equal to `ref` for the other kinds. */
  readonly captureRef: string;
  readonly kind: UnitKind;
  /** "demo-cli (bin)", "text_core (session)" */
  readonly name: string;
  /** null if it is not a capture. */
  readonly packageName: string | null;
  readonly crateTypes: readonly CrateType[];
  /** null: not known. */
  readonly profile: string | null;
  readonly mode: LtoMode | null;
  readonly incremental: boolean | null;
  /** URI of the workspace folder in which it was found; null: only in the store. */
  readonly workspaceFolder: string | null;
  /** Path of the Cargo workspace; null: not known. */
  readonly workspace: string | null;
  /** The folder or file in which it was found. */
  readonly path: string;
  /** ISO 8601: when it was captured, or last written. */
  readonly madeAt: string;
  /** What distinguishes it from others with the same name, profile and LTO, apart from the time. Empty: nothing else looks the same. */
  readonly toldApart: readonly string[];
  /** 0 if it is not a capture. */
  readonly capture: number;
  /** "1.95.0"; null: not known. */
  readonly rustc: string | null;
  /** Of that rustc, "22.1.2"; null: not known. */
  readonly llvm: string | null;
  readonly complete: boolean;
  /** Why it is incomplete, and how to fix that. */
  readonly problem: LtoErrorReport | null;
  /** The build failed during or after LTO, so nothing was linked: the error. null: it was linked, or unknown. */
  readonly notLinked: LtoErrorReport | null;
  readonly deviations: readonly Deviation[];
  /** What to capture again, with the folder as a URI; null: it is not a capture, or its workspace is not open. */
  readonly again: CaptureScope | null;
  /** LTO can be run on it, thin or fat as it was built (`lto/thin`); otherwise its stages can only be shown. */
  readonly runnable: boolean;
  /** Codegen units or archive members with bitcode, upstream crates' included. */
  readonly modules: number;
  readonly upstreamCrates: number;
  /** Names of the crates that rustc leaves out of LTO and links as they are; empty: none, or not known. */
  readonly outsideLto: readonly string[];
  /** What rustc itself decided in that build; null: not recorded. */
  readonly decided: { readonly reused: number; readonly recompiled: number } | null;
  /** Size of the linked output. */
  readonly outputBytes: number | null;
  /** This capture, in its present state, was verified: nothing differs from rustc's own files. */
  readonly verified: boolean;
  /** The latest run of this particular capture. */
  readonly lastRun: RunView | null;
  readonly warnings: Excerpt<string>;
}

/** The result of looking for units in a workspace folder. */
export interface FolderView {
  /** URI of the workspace folder. */
  readonly folder: string;
  /** URIs of the folders whose builds can be captured (for Cargo, packages or workspaces): itself, or folders below it. */
  readonly homes: readonly string[];
  /** Why the search failed (NoToolchain, Cargo.toml cannot be read); null: it did not. */
  readonly problem: LtoErrorReport | null;
}

/** What a run works on: a unit (its ref), or files and folders (URIs) chosen in the explorer. */
export type RunSource =
  | { readonly unit: string }
  /** Files have a mode only where it is not thin LTO. */
  | { readonly files: readonly string[]; readonly mode?: LtoCommand };

/** `died`: the process exited early; the stages that it saved remain. */
export type RunViewState = "running" | "done" | "failed" | "cancelled" | "died";

export interface RunCounts {
  readonly modules: number;
  readonly reused: number;
  readonly recompiled: number;
  readonly failed: number;
  /** Modules whose stages came from the store; independent of rustc's decision. */
  readonly fromStore: number;
  /** What happened to the modules, and why. */
  readonly groups: GroupCounts;
}

/** Whether rows and documents of a run can be requested. */
export function hasRows({ hasReport, recorded }: Pick<RunView, "hasReport" | "recorded">): boolean {
  return hasReport || recorded;
}

export interface RunView {
  readonly id: string;
  /** The user's name for it; null: none was given. */
  readonly name: string | null;
  /** Listed first, and never pruned. */
  readonly pinned: boolean;
  /** What changed in its build: "edit of textstats::bars::bar", "first build", "no change"; empty: not known. */
  readonly what: string;
  readonly unit: UnitSummary;
  /** Path of the workspace that was built; null: not known, or not a build. */
  readonly workspace: string | null;
  readonly source: RunSource;
  readonly state: RunViewState;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly millis: number | null;
  /** The report exists: rows, timeline and documents can be requested. Otherwise, everything below is null or zero. */
  readonly hasReport: boolean;
  /**
   * There is no report (yet), but rustc's own record of the build: its decisions and stage files can be requested as rows and documents, and the counts and
   * deviations are those of the record.
   */
  readonly recorded: boolean;
  /** It was shown before it was replayed, so it is verified without being asked to. */
  readonly begun: boolean;
  readonly counts: RunCounts;
  /** The counts in words: "4 changed · 225 never cached · 138 re-used". */
  readonly headline: string;
  readonly llvm: UsedLlvm | null;
  readonly fidelity: Fidelity | null;
  /** Of a verified run. Absent: only stages, keys and decisions were compared. */
  readonly verifiedCode?: VerifiedCode;
  readonly deviations: readonly Deviation[];
  readonly settings: UsedSettings | null;
  /** Bitcode of all modules, at the first and after the last stage. */
  readonly bytes: BeforeAfter | null;
  readonly instructions: BeforeAfter | null;
  /** Size of what the build linked; null: not known. */
  readonly outputBytes: number | null;
  /** The build failed during or after LTO, so nothing was linked: the error. */
  readonly notLinked?: string;
  /** Names of the crates that rustc leaves out of LTO and links as they are; absent: not known. */
  readonly outsideLto?: readonly string[];
  readonly peakMemoryBytes: number;
  readonly warnings: Excerpt<string>;
  readonly error: LtoErrorReport | null;
}

export interface VerifyView {
  readonly unit: UnitSummary;
  readonly llvm: UsedLlvm;
  readonly outcome: VerificationOutcome;
  /** Every stage equals rustc's byte for byte, and nothing differs. */
  readonly verified: boolean;
  readonly stages: VerifyReport["stages"];
  readonly keys: VerifyReport["keys"];
  readonly decisions: VerifyReport["decisions"];
  readonly preservedSymbols: VerifyReport["preservedSymbols"];
  /** Absent: they were not compared. */
  readonly objects?: VerifyReport["objects"];
  readonly binary?: VerifyReport["binary"];
  /** Fat LTO: the base module and the modules linked into it, in order; null: thin LTO. */
  readonly linked: NonNullable<VerifyReport["linked"]> | null;
  readonly different: Excerpt<VerifyReport["different"][number]>;
  readonly warnings: Excerpt<string>;
}

/** Selects modules. */
export interface ModuleFilter {
  /** Part of the module's name, the crate's name or the reason, ignoring case. */
  readonly text?: string;
  /** null stands for modules without a known decision. */
  readonly verdicts?: readonly (Verdict | null)[];
  readonly crates?: readonly string[];
  readonly reasons?: readonly ReasonKind[];
  readonly groups?: readonly ModuleGroup[];
}

/** `run`: the order of the run, which is rustc's. */
export type ModuleSort = "run" | "name" | "crate" | "verdict" | "reason" | "bytes" | "instructions" | "growth" | "time";

/** How VS Code's trees show a row: words that are computed where the facts are. */
export interface RowLine {
  /** A product icon of VS Code, and a colour that only repeats what the words say. */
  readonly icon: string;
  readonly color: string | null;
  /** Follows the name. A narrow side bar cuts off the end, so what the user looks for comes first. */
  readonly description: string;
  /** For screen readers: the whole row. */
  readonly words: string;
}

export interface GroupRow {
  readonly group: ModuleGroup;
  readonly label: string;
  /** One sentence: what the modules have in common. */
  readonly detail: string;
  readonly line: RowLine;
  readonly modules: number;
  readonly crates: number;
  readonly bytes: number;
  readonly time: WorkTime;
}

/** Time of several modules. */
export interface WorkTime {
  /** Of the modules whose stages this run made. */
  readonly millis: number;
  /** Modules whose stages were kept in the store from an earlier run: they took this run no time. */
  readonly kept: number;
}

export interface CrateRow {
  readonly crate: string;
  readonly verdict: Verdict | null;
  readonly place: CratePlace;
  readonly line: RowLine;
  readonly modules: number;
  readonly bytes: number;
  readonly time: WorkTime;
}

export interface ModuleRow {
  /** rustc's name: what requests take. */
  readonly name: string;
  /** For display, where the context shows the crate: readable, if that is known. */
  readonly shortName: string;
  /** What the name stands for if it is a hash; null: it is not, or that is not known. */
  readonly readable: ReadableUnitName | null;
  readonly crate: string;
  readonly origin: ModuleOrigin;
  readonly place: CratePlace;
  readonly verdict: Verdict | null;
  readonly reason: Reason | null;
  readonly key: string | null;
  readonly previousKey: string | null;
  /** The file (and member) that the bitcode was read from; null: not known. */
  readonly source: string | null;
  /** Of the input; null: not known. */
  readonly bytes: number | null;
  /** The first and the last stage made; null: none. */
  readonly stageBytes: BeforeAfter | null;
  readonly instructions: BeforeAfter | null;
  /** All stages together, in the run that made them. */
  readonly millis: number;
  /** The stages were kept in the store from an earlier run: `millis` is that run's. */
  readonly fromStore: boolean;
  readonly error: LtoErrorReport | null;
  /** Only if it was requested. */
  readonly line?: RowLine;
}

export interface FunctionCounts {
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
}

export interface StageRow {
  readonly stage: Stage;
  readonly label: string;
  /** Whether it exists; otherwise opening it makes it, and the numbers are null. */
  readonly made: boolean;
  readonly bytes: number | null;
  readonly instructions: number | null;
  readonly functions: number | null;
  readonly millis: number | null;
  /** Compared with the previous stage; null: the first stage, one of the two was not made, or not requested. */
  readonly changes: (FunctionCounts & { readonly instructions: number; readonly bytes: number; readonly others: OtherChanges }) | null;
}

export interface FunctionChangeRow {
  /** Symbols at both stages; null: not defined there. They differ where ThinLTO promoted it. */
  readonly left: string | null;
  readonly right: string | null;
  readonly demangled: string;
  readonly change: "added" | "removed" | "changed";
  readonly parts: readonly FunctionPart[];
  readonly instructions: { readonly before: number | null; readonly after: number | null };
}

export interface FunctionRow {
  readonly name: string;
  readonly demangled: string;
  readonly linkage: string;
  readonly instructions: number;
}

/** One entry of `vscode.changes`, or the two sides of `vscode.diff`. */
export interface ComparedPair {
  /** The function's readable name, or the module's short one. */
  readonly label: string;
  /** For `vscode.diff`: "compute · 3dwn031u1cy7 · Import ↔ Optimize (pm)". */
  readonly title: string;
  /** URIs of stage documents. null: the function is not defined there (use the other with `vscode.changes`). */
  readonly left: string | null;
  readonly right: string | null;
  readonly change: "added" | "removed" | "changed" | "same";
}

export interface FindRow {
  /** `crate` is linked as it is, and has no stages. */
  readonly outsideLto: boolean;
  readonly module: string;
  readonly shortName: string;
  readonly crate: string;
  readonly symbol: string;
  readonly demangled: string;
  /** See `FoundSymbol`. */
  readonly role: "defined" | "available" | "imported" | "referenced";
  readonly kind: FindHit["kind"];
  readonly linkage: string;
  readonly instructions: number;
  /** Readable names; at most 20. */
  readonly usedBy: readonly string[];
  /** The document that shows it: the function if it is defined there, else its first user; null: a variable that no function uses. */
  readonly uri: string | null;
}

/** One row per stage, with totals of all modules that have it. */
export interface StageTotal {
  readonly stage: Stage;
  readonly label: string;
  readonly modules: number;
  readonly instructions: number;
  readonly functions: number;
  readonly bytes: number;
  readonly time: WorkTime;
  /** Modules that the stage changed. */
  readonly changed: number;
}

/** What a capture would do; shown before the first run in a workspace. */
export interface CapturePlan {
  /** URI of the workspace folder. */
  readonly folder: string;
  /** Path of the Cargo workspace. */
  readonly workspace: string;
  readonly profile: string;
  readonly rustc: string;
  readonly llvmVersion: string;
  /** The final crates that will be captured; the primary one last. */
  readonly targets: readonly PlannedUnit[];
  /** Crates that Cargo compiles for it. */
  readonly crates: number;
  /** Estimated from the number of crates. */
  readonly seconds: { readonly low: number; readonly high: number };
  /** The space that it takes in the store, target directory included. */
  readonly bytes: { readonly low: number; readonly high: number };
  readonly freeBytes: number;
  /** Crates (or an earlier build) are already in the capture's target directory: it will be quicker. */
  readonly warm: boolean;
  /** Differences from the user's own build. */
  readonly deviations: readonly Deviation[];
  readonly warnings: readonly string[];
}

export interface PlannedUnit {
  readonly packageName: string;
  readonly target: string;
  /** "bin", "cdylib", … */
  readonly kind: string;
  readonly crateTypes: readonly string[];
  readonly lto: string;
  readonly incremental: boolean;
  /** Its debug info has lines, or the capture adds them. */
  readonly hasLines: boolean;
}

/** A program to run, as VS Code's ProcessExecution takes it. */
export interface ProgramLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface LlvmCandidate {
  /** What the setting `lto.libLLVM` is set to. */
  readonly choice: string;
  /** "rustc 1.95.0's own", "System" */
  readonly label: string;
  readonly path: string | null;
  readonly version: string | null;
  /** Empty: the library does not say. */
  readonly revision: string;
  /** Cargo in the workspace uses the toolchain to which it belongs. */
  readonly usedHere: boolean;
  /** Why it cannot be used. */
  readonly problem: LtoErrorReport | null;
}
