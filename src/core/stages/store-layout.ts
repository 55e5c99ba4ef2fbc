/** Where the store stands and what lies where in it. */
import { join } from "node:path";
import { capturesFolder, storeRoot } from "../capture/store-paths.js";

export { storeRoot };

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

export function storeLayout(root: string = storeRoot()): StoreLayout {
  const folder = (name: string): string => join(root, name);
  return {
    root,
    blobs: folder("blobs"),
    stages: folder("stages"),
    captures: capturesFolder(root),
    targets: folder("targets"),
    runs: folder("runs"),
    verified: folder("verified"),
  };
}
