/** Which of two builds is the later one. */

/** ISO 8601. */
export interface BuildMoment {
  /** null: the sources are not a capture. */
  readonly capturedAt: string | null;
  /** When the run started; null: no run. */
  readonly startedAt: string | null;
}

/** Whether a build is later than another one. An earlier capture can be run later, so that runs only count if both are of one capture, or of files. */
export function isLaterBuild(build: BuildMoment, other: BuildMoment): boolean {
  if (build.capturedAt !== null && other.capturedAt !== null && build.capturedAt !== other.capturedAt) {
    return build.capturedAt > other.capturedAt;
  }
  return (build.startedAt ?? build.capturedAt ?? "") >= (other.startedAt ?? other.capturedAt ?? "");
}
