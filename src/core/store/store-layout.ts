/** Where the store is, and where in it everything is. */
import { join, relative, sep } from "node:path";
import { capturesFolder, storeRoot } from "./store-paths.js";

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

/** The file that a blob is in. */
export function blobFile({ blobs }: StoreLayout, blob: string): string {
  return join(blobs, blob.slice(0, 2), `${blob.slice(2)}.bc`);
}

/** The blob that a file is; undefined: it is none of the store's. */
export function blobOf({ blobs }: StoreLayout, file: string): string | undefined {
  const [, first, rest] = /^([0-9a-f]{2})\/([0-9a-f]{62})\.bc$/.exec(relative(blobs, file).split(sep).join("/")) ?? [];
  return first === undefined || rest === undefined ? undefined : first + rest;
}

/** The key of the record that a file is; undefined: it is none of the store's. */
export function recordKeyOf({ stages }: StoreLayout, file: string): string | undefined {
  const [, first, key] = /^([0-9a-f]{2})\/([0-9a-f]{64})\.json$/.exec(relative(stages, file).split(sep).join("/")) ?? [];
  return key === undefined || first !== key.slice(0, 2) ? undefined : key;
}
