/** What `passes` is asked for. */
import type { PassSubject } from "../../../protocol/passes.js";
import type { TextFilters } from "../../ir/filters.js";
import type { ReplayedBuild } from "../../replay/open-units.js";

/** Another replay of a function: of another build, with other settings, or by another LLVM. */
export interface OtherReplay {
  readonly build: ReplayedBuild;
  /** null: the module of the same name. */
  readonly module: string | null;
}

export interface PassesOptions {
  /** A module's name in any form that is printed, or a unique part of it. */
  readonly module: string;
  /** Symbol, readable name or part of it; null: the whole module. */
  readonly function: string | null;
  /** A part of a pass's name, or its letters in order; null: all. */
  readonly pass: string | null;
  readonly kind: PassSubject | null;
  /** Of a module: only runs that changed something. Of a function: also runs that did not change it, if false. */
  readonly changed: boolean;
  /** Of a module: also whether the trace missed a change. */
  readonly check: boolean;
  /** Only runs that added or removed lines with this text in the function; null: all. */
  readonly text: string | null;
  /** The number of a run that changed the function, whose diff is wanted. */
  readonly at: number | null;
  readonly blame: boolean;
  readonly filters: Omit<TextFilters, "stableNumbers" | "readableNames">;
  readonly demangle: boolean;
  /** Another replay of the function, to find the first pass that decided otherwise. */
  readonly against: OtherReplay | null;
}
