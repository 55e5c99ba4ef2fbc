/** What runs in an extension host, and its outcome. */
import type { Process } from "../../../scripts/lib/processes.mjs";
import type { WorkspaceFiles } from "./sandbox.js";
import type { TestResult } from "./statistics.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HostRun {
  /** Source files that declare tests with in-host.ts, relative to the repository. */
  readonly suites: readonly string[];
  /** The extension's folder, relative to the repository; default: the repository itself. */
  readonly extension?: string;
  /** What VS Code opens: a folder to copy, or files; an empty folder by default. */
  readonly workspace?: string | WorkspaceFiles;
  /** In addition to this process's environment; undefined removes a variable. */
  readonly env?: Environment;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder opens in Restricted Mode. A desktop build cannot be told to. */
  readonly askTrust?: boolean;
  /** Command lines of processes that the suite leaves behind on purpose; they are reported but not awaited. */
  readonly leavesBehind?: readonly string[];
}

/** The end of VS Code. */
export interface HostEnd {
  /** VS Code's reported exit code; null if it reported none. */
  readonly exitCode: number | null;
  readonly logs: string;
  /** Processes of the extension that outlived it. */
  readonly leftovers: readonly Process[];
}

export interface HostOutcome {
  readonly results: readonly TestResult[];
  /** A problem besides failed tests, with VS Code's logs; null if there is none. */
  readonly problem: string | null;
  readonly leftovers: readonly Process[];
}
