/**
 * What the wrapper and the capture say to each other: environment variables, and the record that the wrapper sends of a rustc run. A record holds rustc's
 * whole environment, secrets included, so it goes over a socket and is never written to disk.
 */
import type { PreviousSession } from "../../../pipelines/past-sessions.js";

/** The folder in which the wrapper leaves one sub-folder per recorded rustc run, for its log and for copies of key maps; unset: nothing is recorded. */
export const CAPTURE_FOLDER = "LTO_INSPECTOR_CAPTURE";

/** The Unix socket on which the capture waits for records: one connection for each, a `WrapperMessage` as JSON. */
export const RECORD_SOCKET = "LTO_INSPECTOR_RECORDS";

/** What the capture answers when it has the record; anything else says why not. */
export const RECORDED = "recorded";

/** A rustc wrapper that was in RUSTC_WRAPPER or `build.rustc-wrapper` before ours: it is started in turn. */
export const CHAINED_WRAPPER = "LTO_INSPECTOR_CHAIN";

/** "1": final crates are compiled without the chained wrapper (a compiler cache would not leave rustc's temporary files). */
export const BYPASS_FOR_FINAL = "LTO_INSPECTOR_CHAIN_BYPASS";

/** The name of the file in a record's folder in which rustc leaves the linker's command line (`--print link-args`); it is not kept. */
export const LINK_ARGS_FILE = "link-args";

/** One run of rustc over a final crate. */
export interface RustcRecord {
  readonly schema: 1;
  /** What was started: other wrappers, and rustc last. */
  readonly programs: readonly string[];
  /** Cargo's arguments, without what the wrapper added. */
  readonly args: readonly string[];
  /** What the wrapper added. */
  readonly added: readonly string[];
  readonly cwd: string;
  /** rustc's, apart from Cargo's jobserver and rustc's log. */
  readonly environment: Readonly<Record<string, string>>;
  readonly previousSessions: readonly PreviousSession[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface WrapperMessage {
  /** The name of the record's folder. */
  readonly folder: string;
  readonly record: RustcRecord;
}
