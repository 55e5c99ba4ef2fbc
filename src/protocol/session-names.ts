/**
 * Names of rustc's incremental sessions: `s-<time in base 36>-<random>-<hash>`, and `s-<time>-<random>-working` while rustc writes one.
 *
 * Source: `generate_session_dir_path` and `lock_file_path` in `compiler/rustc_incremental/src/persist/fs.rs` (1.9x). rustc alone makes these names.
 */

const WORKING = "working";

export interface SessionName {
  /** In base 36, without leading zeros. */
  readonly time: string;
  /** rustc has not finished it. */
  readonly underWay: boolean;
}

/** @returns undefined for other names (rustc's lock files, for instance) */
export function parseSessionName(name: string): SessionName | undefined {
  const [, time, last] = /^s-([0-9a-z]+)-[0-9a-z]+-([0-9a-z]+)$/.exec(name) ?? [];
  return time === undefined ? undefined : { time, underWay: last === WORKING };
}

/** Whether a name may be a session's, even one with an unknown ending; the program never writes into such a folder. */
export function looksLikeSession(name: string): boolean {
  return /^s-[0-9a-z]+-/.test(name);
}

/** The crate whose sessions a folder `<crate>-<hash>` holds: "textstats-03q8a…" → "textstats". */
export function crateOfSessions(crateFolder: string): string {
  return crateFolder.replace(/-[0-9a-z]+$/, "");
}

/** The finished sessions among some names, the earliest first. */
export function finishedSessions(names: readonly string[]): readonly string[] {
  const finished = names.flatMap((name) => {
    const parsed = parseSessionName(name);
    return parsed === undefined || parsed.underWay ? [] : [{ name, time: parsed.time }];
  });
  return finished.sort((left, right) => compareTimes(left.time, right.time)).map(({ name }) => name);
}

/** Compares numbers in base 36 without leading zeros: the longer one is larger. */
export function compareTimes(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** @returns undefined if none is finished */
export function newestSession(names: readonly string[]): string | undefined {
  return finishedSessions(names).at(-1);
}
