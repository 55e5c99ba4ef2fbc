/** This user's folder on this machine, whose files are locked if a store's file system has no locks. */
import { lstat } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { LtoError } from "./errors.js";
import { makePrivateFolder } from "./folders.js";

let known: Promise<string> | undefined;

/** @throws UnreadableFile if another user has a folder of that name */
export function standInFolder(): Promise<string> {
  known ??= ensure();
  return known;
}

async function ensure(): Promise<string> {
  const { uid } = userInfo();
  // Not XDG_RUNTIME_DIR, which differs between a login and a service of the same user, so that they would not see each other's locks.
  const folder = join(tmpdir(), `lto-inspector-locks-${uid}`);
  await makePrivateFolder(folder);
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === uid) return folder;
  throw new LtoError({
    name: "UnreadableFile",
    message: `${folder} belongs to another user, and the store's file system has no locks.`,
    file: folder,
    help: "Point LTO_INSPECTOR_STORE to a folder on a local file system.",
  });
}
