/** The folder of this user on this machine whose files stand in for locks that a store's file system does not have. */
import { lstat } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { LtoError } from "./errors.js";
import { makePrivateFolder } from "./folders.js";

let known: Promise<string> | undefined;

/** @throws UnreadableFile when somebody else has a folder of that name */
export function standInFolder(): Promise<string> {
  known ??= ensure();
  return known;
}

async function ensure(): Promise<string> {
  const { uid } = userInfo();
  // Not XDG_RUNTIME_DIR: it differs between a login and a service of the same user, who then would not see one another's locks.
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
