/** Names of an archive's members, and which of them hold bitcode. */
import { LtoError } from "../../../base/errors.js";
import { LIMITS, openRegularFile, rangeIncludes } from "../../../base/read-file.js";

const MAGIC = "!<arch>\n";
const HEADER = 60;

/** The longest member name in a BSD archive, in bytes. */
const LONGEST_NAME = 64 * 1024;

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

interface Member {
  readonly name: string;
  /** Where its content begins, in bytes. */
  readonly position: number;
  readonly length: number;
}

type Read = (position: number, length: number) => Promise<Buffer>;

interface Content {
  readonly read: Read;
  readonly includes: (position: number, length: number, words: readonly string[], signal?: AbortSignal) => Promise<boolean>;
}

async function withMembers<T>(file: string, use: (members: readonly Member[], content: Content) => Promise<T>): Promise<T> {
  const { handle, size } = await openRegularFile(file, LIMITS.bitcode);
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    if ((await read(0, MAGIC.length)).toString("latin1") !== MAGIC) throw corrupt(file, "it does not begin with the header of an archive");
    return await use(await readMembers(file, size, read), {
      read,
      includes: (position, length, words, signal) => rangeIncludes(handle, position, length, words, signal),
    });
  } finally {
    await handle.close();
  }
}

async function readMembers(file: string, size: number, read: Read): Promise<Member[]> {
  const members: Member[] = [];
  let longNames: Buffer = Buffer.alloc(0);
  let position = MAGIC.length;
  while (position + HEADER <= size) {
    const bytes = await read(position, HEADER);
    const header = bytes.toString("latin1");
    const length = Number(header.slice(48, 58).trim());
    if (!header.endsWith("`\n") || !Number.isInteger(length) || length < 0) {
      throw corrupt(file, `the member header at byte ${position} is damaged`);
    }
    if (position + HEADER + length > size) throw corrupt(file, `the member at byte ${position} is truncated`);
    const raw = bytes.toString("utf8", 0, 16).trimEnd();
    const content = position + HEADER;
    if (raw === "//") {
      if (length > LIMITS.text) throw corrupt(file, `its table of names has ${length} bytes`);
      longNames = await read(content, length);
    } else if (raw.startsWith("#1/")) {
      const skip = Number(raw.slice(3));
      if (!(skip >= 0 && skip <= Math.min(length, LONGEST_NAME))) {
        throw corrupt(file, `the name of the member at byte ${position} is damaged`);
      }
      const name = (await read(content, skip)).toString("utf8").replace(/\0+$/, "");
      members.push({ name, position: content + skip, length: length - skip });
    } else if (raw !== "/" && raw !== "/SYM64/") members.push({ name: memberName(raw, longNames), position: content, length });
    position = content + length + (length % 2);
  }
  return members.filter(({ name }) => !name.startsWith("__.SYMDEF"));
}

/** "/123" is an offset in bytes into the table of long names, whose entries end in "/\n"; "name/" is the name itself. */
function memberName(raw: string, longNames: Buffer): string {
  const [, offset] = /^\/(\d+)$/.exec(raw) ?? [];
  if (offset === undefined) return raw.replace(/\/$/, "");
  const rest = longNames.subarray(Number(offset));
  const end = rest.indexOf("\n");
  return (end === -1 ? rest : rest.subarray(0, end)).toString("utf8").replace(/\/$/, "");
}

function corrupt(file: string, why: string): LtoError {
  return new LtoError({
    name: "CorruptArchive",
    message: `${file} cannot be read as an archive: ${why}.`,
    file,
    help: "Rebuild the archive: remove the file and run `cargo build`.",
  });
}
