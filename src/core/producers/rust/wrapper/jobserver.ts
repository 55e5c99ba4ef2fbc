/** Cargo's jobserver: Node closes inherited descriptors when it starts a child, so they have to be passed on by number. */

/** The highest descriptor that is passed on; the list of a child's descriptors has no gaps. */
const LIMIT = 64;

/**
 * The descriptors that `--jobserver-auth=R,W` names (a `fifo:` needs none).
 *
 * Source: the protocol in GNU make's manual ("POSIX Jobserver Interaction") and the crate `jobserver`.
 */
export function jobserverDescriptors(environment: NodeJS.ProcessEnv): number[] {
  const flags = environment["CARGO_MAKEFLAGS"] ?? environment["MAKEFLAGS"] ?? "";
  const match = /--jobserver-(?:auth|fds)=(\d+),(\d+)/.exec(flags);
  if (match === null) return [];
  return [Number(match[1]), Number(match[2])].filter((descriptor) => descriptor > 2 && descriptor < LIMIT);
}

/** Descriptors from 3 on for `spawn`'s `stdio`, each under its own number. */
export function inheritedDescriptors(environment: NodeJS.ProcessEnv): ("ignore" | number)[] {
  const descriptors = jobserverDescriptors(environment);
  if (descriptors.length === 0) return [];
  const last = Math.max(...descriptors);
  return Array.from({ length: last - 2 }, (_, index) => (descriptors.includes(index + 3) ? index + 3 : "ignore"));
}
