/** Reads the members of GNU and BSD archives, without the library that wrote them. */
import { createHash } from "node:crypto";
import { LtoError } from "./errors.js";
import { LIMITS, openRegularFile, rangeIncludes } from "./read-file.js";

const MAGIC = "!<arch>\n";
const HEADER = 60;

/** The longest member name in a BSD archive, in bytes. */
const LONGEST_NAME = 64 * 1024;

const CHUNK = 1 << 20;

/** A member of an archive. */
export interface Member {
  readonly name: string;
  /** Where its content begins, in bytes. */
  readonly position: number;
  readonly length: number;
}

type Read = (position: number, length: number) => Promise<Buffer>;

/** The contents of an open archive. */
export interface ArchiveContent {
  readonly read: Read;
  /** SHA-256 of a member's bytes. */
  readonly digest: (member: Member) => Promise<string>;
  readonly includes: (position: number, length: number, words: readonly string[], signal?: AbortSignal) => Promise<boolean>;
}

/**
 * Opens an archive for as long as a function uses it. The members are in their order, without symbol tables.
 *
 * @throws CorruptArchive, UnreadableFile
 */
export async function withMembers<T>(file: string, use: (members: readonly Member[], content: ArchiveContent) => Promise<T>): Promise<T> {
  const { handle, size } = await openRegularFile(file, LIMITS.bitcode);
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    if ((await read(0, MAGIC.length)).toString("latin1") !== MAGIC) throw corrupt(file, "it does not begin with the header of an archive");
    return await use(await readMembers(file, size, read), {
      read,
      digest: async ({ position, length }) => {
        const hash = createHash("sha256");
        for (let at = 0; at < length; at += CHUNK) hash.update(await read(position + at, Math.min(CHUNK, length - at)));
        return hash.digest("hex");
      },
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
