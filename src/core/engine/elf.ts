/**
 * Reads the identity of a shared library from its file without loading it. Reads only what the loader itself reads, and no string longer than a
 * path, because the file is not trusted. (There is no maintained npm package that reads version definitions.)
 *
 * Source: the System V ABI's chapter on dynamic linking, and `Elf64_Verdef` of the Linux Standard Base.
 */
import type { FileHandle } from "node:fs/promises";

/** ELF's numbers for the machines that Node runs on. */
const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183, riscv64: 243, loong64: 258 };

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const VERDEF_BYTES = 20;
/** Real libraries have about 10 segments, 40 dynamic entries and 2 version definitions. */
const MOST_SEGMENTS = 256;
const MOST_DYNAMIC_BYTES = 16 * 4096;
const MOST_VERSIONS = 256;
const LONGEST_STRING = 4096;

const ET_DYN = 3;
const PT = { load: 1, dynamic: 2 } as const;
const DT = { null: 0n, needed: 1n, stringTable: 5n, soname: 14n, rpath: 15n, runpath: 29n, verdef: 0x6ffffffcn, verdefCount: 0x6ffffffdn };

/** A shared library, or a position-independent program. */
export interface ElfFile {
  readonly soname: string | null;
  readonly needed: readonly string[];
  /** Folders in which the loader searches for dependencies, with `$ORIGIN` unresolved. */
  readonly runpath: readonly string[];
  /** Names of the version definitions, the library's own name first. */
  readonly versions: readonly string[];
}

/** The reason why a file is not a shared library of this machine; the message is a predicate: "is not …". */
export class NotElf extends Error {
  override readonly name = "NotElf";
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/** Reads a library of this machine. @throws NotElf; the system's error if it cannot be read */
export async function readElf(handle: FileHandle): Promise<ElfFile> {
  const segments = await readSegments(handle);
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  if (dynamic === undefined) throw new NotElf("is linked statically");
  const entries = await readDynamic(handle, dynamic);
  const offsetOf = (address: bigint): number => fileOffset(segments, address);
  const strings = offsetOf(one(entries, DT.stringTable) ?? fail("has no table of names"));
  const named = (index: bigint): Promise<string> => readString(handle, strings + size(index));
  const all = (tag: bigint): Promise<string[]> =>
    Promise.all(entries.filter((entry) => entry.tag === tag).map(({ value }) => named(value)));
  const [soname] = await all(DT.soname);
  const verdef = one(entries, DT.verdef);
  const runpath = [...(await all(DT.runpath)), ...(await all(DT.rpath))];
  return {
    soname: soname ?? null,
    needed: await all(DT.needed),
    runpath: runpath.flatMap((folders) => folders.split(":")),
    versions: verdef === undefined ? [] : await readVersions(handle, offsetOf(verdef), size(one(entries, DT.verdefCount) ?? 0n), named),
  };
}

async function readSegments(handle: FileHandle): Promise<Segment[]> {
  const header = await readBytes(handle, 0, HEADER_BYTES);
  if (header.readUInt32BE(0) !== 0x7f454c46) throw new NotElf("is not a shared library (ELF)");
  // 64 bits, little-endian.
  if (header[4] !== 2 || header[5] !== 1 || header.readUInt16LE(18) !== MACHINES[process.arch]) {
    throw new NotElf(`is a library for another machine than this one (${process.arch})`);
  }
  if (header.readUInt16LE(16) !== ET_DYN) throw new NotElf("is not a shared library");
  const [start, each, count] = [size(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)];
  if (each !== PROGRAM_HEADER_BYTES || count > MOST_SEGMENTS) throw new NotElf("has a damaged program header");
  const table = await readBytes(handle, start, each * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * each;
    return {
      type: table.readUInt32LE(at),
      offset: size(table.readBigUInt64LE(at + 8)),
      address: size(table.readBigUInt64LE(at + 16)),
      bytes: size(table.readBigUInt64LE(at + 32)),
    };
  });
}

interface DynamicEntry {
  readonly tag: bigint;
  readonly value: bigint;
}

async function readDynamic(handle: FileHandle, { offset, bytes }: Segment): Promise<DynamicEntry[]> {
  if (bytes > MOST_DYNAMIC_BYTES) throw new NotElf("has a damaged dynamic section");
  const table = await readBytes(handle, offset, bytes - (bytes % 16));
  const entries: DynamicEntry[] = [];
  for (let at = 0; at < table.length; at += 16) {
    const tag = table.readBigUInt64LE(at);
    if (tag === DT.null) break;
    entries.push({ tag, value: table.readBigUInt64LE(at + 8) });
  }
  return entries;
}

async function readVersions(
  handle: FileHandle,
  start: number,
  count: number,
  named: (index: bigint) => Promise<string>,
): Promise<string[]> {
  const names: string[] = [];
  let at = start;
  for (let index = 0; index < Math.min(count, MOST_VERSIONS); index += 1) {
    const definition = await readBytes(handle, at, VERDEF_BYTES);
    const name = await readBytes(handle, at + definition.readUInt32LE(12), 8);
    names.push(await named(BigInt(name.readUInt32LE(0))));
    const next = definition.readUInt32LE(16);
    if (next === 0) break;
    at += next;
  }
  return names;
}

function fileOffset(segments: readonly Segment[], address: bigint): number {
  const wanted = size(address);
  const segment = segments.find(({ type, address: start, bytes }) => type === PT.load && wanted >= start && wanted < start + bytes);
  return segment === undefined ? fail("has a dynamic section that points outside the file") : wanted - segment.address + segment.offset;
}

function one(entries: readonly DynamicEntry[], tag: bigint): bigint | undefined {
  return entries.find((entry) => entry.tag === tag)?.value;
}

/** Converts a number from the file to an offset. */
function size(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? fail("is damaged: an offset is beyond any file's end") : Number(value);
}

async function readString(handle: FileHandle, offset: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_STRING), 0, LONGEST_STRING, offset);
  const end = buffer.subarray(0, bytesRead).indexOf(0);
  return end < 0 ? fail("is damaged: a name has no end") : buffer.toString("utf8", 0, end);
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return bytesRead === length ? buffer : fail("is not a shared library, or is truncated");
}

function fail(predicate: string): never {
  throw new NotElf(predicate);
}
