/** The ways to damage a file. */
import type { Random } from "./random.js";

export interface Mutation {
  readonly name: string;
  /** @param others other files of the same kind, for splices */
  readonly apply: (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;
}

/** Sizes and counts that readers may mishandle. */
const HUGE = [0xffffffff, 0x7fffffff, 0x80000000, 0x00ffffff, 0x10000];

function flipped(bytes: Buffer, random: Random, count: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let index = 0; index < count; index += 1) {
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  }
  return copy;
}

export const MUTATIONS: readonly Mutation[] = [
  { name: "one bit", apply: (bytes, random) => flipped(bytes, random, 1) },
  { name: "some bits", apply: (bytes, random) => flipped(bytes, random, 2 + random.below(14)) },
  { name: "many bits", apply: (bytes, random) => flipped(bytes, random, 64 + random.below(192)) },
  {
    name: "one bit of the head",
    apply: (bytes, random) => Buffer.concat([flipped(bytes.subarray(0, 512), random, 1), bytes.subarray(512)]),
  },
  { name: "cut short", apply: (bytes, random) => bytes.subarray(0, random.below(bytes.length)) },
  {
    name: "a piece left out",
    apply: (bytes, random) => {
      const from = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(bytes.length - from))]);
    },
  },
  {
    name: "spliced",
    apply: (bytes, random, others) => {
      const other = random.pick(others);
      return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]);
    },
  },
  {
    name: "huge count",
    apply: (bytes, random) => {
      const copy = Buffer.from(bytes);
      const at = random.below(Math.floor((copy.length - 4) / 4)) * 4;
      if (copy.length >= 8) copy.writeUInt32LE(random.pick(HUGE), at);
      return copy;
    },
  },
  {
    name: "overwritten",
    apply: (bytes, random) => {
      const copy = Buffer.from(bytes);
      const from = random.below(copy.length);
      copy.fill(random.pick([0, 0xff, 0x20]), from, Math.min(copy.length, from + 1 + random.below(256)));
      return copy;
    },
  },
  {
    name: "repeated",
    apply: (bytes, random) => {
      const from = random.below(bytes.length);
      const piece = bytes.subarray(from, from + 1 + random.below(4096));
      return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from)]);
    },
  },
];
