/**
 * Damaged bitcode can make LLVM take all the memory there is (a size that is read from it, for instance), and the machine with it. The engine process is
 * ended before that.
 */
import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";

/** The share of the machine's memory that one engine process may take. */
const LARGEST_SHARE = 0.7;

const MILLIS_BETWEEN_LOOKS = 500;

/** Resident bytes of a process; undefined where the system does not tell. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/**
 * Watches a process. The environment variable LTO_INSPECTOR_MEMORY_LIMIT (bytes) sets another limit.
 *
 * @param exceeded called once, with the bytes that it had taken
 * @returns a function that ends the watch
 */
export function watchMemory(pid: number, exceeded: (bytes: number) => void): () => void {
  const own = Number(process.env["LTO_INSPECTOR_MEMORY_LIMIT"]);
  const limit = own > 0 ? own : totalmem() * LARGEST_SHARE;
  const timer = setInterval(() => {
    void residentBytes(pid).then((bytes) => {
      if (bytes === undefined || bytes < limit) return;
      clearInterval(timer);
      exceeded(bytes);
    });
  }, MILLIS_BETWEEN_LOOKS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
