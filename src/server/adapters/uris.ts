/** URIs of the client's files as paths, and back. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { LtoError, messageOf } from "../../core/base/errors.js";

/** @throws LtoError Usage for anything that is not a file on this machine */
export function pathOf(uri: string): string {
  try {
    const path = fileURLToPath(uri);
    if (path.includes("\0")) throw new TypeError("it has a NUL character");
    return path;
  } catch (error) {
    throw new LtoError(
      {
        name: "Usage",
        message: `${uri} is not a file or folder on the machine that LTO Inspector runs on: ${messageOf(error)}.`,
        file: uri,
        help: "Choose a file or folder on disk.",
      },
      { cause: error },
    );
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}
