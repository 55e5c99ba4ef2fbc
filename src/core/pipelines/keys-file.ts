/** rustc's key maps as text: `name KEY` per line (`ThinLTOKeysMap::save_to_file`, rustc 1.9x). */
import { LtoError, messageOf } from "../base/errors.js";
import { readTextFile } from "../base/read-file.js";

/** Characters of a malformed line that an error shows. */
const LONGEST_SHOWN = 80;

/** @throws LtoError UnreadableFile for a file that cannot be read or has a malformed line (named) */
export async function readKeysFile(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readTextFile(file);
  } catch (error) {
    if (error instanceof LtoError) throw error;
    throw unreadable(file, messageOf(error));
  }
  return parseKeys(text, file);
}

export function parseKeys(text: string, file: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const space = line.lastIndexOf(" ");
    const key = line.slice(space + 1);
    if (space <= 0 || !/^[0-9A-Fa-f]{40}$/.test(key)) {
      throw unreadable(file, `line ${index + 1} is not "name KEY": ${line.slice(0, LONGEST_SHOWN)}`);
    }
    keys.set(line.slice(0, space), key);
  }
  return keys;
}

function unreadable(file: string, why: string): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `The keys in ${file} cannot be read: ${why}`,
    file,
    help: "Capture the unit again.",
  });
}
