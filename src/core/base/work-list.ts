/** Processes many items with a few workers. */

/**
 * Works through a list in order, at most `workers` items at a time. After the first error no further items are started, and the error is thrown
 * when the active ones have ended.
 *
 * @param work gets the number of the worker that takes the item, from 0
 */
export async function workThrough<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (_: unknown, number: number): Promise<void> => {
    while (!failed && next < items.length) {
      const item = items[next++];
      if (item === undefined) return;
      try {
        await work(item, number);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.max(1, Math.min(workers, items.length)) }, worker));
  const rejected = results.find((result) => result.status === "rejected");
  if (rejected !== undefined) throw rejected.reason;
}
