/** The store's root belongs to its user alone: captures hold sources' names, command lines and bitcode. */
import { chmod, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { makePrivateFolder } from "./folders.js";

const PRIVATE = 0o700;

/** Makes the store's root, readable for its user alone. @throws the system's error where it cannot be made */
export async function makeStoreRoot(root: string): Promise<void> {
  await makePrivateFolder(root);
  await closeStoreRoot(root);
}

/** Takes a root that others may look into from them, where it is this user's. Some file systems know no modes; somebody else's store stays as it is. */
export async function closeStoreRoot(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) === 0) return;
  await chmod(root, PRIVATE).catch(() => undefined);
}
