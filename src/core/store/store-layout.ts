/** The location of the store, and its layout. */
import { join, relative, sep } from "node:path";
import { capturesFolder, storeRoot } from "./store-paths.js";

export { storeRoot };

export interface StoreLayout {
  readonly root: string;
  /** `<2 hex>/<62 hex>.bc`, BLAKE3-256 of the content; written by the engine. */
  readonly blobs: string;
  /** `<2 hex>/<digest>.json`: the stages of a module for an (engine, settings, key). */
  readonly stages: string;
  /** `<unit id>/<n>/manifest.json` and its files. */
  readonly captures: string;
  /** Cargo target folders of captures. */
  readonly targets: string;
  /** `<run id>/manifest.json`. */
  readonly runs: string;
  /** Results of verifications. */
  readonly verified: string;
  /** `<unit id>@<n>/<digest>/`: the linked output of a capture with other settings, and what was measured of it. */
  readonly advice: string;
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
    advice: folder("advice"),
  };
}

/** The file of a blob. */
export function blobFile({ blobs }: StoreLayout, blob: string): string {
  return join(blobs, blob.slice(0, 2), `${blob.slice(2)}.bc`);
}

/** The blob in a file; undefined: not a blob of this store. */
export function blobOf({ blobs }: StoreLayout, file: string): string | undefined {
  const [, first, rest] = /^([0-9a-f]{2})\/([0-9a-f]{62})\.bc$/.exec(relative(blobs, file).split(sep).join("/")) ?? [];
  return first === undefined || rest === undefined ? undefined : first + rest;
}

/** The key of the record in a file; undefined: not a record of this store. */
export function recordKeyOf({ stages }: StoreLayout, file: string): string | undefined {
  const [, first, key] = /^([0-9a-f]{2})\/([0-9a-f]{64})\.json$/.exec(relative(stages, file).split(sep).join("/")) ?? [];
  return key === undefined || first !== key.slice(0, 2) ? undefined : key;
}
