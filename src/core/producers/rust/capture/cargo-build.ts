/** Runs `cargo build` for a capture and reads its output. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { LtoError } from "../../../base/errors.js";
import { ERRORS } from "../../../../protocol/error-table.js";
import type { BuildProblem, LtoErrorReport } from "../../../../protocol/errors.js";
import { cargoArtifact } from "../../../machine/cargo.js";
import { parseJsonIf } from "../../../base/parse.js";
import { runProcess } from "../../../base/process.js";
import type { CargoProgram } from "../../../machine/programs.js";
import { CompilerMessages } from "./compiler-messages.js";

/** An artifact that Cargo made, or found up to date. */
export interface Artifact {
  readonly packageId: string;
  readonly name: string;
  readonly kind: readonly string[];
  readonly crateTypes: readonly string[];
  readonly srcPath: string;
  readonly test: boolean;
  readonly filenames: readonly string[];
  readonly executable: string | null;
  readonly fresh: boolean;
}

/** The result of a build. */
export interface Built {
  /** The artifacts that were built, also if the build failed. */
  readonly artifacts: readonly Artifact[];
  /** The failure, with Cargo's output; undefined: the build succeeded. */
  readonly failure: LtoErrorReport | undefined;
}

export interface BuildOptions {
  readonly folder: string;
  /** The workspace's root, to which the compiler's paths are relative. */
  readonly root: string;
  readonly program: CargoProgram;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** How long to wait for Cargo's lock, in milliseconds. */
  readonly lockWait: number;
  readonly onLine: (line: string) => void;
  /** A crate was compiled or found up to date, or a build script has run. @param name the crate's, or "a build script" */
  readonly onEnded: (name: string) => void;
  readonly signal: AbortSignal | undefined;
  /** Locks to hold until the build has ended; see `ProcessOptions`. */
  readonly held: readonly number[];
}

/**
 * Builds.
 *
 * @throws CargoLocked, Cancelled, DiskFull
 */
export async function cargoBuild(options: BuildOptions): Promise<Built> {
  const lock = new LockWatch(options.lockWait);
  const messages = new CompilerMessages(options.root);
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    options.onLine(line);
  };
  const signals = options.signal === undefined ? [lock.signal] : [options.signal, lock.signal];
  try {
    const result = await runProcess(options.program.cargo, ["build", "--message-format=json", ...options.args], {
      cwd: options.folder,
      env: { ...options.program.environment, CARGO_TERM_COLOR: "never", CARGO_TERM_PROGRESS_WHEN: "never", ...options.environment },
      signal: AbortSignal.any(signals),
      held: options.held,
      onStderrLine: (line) => {
        lock.line(line);
        // Two pipes have no common order: first read what Cargo wrote to stdout before, the compiler's messages.
        setImmediate(say, line);
      },
      onStdoutLine: (line) => {
        lock.clear();
        const ended = endedPart(line);
        if (ended !== undefined) options.onEnded(ended);
        for (const rendered of messages.line(line)?.split("\n") ?? []) say(rendered);
      },
    });
    await nextTurn();
    const output = said.join("\n");
    refuseFullDisk(options, result.code, output);
    const failure = result.code === 0 ? undefined : buildFailed(options, output, messages.problems);
    return { artifacts: artifactsOf(result.stdout), failure };
  } catch (error) {
    if (lock.signal.aborted && options.signal?.aborted !== true) throw locked(lock.message);
    throw error;
  } finally {
    lock.clear();
  }
}

/** The part of the build that has ended by a message of Cargo's; undefined: the line says nothing of the kind. */
function endedPart(line: string): string | undefined {
  const [, reason] = /^\{"reason":"(compiler-artifact|build-script-executed)"/.exec(line) ?? [];
  if (reason === undefined) return undefined;
  return reason === "compiler-artifact" ? parseJsonIf(cargoArtifact, line)?.target.name : "a build script";
}

function refuseFullDisk(options: BuildOptions, code: number | null, output: string): void {
  if (code === 0 || !/No space left on device|Disk quota exceeded/.test(output)) return;
  throw new LtoError({
    name: "DiskFull",
    message: `\`cargo build ${options.args.join(" ")}\` ran out of disk space.`,
    output: output.trimEnd(),
    file: options.folder,
    help: ERRORS.DiskFull.help,
  });
}

function buildFailed(options: BuildOptions, output: string, problems: readonly BuildProblem[]): LtoErrorReport {
  return {
    name: "BuildFailed",
    message: `\`cargo build ${options.args.join(" ")}\` failed.`,
    output: output.trimEnd(),
    file: options.folder,
    help: "Fix what Cargo reports, then capture again.",
    ...(problems.length === 0 ? {} : { problems }),
  };
}

function locked(message: string): LtoError {
  return new LtoError({
    name: "CargoLocked",
    message: `Another Cargo holds a lock that the capture needs: ${message}.`,
    help: "Wait until the other build ends, then capture again.",
  });
}

/** Detects that Cargo waits for a lock, and gives up after a while. */
class LockWatch {
  message = "";
  readonly #controller = new AbortController();
  readonly #wait: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(wait: number) {
    this.#wait = wait;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  line(line: string): void {
    this.clear();
    if (!/^\s*Blocking\b.*\bwaiting for file lock\b/.test(line)) return;
    this.message = line.trim();
    this.#timer = setTimeout(() => {
      this.#controller.abort();
    }, this.#wait);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Parses Cargo's JSON messages, one per line; ignores other programs' output on stdout. */
function artifactsOf(stdout: string): Artifact[] {
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith('{"reason":"compiler-artifact"')) return [];
    const raw = parseJsonIf(cargoArtifact, line);
    if (raw === undefined) return [];
    const { name, kind, crate_types: crateTypes, src_path: srcPath } = raw.target;
    const { filenames, executable, fresh } = raw;
    return [{ packageId: raw.package_id, name, kind, crateTypes, srcPath, test: raw.profile.test, filenames, executable, fresh }];
  });
}
