/**
 * How much memory an engine process may take. Damaged bitcode can make LLVM ask for memory without end (a count that is read from it, for instance): what it
 * takes for files of a size is known within bounds, so that is the limit; and never more than a share of what there is.
 */
import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { readTextFile } from "../base/read-file.js";
import { bytes as inWords } from "../../protocol/words.js";

/** The share of the memory that there is. */
const LARGEST_SHARE = 0.7;

/** Bytes for Node, libLLVM and the least that a run takes; measured: 0.2 GB at most. */
const BASE = 1e9;

/** Bytes for each byte of the files that the process was given; measured on real programs: 15 at most (docs/engine-process.md). */
const PER_INPUT_BYTE = 100;

/** Files of the system are short. */
const LONGEST_SYSTEM_FILE = 64 * 1024;

/** Larger numbers mean "no limit" in a control group. */
const NO_LIMIT = 2 ** 60;

export interface MemoryLimit {
  readonly bytes: number;
  /** Why it is that: "70 % of the memory of this machine". */
  readonly of: string;
}

/** What a process had taken when it was ended for it. */
export interface TakenMemory {
  readonly bytes: number;
  readonly limit: MemoryLimit;
}

/** Where the system tells about control groups; tests have folders of their own. */
export interface CgroupPlaces {
  readonly membership: string;
  readonly root: string;
}

const PLACES: CgroupPlaces = { membership: "/proc/self/cgroup", root: "/sys/fs/cgroup" };

/** What there is for this process: the machine's memory, or less where a control group (a container, a service) allows less. */
export async function availableMemory(places: CgroupPlaces = PLACES): Promise<MemoryLimit> {
  const group = await cgroupLimit(places);
  const [bytes, whose] =
    group !== undefined && group < totalmem()
      ? [group, "the memory that this container or control group may use"]
      : [totalmem(), "the memory of this machine"];
  return { bytes: bytes * LARGEST_SHARE, of: `${LARGEST_SHARE * 100} % of ${whose}` };
}

/**
 * The limit of an engine process.
 *
 * @param inputBytes size of all files that it was given so far
 * @param environment LTO_INSPECTOR_MEMORY_LIMIT (bytes) is taken as it is
 */
export function memoryLimit(available: MemoryLimit, inputBytes: number, environment: NodeJS.ProcessEnv = process.env): MemoryLimit {
  const own = Number(environment["LTO_INSPECTOR_MEMORY_LIMIT"]);
  if (own > 0) return { bytes: own, of: "LTO_INSPECTOR_MEMORY_LIMIT" };
  const fitting = BASE + PER_INPUT_BYTE * inputBytes;
  if (fitting >= available.bytes) return available;
  return { bytes: fitting, of: `${inWords(BASE)} and ${PER_INPUT_BYTE} times the ${inWords(inputBytes)} of its input files` };
}

/** "it had taken 1.3 GB of memory, and may take 1.1 GB (70 % of …)" */
export function tookTooMuch({ bytes, limit }: TakenMemory): string {
  return `it used ${inWords(bytes)} of memory, more than the limit of ${inWords(limit.bytes)}: ${limit.of}`;
}

/** The least that any of the control groups allows in which this process is. */
async function cgroupLimit({ membership, root }: CgroupPlaces): Promise<number | undefined> {
  const lines = (await readTextFile(membership, LONGEST_SYSTEM_FILE).catch(() => "")).split("\n");
  const files = lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === "") return filesUpwards(root, path, "memory.max");
    return controllers?.split(",").includes("memory") === true ? filesUpwards(join(root, "memory"), path, "memory.limit_in_bytes") : [];
  });
  const limits = await Promise.all(files.map(limitIn));
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** In a container the path may be that of the machine, and only the root is there. */
function filesUpwards(root: string, path: string, name: string): string[] {
  const files: string[] = [];
  for (let group = path; ; group = dirname(group)) {
    files.push(join(root, group, name));
    if (group === dirname(group)) return files;
  }
}

async function limitIn(file: string): Promise<number | undefined> {
  const text = (await readTextFile(file, LONGEST_SYSTEM_FILE).catch(() => "")).trim();
  const limit = /^\d+$/.test(text) ? Number(text) : undefined;
  return limit === undefined || limit === 0 || limit >= NO_LIMIT ? undefined : limit;
}
