/** What a capture can be asked for. */
import type { LtoMode } from "../../../../protocol/stages.js";

export interface CaptureOptions {
  /** A folder with a Cargo package or workspace, or a Cargo.toml. */
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
