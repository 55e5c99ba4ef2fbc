/**
 * Identifies a libLLVM by reading its file: loading a library runs its initialisers, so a wrong one must be rejected before. This distinguishes
 * wrong libraries from right ones, not hostile ones from good ones: only libraries at trusted paths get this far (see docs/security.md).
 */
import type { FileHandle } from "node:fs/promises";
import { LtoError, messageOf, systemCode } from "../base/errors.js";
import { stampFrom } from "../base/file-digest.js";
import { openRegularFile } from "../base/read-file.js";
import { LLVM_SERIES, type LlvmSeries } from "../machine/llvm-series.js";
import { NotElf, readElf } from "./elf.js";

/** The largest libLLVM seen, with debug info, is 1.6 GB. */
const MOST_BYTES = 8e9;

/** "19.1 to 23.1" */
const KNOWN = [LLVM_SERIES[0], LLVM_SERIES.at(-1)].map((series) => series?.name).join(" to ");

const CHUNK_BYTES = 1 << 20;
/** "LLVM22.1.2-rust-1.95.0-stable" */
const PRODUCER = /^LLVM(\d+\.\d+\.\d+[\w.+~-]*)\0/;
const LONGEST_PRODUCER = 256;

export interface LibraryIdentity {
  /** "libLLVM.so.22.1-rust-1.95.0-stable" */
  readonly soname: string;
  /** As LLVM writes it into bitcode: "22.1.2-rust-1.95.0-stable", "22.1.8". */
  readonly version: string;
  readonly series: LlvmSeries;
}

const known = new Map<string, LibraryIdentity>();

/**
 * Reads which libLLVM a file is.
 *
 * @throws LtoError NoLibLlvm for anything but a libLLVM for this machine and of a series in the table
 */
export async function identifyLibrary(file: string): Promise<LibraryIdentity> {
  try {
    const { handle, size } = await openRegularFile(file, MOST_BYTES);
    try {
      const { text: stamp } = stampFrom(await handle.stat({ bigint: true }));
      const identity = known.get(stamp) ?? (await read(handle, size));
      known.set(stamp, identity);
      return identity;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof NotElf) throw notLibrary(file, error.message);
    if (error instanceof LtoError) throw notLibrary(file, `cannot be used: ${error.report.message.replace(/\.$/, "")}`);
    if (systemCode(error) !== undefined) throw notLibrary(file, `cannot be read: ${messageOf(error)}`);
    throw error;
  }
}

async function read(handle: FileHandle, size: number): Promise<LibraryIdentity> {
  const { soname, versions } = await readElf(handle);
  if (soname?.startsWith("libLLVM") !== true) throw new NotElf(`is not a libLLVM, but ${soname ?? "a library without a name"}`);
  const series = LLVM_SERIES.find(({ symbolVersion }) => versions.includes(symbolVersion));
  if (series === undefined) {
    const other = versions.find((name) => name.startsWith("LLVM_"))?.replace("LLVM_", "LLVM ");
    throw new NotElf(`is ${other ?? `a libLLVM without a version (${soname})`}; LTO Inspector supports LLVM ${KNOWN}`);
  }
  const version = await producerIn(handle, size, series);
  if (version?.startsWith(`${series.name}.`) === true) return { soname, version, series };
  throw new NotElf(
    version === undefined
      ? "does not say which LLVM it is"
      : `writes bitcode as LLVM ${version}, but its symbols have the version ${series.symbolVersion}`,
  );
}

/**
 * The producer string that it writes into bitcode. Searches for other LLVM versions only if there is none of the series, because many symbols
 * contain "LLVM".
 */
async function producerIn(handle: FileHandle, size: number, { name }: LlvmSeries): Promise<string | undefined> {
  return (await find(handle, size, `LLVM${name}.`)) ?? (await find(handle, size, "LLVM"));
}

async function find(handle: FileHandle, size: number, beginning: string): Promise<string | undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let offset = 0; offset < size; offset += CHUNK_BYTES - LONGEST_PRODUCER) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, offset);
    const chunk = buffer.subarray(0, bytesRead);
    for (let at = chunk.indexOf(beginning); at >= 0; at = chunk.indexOf(beginning, at + beginning.length)) {
      const found = PRODUCER.exec(chunk.toString("latin1", at, at + LONGEST_PRODUCER));
      if (found !== null) return found[1];
    }
    if (bytesRead < CHUNK_BYTES) break;
  }
  return undefined;
}

function notLibrary(file: string, predicate: string): LtoError {
  return new LtoError({
    name: "NoLibLlvm",
    message: `${file} ${predicate}.`,
    file,
    help: `Name a libLLVM.so of LLVM ${KNOWN}, or \`auto\` or \`system\`; \`lto-inspector doctor\` lists the installed ones.`,
  });
}
