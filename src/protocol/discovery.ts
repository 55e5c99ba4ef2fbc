/** The contents of a workspace's build outputs: units that LTO can optimise, and others with the reason why not. */
import type { Count } from "./numbers.js";
import type { LtoErrorReport } from "./errors.js";
import type { LtoMode } from "./stages.js";

/**
 * - `capture`: in this project's store, with everything that a replay needs
 * - `session`: a session directory of rustc's (`incremental/<crate>-<hash>/s-…`) with bitcode of the crate's own codegen units
 * - `stage-files`: files that rustc saved itself (`-C save-temps`): can be shown and compared without a replay
 * - `rlib`: a library with bitcode in its members
 * - `output`: a linked output whose build left no bitcode
 */
export type FoundKind = "capture" | "session" | "stage-files" | "rlib" | "output";

export interface FoundUnit {
  readonly kind: FoundKind;
  /** What the other commands take: a unit's id, or a path. */
  readonly unit: string;
  /** "textstats (bin)", "text_core (session)" */
  readonly name: string;
  /** The folder or file in which it was found. */
  readonly path: string;
  /** null: not known. */
  readonly profile: string | null;
  readonly mode: LtoMode | null;
  /** Codegen units or archive members with bitcode. */
  readonly modules: Count;
  /** ISO 8601. */
  readonly modifiedAt: string;
  readonly complete: boolean;
  /** Why it is incomplete, and how to fix that. */
  readonly incompleteBecause?: LtoErrorReport;
  /**
   * What distinguishes it from others with the same name, profile and LTO: toolchain, flags, features, workspace, time. Absent: nothing else looks
   * the same.
   */
  readonly toldApart?: readonly string[];
  /** A capture whose build failed during or after LTO: the error. */
  readonly notLinked?: LtoErrorReport;
}

export interface Discovery {
  /** The workspace's root folder; null: the path is in no Cargo workspace. */
  readonly workspace: string | null;
  readonly targetDirectory: string | null;
  readonly units: readonly FoundUnit[];
  /** Set if the toolchain that the workspace chooses was not run, and another toolchain on this machine was queried instead. */
  readonly notRun?: LtoErrorReport;
}

/** What `discover --json` writes. */
export interface DiscoverReport extends Discovery {
  readonly schema: 1;
  readonly command: "discover";
}
