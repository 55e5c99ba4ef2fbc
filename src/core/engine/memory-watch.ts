/** Ends an engine process that exceeds its memory limit (memory-limit.ts) before the machine suffers. */
import { stat } from "node:fs/promises";
import { ENGINE_REQUESTS, isEngineMethod } from "../../protocol/engine/requests.js";
import { readTextFile } from "../base/read-file.js";
import { availableMemory, memoryLimit, type MemoryLimit, type TakenMemory } from "./memory-limit.js";

/** LLVM can allocate 2 GB per second. */
const MILLIS_BETWEEN_LOOKS = 200;

const LONGEST_STATUS = 64 * 1024;

/** Resident bytes of a process; undefined if the system does not report them. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readTextFile(`/proc/${pid}/status`, LONGEST_STATUS).catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

export class MemoryWatch {
  readonly #pid: number;
  readonly #exceeded: (taken: TakenMemory) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #inputs = new Map<string, number>();
  #inputBytes = 0;
  /** Files whose size is being read; until then, the machine's limit applies. */
  #unknown = 0;
  #available: MemoryLimit | undefined;
  #looking = false;

  /** @param exceeded called once, when the process exceeds its limit */
  constructor(pid: number, exceeded: (taken: TakenMemory) => void) {
    this.#pid = pid;
    this.#exceeded = exceeded;
    this.#timer = setInterval(() => {
      void this.#look();
    }, MILLIS_BETWEEN_LOOKS);
    this.#timer.unref();
  }

  /** Records the files that a request loads. Earlier files count too, because the process keeps what it has analysed. */
  given(method: string, params: unknown): void {
    if (!isEngineMethod(method) || !ENGINE_REQUESTS[method].loads) return;
    for (const file of filesIn(params)) {
      if (this.#inputs.has(file)) continue;
      this.#inputs.set(file, 0);
      this.#unknown += 1;
      void stat(file).then(
        ({ size }) => {
          this.#inputBytes += size;
          this.#unknown -= 1;
        },
        () => (this.#unknown -= 1),
      );
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.#available ??= await availableMemory();
      const bytes = await residentBytes(this.#pid);
      const limit = memoryLimit(this.#available, this.#unknown > 0 ? Infinity : this.#inputBytes);
      if (bytes === undefined || bytes < limit.bytes) return;
      this.close();
      this.#exceeded({ bytes, limit });
    } finally {
      this.#looking = false;
    }
  }
}

/** Finds every property of a request that names an input file, at any depth. */
function filesIn(value: unknown, name = ""): string[] {
  if (typeof value === "string") return INPUTS.has(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => filesIn(item, name));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => filesIn(item, key));
}

const INPUTS: ReadonlySet<string> = new Set(["file", "files", "useListsFile", "namesFile", "withGlobalAllocator"]);
