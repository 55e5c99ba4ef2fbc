/** What runs inside an extension host, and how it ended. */
import type { Process } from "../../../scripts/lib/processes.mjs";
import type { WorkspaceFiles } from "./sandbox.js";
import type { TestResult } from "./statistics.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HostRun {
  /** Source files that declare tests with in-host.ts, relative to the repository. */
  readonly suites: readonly string[];
  /** The folder of the extension, relative to the repository; the repository itself by default. */
  readonly extension?: string;
  /** What VS Code opens: a folder to copy, or files; an empty folder by default. */
  readonly workspace?: string | WorkspaceFiles;
  /** Over the environment of this process; undefined takes a variable away. */
  readonly env?: Environment;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder opens in Restricted Mode. A desktop build cannot be told to. */
  readonly askTrust?: boolean;
  /** Command lines of processes that the suite leaves behind on purpose: they are reported, and not waited for. */
  readonly leavesBehind?: readonly string[];
}

/** How VS Code ended. */
export interface HostEnd {
  /** What VS Code reported; null when it reported nothing. */
  readonly exitCode: number | null;
  readonly logs: string;
  /** Processes of the extension that outlived it. */
  readonly leftovers: readonly Process[];
}

export interface HostOutcome {
  readonly results: readonly TestResult[];
  /** What is wrong besides single tests, with VS Code's logs; null when nothing is. */
  readonly problem: string | null;
  readonly leftovers: readonly Process[];
}
