/**
 * The protocol between the wrapper and the capture: environment variables, and the wrapper's record of a rustc run. A record contains rustc's whole
 * environment, including secrets, so it goes over a socket and is never written to disk.
 */
import type { PreviousSession } from "../../../pipelines/past-sessions.js";

/** The folder in which the wrapper creates a sub-folder per recorded rustc run, for its log and copies of key maps; unset: nothing is recorded. */
export const CAPTURE_FOLDER = "LTO_INSPECTOR_CAPTURE";

/** The Unix socket on which the capture waits for records: one connection per record, with a `WrapperMessage` as JSON. */
export const RECORD_SOCKET = "LTO_INSPECTOR_RECORDS";

/** The capture's answer if it has the record; any other answer is the reason why not. */
export const RECORDED = "recorded";

/** The rustc wrapper that RUSTC_WRAPPER or `build.rustc-wrapper` named before; ours starts it. */
export const CHAINED_WRAPPER = "LTO_INSPECTOR_CHAIN";

/** "1": final crates are compiled without the chained wrapper (a compiler cache does not keep rustc's temporary files). */
export const BYPASS_FOR_FINAL = "LTO_INSPECTOR_CHAIN_BYPASS";

/** The name of the file in a record's folder to which rustc writes the linker's command line (`--print link-args`), of which the capture does not keep PATH. */
export const LINK_ARGS_FILE = "link-args";

/** One run of rustc over a final crate. */
export interface RustcRecord {
  readonly schema: 1;
  /** The programs that were started: other wrappers, and rustc last. */
  readonly programs: readonly string[];
  /** Cargo's arguments, without what the wrapper added. */
  readonly args: readonly string[];
  /** Arguments that the wrapper added. */
  readonly added: readonly string[];
  readonly cwd: string;
  /** rustc's environment, without Cargo's jobserver and rustc's log. */
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
