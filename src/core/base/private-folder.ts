/** Only its user may read the store's root, because captures contain sources, command lines and bitcode. */
import { chmod, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { makePrivateFolder } from "./folders.js";

const PRIVATE = 0o700;

/** Creates the store's root, readable only by its user. @throws the system's error if it cannot be created */
export async function makeStoreRoot(root: string): Promise<void> {
  await makePrivateFolder(root);
  await closeStoreRoot(root);
}

/** Revokes other users' access to a root of this user. Ignores file systems without modes, and does not change another user's store. */
export async function closeStoreRoot(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) === 0) return;
  await chmod(root, PRIVATE).catch(() => undefined);
}
