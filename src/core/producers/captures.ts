/** What a capture can be asked for, and what it comes to. */
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { LtoMode } from "../../protocol/pipelines.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { CapturePlan } from "../../protocol/views.js";

/** How a producer captures builds. */
export interface CaptureMaker {
  /** The folder that the user means by a path to a folder or to a workspace's own file. @throws LtoError UnreadableFile */
  folderOf(given: string): Promise<string>;
  /** What a capture would build. Nothing is built. @throws LtoError NoToolchain, NothingToInspect, Usage */
  plan(options: CaptureOptions): Promise<CapturePlan>;
  /** Builds and captures. @throws LtoError NoToolchain, NothingToInspect, CargoLocked, Cancelled, Usage, DiskFull */
  capture(options: CaptureOptions): Promise<CapturedBuild>;
}

/** In Cargo's words. A producer refuses what its build tool does not have. */
export interface CaptureOptions {
  /** A folder with a package or workspace, or its own file (`Cargo.toml`). */
  readonly folder: string;
  /** Default: `storeRoot()`. */
  readonly store?: string | undefined;
  /** Default: "release". */
  readonly profile?: string | undefined;
  readonly packages?: readonly string[] | undefined;
  readonly bins?: readonly string[] | undefined;
  readonly examples?: readonly string[] | undefined;
  readonly tests?: readonly string[] | undefined;
  readonly benches?: readonly string[] | undefined;
  /** Another LTO than the profile's: a deviation. */
  readonly lto?: LtoMode | undefined;
  /** Another setting than the profile's: a deviation. */
  readonly incremental?: boolean | undefined;
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

export interface CaptureProgress {
  readonly phase: "prepare" | "build" | "collect";
  /** For the user; Cargo's own lines while building. */
  readonly message: string;
}

export interface CapturedBuild {
  /** One manifest per final crate, paths absolute, the primary one last. */
  readonly units: UnitManifest[];
  /** The build failed; the units are those that were kept of it. */
  readonly failure: LtoErrorReport | undefined;
}
