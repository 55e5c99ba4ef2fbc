/** Names of an archive's members, without reading their contents. */
import fs from "node:fs/promises";
import { LtoError } from "../errors.js";

const MAGIC = "!<arch>\n";
const HEADER = 60;

/**
 * The members' names of a GNU or BSD archive, in order, symbol tables left out.
 *
 * @throws CorruptArchive
 */
export async function memberNames(file: string): Promise<string[]> {
  const handle = await fs.open(file, "r");
  try {
    const { size } = await handle.stat();
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    if ((await read(0, MAGIC.length)).toString("latin1") !== MAGIC) throw corrupt(file, "it does not begin as an archive does");
    return await readMembers(file, size, read);
  } finally {
    await handle.close();
  }
}

async function readMembers(file: string, size: number, read: (position: number, length: number) => Promise<Buffer>): Promise<string[]> {
  const names: string[] = [];
  let longNames = "";
  let position = MAGIC.length;
  while (position + HEADER <= size) {
    const header = (await read(position, HEADER)).toString("latin1");
    const length = Number(header.slice(48, 58).trim());
    if (!header.endsWith("`\n") || !Number.isInteger(length) || length < 0) throw corrupt(file, `the member header at byte ${position} is damaged`);
    if (position + HEADER + length > size) throw corrupt(file, `the member at byte ${position} is cut short`);
    const raw = header.slice(0, 16).trimEnd();
    const content = position + HEADER;
    if (raw === "//") longNames = (await read(content, length)).toString("utf8");
    else if (raw.startsWith("#1/")) names.push((await read(content, Number(raw.slice(3)))).toString("utf8").replace(/\0+$/, ""));
    else if (raw !== "/" && raw !== "/SYM64/") names.push(memberName(raw, longNames));
    position = content + length + (length % 2);
  }
  return names.filter((name) => !name.startsWith("__.SYMDEF"));
}

/** "/123" is an offset into the table of long names, whose entries end in "/\n"; "name/" is the name itself. */
function memberName(raw: string, longNames: string): string {
  const [, offset] = /^\/(\d+)$/.exec(raw) ?? [];
  if (offset === undefined) return raw.replace(/\/$/, "");
  const rest = longNames.slice(Number(offset));
  const end = rest.indexOf("\n");
  return (end === -1 ? rest : rest.slice(0, end)).replace(/\/$/, "");
}

function corrupt(file: string, why: string): LtoError {
  return new LtoError({
    name: "CorruptArchive",
    message: `${file} cannot be read as an archive: ${why}.`,
    file,
    mend: "Build the archive again: remove the file and run `cargo build`.",
  });
}
