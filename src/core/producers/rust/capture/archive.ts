/** Names of an archive's members, and which of them hold bitcode. */
import { withMembers } from "../../../base/archive-members.js";

/**
 * The names of the members of a GNU or BSD archive, in order, without symbol tables.
 *
 * @throws CorruptArchive, UnreadableFile
 */
export async function memberNames(file: string): Promise<string[]> {
  return withMembers(file, (members) => Promise.resolve(members.map(({ name }) => name)));
}

/**
 * The number of members that are bitcode, or rustc objects with embedded bitcode.
 *
 * @throws CorruptArchive, UnreadableFile, Cancelled
 */
export async function bitcodeMembers(file: string, signal?: AbortSignal): Promise<number> {
  return withMembers(file, async (members, { read, includes }) => {
    let count = 0;
    for (const { name, position, length } of members) {
      if (!name.endsWith(".o")) continue;
      const magic = (await read(position, Math.min(4, length))).toString("hex");
      if (BITCODE.has(magic) || (await includes(position, length, SECTIONS, signal))) count += 1;
    }
    return count;
  });
}

/** The first bytes of raw (`BC 0xC0DE`) and wrapped bitcode. */
const BITCODE: ReadonlySet<string> = new Set(["4243c0de", "dec0170b"]);

/** The names of the bitcode sections, which an object contains as plain text. */
const SECTIONS = [".llvmbc", "__bitcode"];
