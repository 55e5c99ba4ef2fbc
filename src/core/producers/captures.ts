/** The options and results of a capture. */
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { LtoMode } from "../../protocol/pipelines.js";
import type { CaptureScope, UnitManifest } from "../../protocol/units.js";
import type { BuildChoices } from "../../protocol/build-choices.js";
import type { CapturePlan } from "../../protocol/views.js";

/** How a producer captures builds. */
export interface CaptureMaker {
  /** The folder that a path to a folder, or to a workspace's own file, names. @throws LtoError UnreadableFile */
  folderOf(given: string): Promise<string>;
  /** What there is to build in a folder. Builds nothing. @throws LtoError NoToolchain, NothingToInspect */
  choices(options: ChoicesOptions): Promise<BuildChoices>;
  /** What a capture would build. Builds nothing. @throws LtoError NoToolchain, NothingToInspect, Usage */
  plan(options: CaptureOptions): Promise<CapturePlan>;
  /** Builds and captures. @throws LtoError NoToolchain, NothingToInspect, CargoLocked, Cancelled, Usage, DiskFull */
  capture(options: CaptureOptions): Promise<CapturedBuild>;
  /**
   * Builds like a capture, and keeps nothing: for settings without LTO.
   *
   * @param use what is made or up to date; no other build replaces it before this has ended
   * @throws LtoError as {@link CaptureMaker.capture}, and BuildFailed
   */
  build<T>(options: CaptureOptions, use: (outputs: readonly PlainOutput[]) => Promise<T>): Promise<T>;
}

/** Where to look for what can be built, and with which Cargo. */
export type ChoicesOptions = Pick<CaptureOptions, "folder" | "profile" | "toolchain" | "environment" | "signal">;

/** Options in Cargo's terms. A producer rejects those that its build tool does not have. */
export interface CaptureOptions {
  /** A folder with a package or workspace, or its own file (`Cargo.toml`). */
  readonly folder: string;
  /** Default: `storeRoot()`. */
  readonly store?: string | undefined;
  /** Default: "release". */
  readonly profile?: string | undefined;
  readonly packages?: readonly string[] | undefined;
  /** Only the package's library. */
  readonly lib?: boolean | undefined;
  readonly bins?: readonly string[] | undefined;
  readonly examples?: readonly string[] | undefined;
  readonly tests?: readonly string[] | undefined;
  readonly benches?: readonly string[] | undefined;
  /** An LTO mode that overrides the profile's, as a deviation. */
  readonly lto?: LtoMode | undefined;
  /** Overrides the profile's setting, as a deviation. */
  readonly incremental?: boolean | undefined;
  /** Builds with line tables if the profile has none, as a deviation: calls and remarks then have lines. */
  readonly lineTables?: boolean | undefined;
  /** Settings that are not the user's, to compare with: the unit's id says so, and it is built in a target folder of its own. */
  readonly variant?: boolean | undefined;
  /** More arguments for `cargo build`. */
  readonly cargoArgs?: readonly string[] | undefined;
  /** A rustup toolchain's name, or the path of a rustc. */
  readonly toolchain?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CaptureProgress) => void) | undefined;
  /** How long to wait for Cargo's lock, in milliseconds. Default: 10,000. */
  readonly lockWait?: number | undefined;
  /** The bundled wrapper; default: the one that was built. */
  readonly wrapper?: string | undefined;
}

/** The arguments of Cargo that choose features and targets. */
export function cargoArgumentsOf({ features = [], targets = [] }: Pick<CaptureScope, "features" | "targets">): string[] {
  return [...features, ...targets.map((target) => `--target=${target}`)];
}

/** What a build without a capture made. */
export interface PlainOutput {
  /** As a unit is named: "demo (bin)". */
  readonly name: string;
  readonly file: string;
}

export interface CaptureProgress {
  readonly phase: "prepare" | "build" | "collect";
  /** Text for the user; during the build, Cargo's own output. */
  readonly message: string;
  /** A part of the build has ended: which, and how many have. `message` is then no output of Cargo's. */
  readonly ended?: { readonly done: number; readonly total: number | null };
}

export interface CapturedBuild {
  /** One manifest per final crate, paths absolute, the primary one last. */
  readonly units: UnitManifest[];
  /** Set if the build failed; `units` then lists what was kept of it. */
  readonly failure: LtoErrorReport | undefined;
}
