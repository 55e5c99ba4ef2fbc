/** What can be chosen for a capture, as the server lists it. */
import type { LtoMode } from "./pipelines.js";

/** What can be chosen for a capture: Cargo's profiles, packages and targets. */
export interface BuildChoices {
  /** The profile of a capture that chooses none. */
  readonly profile: string;
  /** Cargo's own, then the workspace's. */
  readonly profiles: readonly ProfileChoice[];
  /** Those with something to capture; the packages that Cargo builds by default first. */
  readonly packages: readonly PackageChoice[];
}

/** A profile as the workspace's Cargo.toml has it. Cargo's configuration and its variables can still change it: a plan says what applies. */
export interface ProfileChoice {
  readonly name: string;
  /** null: one of Cargo's own. */
  readonly inherits: string | null;
  readonly lto: LtoMode | "off";
  /** "0" to "3", "s", "z" */
  readonly optLevel: string;
  readonly incremental: boolean;
}

export interface PackageChoice {
  readonly name: string;
  /** Path of the folder, relative to the workspace's. */
  readonly folder: string;
  /** Cargo builds it if no package is chosen. */
  readonly byDefault: boolean;
  readonly targets: readonly TargetChoice[];
}

export interface TargetChoice {
  readonly kind: TargetKind;
  readonly name: string;
  /** "cdylib", "staticlib", … of a library. */
  readonly crateTypes: readonly string[];
  /** Cargo builds it only with these features. */
  readonly requiredFeatures: readonly string[];
}

/** Each is an option of `cargo build`. */
export type TargetKind = "lib" | "bin" | "example" | "test" | "bench";
