/**
 * The memory limit of an engine process. Damaged bitcode can make LLVM allocate without end (for example because of a count in the file). The
 * memory that LLVM needs for files of a given size is known within bounds, and that is the limit, but never more than a share of the available
 * memory.
 */
import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { readTextFile } from "../base/read-file.js";
import { bytes as inWords } from "../../protocol/words.js";

/** The largest share of the available memory. */
const LARGEST_SHARE = 0.7;

/** Bytes for Node, libLLVM and a minimal run; measured: at most 0.2 GB. */
const BASE = 1e9;

/** Bytes per byte of input files; measured on real programs: at most 15 (docs/engine-process.md). */
const PER_INPUT_BYTE = 100;

/** The system's files are short. */
const LONGEST_SYSTEM_FILE = 64 * 1024;

/** In a control group, larger numbers mean "no limit". */
const NO_LIMIT = 2 ** 60;

export interface MemoryLimit {
  readonly bytes: number;
  /** The reason for the limit: "70 % of the memory of this machine". */
  readonly of: string;
}

/** The memory for which a process was ended. */
export interface TakenMemory {
  readonly bytes: number;
  readonly limit: MemoryLimit;
}

/** The system's files about control groups; tests use their own folders. */
export interface CgroupPlaces {
  readonly membership: string;
  readonly root: string;
}

const PLACES: CgroupPlaces = { membership: "/proc/self/cgroup", root: "/sys/fs/cgroup" };

/** The memory available to this process: the machine's, or less if a control group (a container, a service) allows less. */
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
 * @param inputBytes size of all its input files so far
 * @param environment LTO_INSPECTOR_MEMORY_LIMIT (bytes) overrides the limit
 */
export function memoryLimit(available: MemoryLimit, inputBytes: number, environment: NodeJS.ProcessEnv = process.env): MemoryLimit {
  const own = Number(environment["LTO_INSPECTOR_MEMORY_LIMIT"]);
  if (own > 0) return { bytes: own, of: "LTO_INSPECTOR_MEMORY_LIMIT" };
  const fitting = BASE + PER_INPUT_BYTE * inputBytes;
  if (fitting >= available.bytes) return available;
  return { bytes: fitting, of: `${inWords(BASE)} and ${PER_INPUT_BYTE} times the ${inWords(inputBytes)} of its input files` };
}

/** "it used 1.3 GB of memory, more than the limit of 1.1 GB: 70 % of …" */
export function tookTooMuch({ bytes, limit }: TakenMemory): string {
  return `it used ${inWords(bytes)} of memory, more than the limit of ${inWords(limit.bytes)}: ${limit.of}`;
}

/** The lowest limit of the control groups that contain this process. */
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

/** In a container, the path may be the machine's, and only the root may exist. */
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
