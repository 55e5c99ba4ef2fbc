/** The locations of captures in the store. */
import os from "node:os";
import path from "node:path";

/** The store's root: `$LTO_INSPECTOR_STORE`, else `$XDG_CACHE_HOME/lto-inspector`, else `~/.cache/lto-inspector`. */
export function storeRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["LTO_INSPECTOR_STORE"];
  if (own !== undefined && own !== "") return path.resolve(own);
  const cache = environment["XDG_CACHE_HOME"];
  return path.join(cache !== undefined && cache !== "" ? cache : path.join(os.homedir(), ".cache"), "lto-inspector");
}

/** `captures/`: one folder per unit, in it one per capture. */
export function capturesFolder(store: string): string {
  return path.join(store, "captures");
}

/** `targets/<hash>/`: Cargo's target directory of a workspace's captures, and related files. */
export function targetFolder(store: string, hash: string): string {
  return path.join(store, "targets", hash);
}
