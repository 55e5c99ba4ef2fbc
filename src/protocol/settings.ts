/** The user's settings that the server reads (`workspace/configuration` of the section, and `initializationOptions` before that). */
import type { DisplayLanguage } from "./l10n.js";
import type { DocumentFilters } from "./uris.js";

/** All settings stand under this section: `lto.threads`, `lto.libLLVM`, `lto.store.path`, … */
export const SETTINGS_SECTION = "lto";

/** "auto": unless rust-analyzer is enabled. */
export type CallHierarchySetting = "auto" | "on" | "off";

export interface Settings {
  /** A rustup toolchain's name or the path of a rustc, for captures; "": the one that Cargo uses in the folder. */
  readonly toolchain: string;
  /** "auto" (the producing toolchain's own), "system" or a path. */
  readonly libLLVM: string;
  /** Modules processed in parallel; 0: all cores. */
  readonly threads: number;
  readonly store: {
    /** "": the default folder (LTO_INSPECTOR_STORE, XDG_CACHE_HOME, ~/.cache). Windows with the same folder share it. */
    readonly path: string;
    /** Gigabytes (10⁹ bytes) above which the oldest stages, runs and earlier captures are removed after a run; 0: never. */
    readonly quota: number;
  };
  /** Cargo's profile for captures. */
  readonly profile: string;
  /** Whether the client shows the decisions of builds that were captured elsewhere. */
  readonly followBuilds: boolean;
  /** Whether the client shows what became of functions in Rust files; it reads this itself. */
  readonly callLenses: boolean;
  /** Whether the client provides the call hierarchy of Rust files; it reads this itself. */
  readonly callHierarchy: CallHierarchySetting;
  /** The filters of stage documents; the client puts them into the URIs. */
  readonly filters: DocumentFilters;
}

export const DEFAULT_SETTINGS: Settings = {
  toolchain: "",
  libLLVM: "auto",
  threads: 0,
  store: { path: "", quota: 10 },
  profile: "release",
  followBuilds: true,
  callLenses: true,
  callHierarchy: "auto",
  filters: { hideDebugInfo: true, hideGuids: true, hideAttributes: false, demangle: true, stableNumbering: true },
};

/** The client's options in `initialize`. */
export interface InitializationOptions {
  /** Whether the user trusts the workspace. Unless true, the server answers no request and starts no program. */
  readonly trusted: boolean;
  /** Saves the server from waiting for `workspace/configuration`. */
  readonly settings?: Partial<Settings>;
  /** Absent: English. */
  readonly language?: DisplayLanguage;
}
