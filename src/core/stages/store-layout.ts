/** Where the store stands and what lies where in it. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export interface StoreLayout {
  readonly root: string;
  /** `<2 hex>/<62 hex>.bc`, BLAKE3-256 of the content; written by the engine. */
  readonly blobs: string;
  /** `<2 hex>/<digest>.json`: what a module of an (engine, settings, key) has produced. */
  readonly stages: string;
  /** `<unit id>/<n>/manifest.json` and what belongs to it. */
  readonly captures: string;
  /** Cargo target folders of captures. */
  readonly targets: string;
  /** `<run id>/manifest.json`. */
  readonly runs: string;
  /** What verifications found. */
  readonly verified: string;
}

/** The store's root: LTO_INSPECTOR_STORE, else `lto-inspector` in XDG_CACHE_HOME, else in ~/.cache. */
export function storeRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["LTO_INSPECTOR_STORE"];
  if (own !== undefined && own !== "") return resolve(own);
  const cache = environment["XDG_CACHE_HOME"];
  return join(cache !== undefined && cache !== "" ? resolve(cache) : join(homedir(), ".cache"), "lto-inspector");
}

export function storeLayout(root: string = storeRoot()): StoreLayout {
  const folder = (name: string): string => join(root, name);
  return {
    root,
    blobs: folder("blobs"),
    stages: folder("stages"),
    captures: folder("captures"),
    targets: folder("targets"),
    runs: folder("runs"),
    verified: folder("verified"),
  };
}
