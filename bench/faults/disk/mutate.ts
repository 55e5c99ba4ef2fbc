/** The ways to damage or forge one of the product's own files: its values, its text, or the file itself. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { MUTATIONS } from "../mutations.js";
import type { Random } from "../random.js";

export type FileKind = "json" | "gzipped json" | "text";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A path outside the store, and other strings that no reader should follow or print. */
const STRINGS = [
  ...["", "x", "../../../../../../etc/passwd", "/dev/zero", "/", ".", "\u0000", "a\u0000b", "\u001b[31mred\u001b]0;t\u0007\n", "\u202e"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "-1",
    "1e999",
    "x".repeat(100_000),
    "%2e%2e%2f",
    "\ud800",
    "true",
    "null",
    "2026-99-99T99:99:99Z",
  ],
];

const NUMBERS = [0, -0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, 99, 1e21];

export function hostileValue(random: Random): Json {
  switch (random.below(8)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 0;
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return random.pick(STRINGS);
    case 5:
      return random.pick<Json>([[], [[]], [null], [{}], [0, "x"], nested(200)]);
    default:
      return random.pick<Json>([{}, { x: 1 }, { length: -1 }, { length: 4e9, 0: "x" }, JSON.parse('{"__proto__":{"x":1}}') as Json]);
  }
}

function nested(depth: number): Json {
  let value: Json = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** The place of a change: a container and one of its keys. */
interface Place {
  readonly parent: Json[] | Record<string, Json>;
  readonly key: string;
}

/** Descends randomly from the top, so that values near the top are chosen as often as those in long lists. */
function somePlace(value: Json[] | Record<string, Json>, random: Random): Place | undefined {
  const keys = Object.keys(value);
  if (keys.length === 0) return undefined;
  const key = random.pick(keys);
  const child = at(value, key);
  const deeper = typeof child === "object" && child !== null && random.below(4) > 0 ? somePlace(child, random) : undefined;
  return deeper ?? { parent: value, key };
}

function at(parent: Json[] | Record<string, Json>, key: string): Json {
  return (Array.isArray(parent) ? parent[Number(key)] : parent[key]) ?? null;
}

function set({ parent, key }: Place, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

/** Changes one or a few values of a document. @returns the document, or its replacement */
export function changeValues(document: Json, random: Random): Json {
  if (typeof document !== "object" || document === null || random.below(30) === 0) return hostileValue(random);
  const times = random.below(4) === 0 ? 2 + random.below(6) : 1;
  for (let done = 0; done < times; done += 1) {
    const place = somePlace(document, random);
    if (place !== undefined) changeOne(document, place, random);
  }
  return document;
}

function changeOne(document: Json[] | Record<string, Json>, place: Place, random: Random): void {
  const value = at(place.parent, place.key);
  switch (random.below(7)) {
    case 0:
      remove(place);
      return;
    case 1:
      if (Array.isArray(value)) set(place, random.below(2) === 0 ? [] : [...value, ...value.slice(0, 50)]);
      else set(place, [value]);
      return;
    case 2: {
      const other = somePlace(document, random);
      if (other !== undefined) set(place, structuredClone(at(other.parent, other.key)));
      return;
    }
    case 3:
      if (Array.isArray(place.parent)) place.parent.push(hostileValue(random));
      else place.parent[random.pick(STRINGS)] = hostileValue(random);
      return;
    default:
      set(place, hostileValue(random));
  }
}

const WHOLE_TEXTS = [
  "",
  " ",
  "null",
  "[]",
  "{}",
  "0",
  '"x"',
  "true",
  "[".repeat(200_000),
  '{"a":'.repeat(50_000),
  "\u0000".repeat(65_536),
  "NaN",
];

function damageText(bytes: Buffer, random: Random): Buffer {
  switch (random.below(6)) {
    case 0:
      return Buffer.from(random.pick(WHOLE_TEXTS));
    case 1:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 2:
      return Buffer.concat([bytes, bytes.subarray(0, random.below(bytes.length))]);
    default:
      return bytes.length < 8 ? Buffer.from(random.pick(WHOLE_TEXTS)) : random.pick(MUTATIONS).apply(bytes, random, [bytes]);
  }
}

/** Replacements of the file that a program must not open, or not read completely. */
const ODD_FILES: readonly ((file: string) => void)[] = [
  (file) => void spawnSync("mkfifo", [file]),
  (file) => {
    fs.mkdirSync(file);
  },
  (file) => {
    fs.symlinkSync("/dev/zero", file);
  },
  (file) => {
    fs.symlinkSync(path.basename(file), file);
  },
  (file) => {
    fs.symlinkSync("/nowhere/at/all", file);
  },
  (file) => {
    fs.closeSync(fs.openSync(file, "w"));
    fs.truncateSync(file, 50e9);
  },
];

/** One in so many cases replaces the regular file. */
const CASES_PER_ODD_FILE = 25;

/** Replaces `file` by a mutation of `pristine`. @returns the mutation's kind, for reports */
export function mutate(file: string, pristine: Buffer, kind: FileKind, random: Random): string {
  fs.rmSync(file, { recursive: true, force: true });
  if (random.below(CASES_PER_ODD_FILE) === 0) {
    random.pick(ODD_FILES)(file);
    return "not a regular file, or 50 GB";
  }
  const inner = kind === "gzipped json" && random.below(4) > 0;
  const content = inner ? gunzipSync(pristine) : pristine;
  const values = kind === "json" || inner ? random.below(3) > 0 : false;
  const changed = values
    ? Buffer.from(JSON.stringify(changeValues(JSON.parse(content.toString("utf8")) as Json, random)))
    : damageText(content, random);
  fs.writeFileSync(file, inner ? gzipSync(changed, { level: 1 }) : changed);
  return values ? "values" : "bytes";
}

/** Restores the file. */
export function restore(file: string, pristine: Buffer): void {
  fs.rmSync(file, { recursive: true, force: true });
  fs.writeFileSync(file, pristine);
}
