/**
 * Reads what rustc's self-profiler wrote (`-Z self-profile`): a file of measureme, format 9.
 *
 * The file is a sequence of pages of three streams: events, the bytes of strings, and where in these each string begins.
 */
import fs from "node:fs/promises";
import { BenchFailure } from "../lib/failure.js";

/** An activity on one thread. */
export interface ProfiledActivity {
  readonly name: string;
  readonly thread: number;
  /** Seconds since the profiler started. */
  readonly start: number;
  readonly end: number;
}

const FORMAT = 9;
const HEADER_BYTES = 8;
const EVENT_BYTES = 32;
const INDEX_BYTES = 16;
const STREAMS = { events: 0, strings: 1, index: 2 } as const;
/** Separates an activity's name from its arguments. */
const BEFORE_ARGUMENTS = "\x1e";
/** Events without a duration have this end or a later one. */
const NO_DURATION = 2 ** 48 - 2;
/** Strings from this id on are in no index: what the id exceeds this by is where they begin. */
const FIRST_BY_PLACE = 100_000_003n;
const END_OF_STRING = 0xff;
/** Precedes a reference to another string (eight bytes); no byte of UTF-8. */
const REFERENCE = 0xfe;

/** The activities of one process, queries included. @throws BenchFailure for another format */
export async function readSelfProfile(file: string): Promise<ProfiledActivity[]> {
  const content = await fs.readFile(file);
  const format = content.readUInt32LE(4);
  if (content.toString("latin1", 0, 4) !== "MMPD" || format !== FORMAT) {
    throw new BenchFailure(`${file} has format ${format} of rustc's self-profiler, not ${FORMAT}.`, "Use another toolchain.");
  }
  const pages = pagesOf(content);
  const nameOf = stringTable(stream(pages, STREAMS.strings), stream(pages, STREAMS.index));
  const events = stream(pages, STREAMS.events);
  const activities: ProfiledActivity[] = [];
  for (let at = HEADER_BYTES; at + EVENT_BYTES <= events.length; at += EVENT_BYTES) {
    const upper = events.readUInt32LE(at + 28);
    const start = events.readUInt32LE(at + 20) + (upper >>> 16) * 2 ** 32;
    const end = events.readUInt32LE(at + 24) + (upper & 0xffff) * 2 ** 32;
    if (end >= NO_DURATION) continue;
    const [name = ""] = nameOf(events.readBigUInt64LE(at + 8)).split(BEFORE_ARGUMENTS);
    activities.push({ name, thread: events.readUInt32LE(at + 16), start: start / 1e9, end: end / 1e9 });
  }
  return activities;
}

interface Page {
  readonly tag: number;
  readonly bytes: Buffer;
}

function pagesOf(content: Buffer): Page[] {
  const pages: Page[] = [];
  let at = HEADER_BYTES;
  while (at < content.length) {
    const length = content.readUInt32LE(at + 1);
    pages.push({ tag: content.readUInt8(at), bytes: content.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return pages;
}

function stream(pages: readonly Page[], wanted: number): Buffer {
  return Buffer.concat(pages.filter(({ tag }) => tag === wanted).map(({ bytes }) => bytes));
}

function stringTable(data: Buffer, index: Buffer): (id: bigint) => string {
  const places = new Map<bigint, number>();
  for (let at = HEADER_BYTES; at + INDEX_BYTES <= index.length; at += INDEX_BYTES) {
    places.set(index.readBigUInt64LE(at), Number(index.readBigUInt64LE(at + 8)));
  }
  const read = (id: bigint): string => {
    let at = id >= FIRST_BY_PLACE ? Number(id - FIRST_BY_PLACE) : places.get(id);
    if (at === undefined) return "";
    let text = "";
    while (at < data.length && data[at] !== END_OF_STRING) {
      if (data[at] === REFERENCE) {
        text += read(data.readBigUInt64LE(at + 1));
        at += 9;
        continue;
      }
      const begin = at;
      while (at < data.length && data[at] !== END_OF_STRING && data[at] !== REFERENCE) at += 1;
      text += data.toString("utf8", begin, at);
    }
    return text;
  };
  return read;
}
