/** The user's settings that the server reads (`workspace/configuration` of the section, and `initializationOptions` before that). */
import type { DocumentFilters } from "./uris.js";

/** All settings stand under this section: `lto.threads`, `lto.libLLVM`, `lto.store.path`, … */
export const SETTINGS_SECTION = "lto";

export interface Settings {
  /** A rustup toolchain's name or the path of a rustc, for captures; "": the one that Cargo uses in the folder. */
  readonly toolchain: string;
  /** "auto" (the producing toolchain's own), "system" or a path. */
  readonly libLLVM: string;
  /** Modules processed in parallel; 0: all cores. */
  readonly threads: number;
  readonly store: {
    /** ""; the default place (LTO_INSPECTOR_STORE, XDG_CACHE_HOME, ~/.cache). Other windows with the same place share it. */
    readonly path: string;
    /** Gigabytes (10⁹ bytes) above which the oldest stages, runs and earlier captures are removed after a run; 0: never. */
    readonly quota: number;
  };
  /** Cargo's profile for captures. */
  readonly profile: string;
  /** Whether the client shows the decisions of builds that were captured elsewhere. */
  readonly followBuilds: boolean;
  /** What stage documents are opened with; the client puts them into the URIs. */
  readonly filters: DocumentFilters;
}

export const DEFAULT_SETTINGS: Settings = {
  toolchain: "",
  libLLVM: "auto",
  threads: 0,
  store: { path: "", quota: 10 },
  profile: "release",
  followBuilds: true,
  filters: { hideDebugInfo: true, hideAttributes: false, demangle: true, stableNumbering: true },
};

/** What the client gives the server in `initialize`. */
export interface InitializationOptions {
  /** Whether the user trusts the workspace. Anything but true: the server answers no request, and so starts nothing. */
  readonly trusted: boolean;
  /** So that the server need not wait for `workspace/configuration`. */
  readonly settings?: Partial<Settings>;
}
