/** What a capture knows of a unit before it collects its files. */
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { CaptureScope, Deviation, Toolchain } from "../../../../protocol/units.js";

/** What is known about a unit besides rustc's own record. */
export interface UnitFacts {
  readonly id: string;
  readonly name: string;
  readonly packageName: string;
  readonly profile: string;
  readonly mode: LtoMode;
  readonly workspace: string;
  /** The root source files of the workspace's own targets. */
  readonly ownSources: readonly string[];
  readonly toolchain: Toolchain;
  readonly deviations: readonly Deviation[];
  readonly scope: CaptureScope;
  /** The linked output; null: none. */
  readonly output: string | null;
  /** Why the unit cannot be replayed, although bitcode may exist. */
  readonly incompleteBecause: LtoErrorReport | undefined;
  /** Set if the build failed during or after LTO. */
  readonly notLinked?: LtoErrorReport | undefined;
  readonly warnings: readonly string[];
}
