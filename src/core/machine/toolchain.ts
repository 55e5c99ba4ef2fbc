/**
 * Toolchains: the rustc that Cargo uses in a folder, and all installed ones.
 *
 * The rustc that Cargo uses depends on RUSTC, `build.rustc`, rustup's overrides and the order of PATH. Instead of mirroring that, this asks Cargo:
 * it starts its rustc through RUSTC_WRAPPER before anything else, and a wrapper that fails at once reveals the path and stops the build.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { Toolchain } from "../../protocol/units.js";
import { LtoError, messageOf, systemCode } from "../base/errors.js";
import { readTextFile } from "../base/read-file.js";
import { refuseOddCargoFiles } from "./cargo-files.js";
import { machineToolchain } from "./chosen-toolchain.js";
import { whyUnusable } from "./llvm-series.js";
import { lookingEnvironment, machineCompilers } from "./machine.js";
import { runProcess } from "../base/process.js";
import { findProgram, isExecutable } from "./programs.js";
import { answersOf, type RustcAnswers } from "./rustc-answers.js";
import type { CargoProgram } from "./programs.js";

export const INSTALL_RUST =
  "Install Rust with rustup (https://rustup.rs), or on Debian 12 the packages rustc-web and cargo-web of the security suite; Debian's plain rustc (1.63) is too old.";

export interface ToolchainOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** A rustup toolchain's name (as in `cargo +nightly`), or the path of a rustc; default: what Cargo uses in the folder. */
  readonly toolchain?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The cargo program and environment that make Cargo use a toolchain.
 *
 * @throws NoToolchain
 */
export async function cargoFor(options: ToolchainOptions): Promise<CargoProgram> {
  const environment = options.environment ?? process.env;
  const { toolchain } = options;
  if (toolchain === undefined) return { cargo: await needed("cargo", environment), environment };
  if (toolchain.includes("/")) {
    const beside = path.join(path.dirname(toolchain), "cargo");
    const cargo = (await isExecutable(beside)) ? beside : await needed("cargo", environment);
    return { cargo, environment: { ...environment, RUSTC: toolchain } };
  }
  return rustupToolchain(toolchain.replace(/^\+/, ""), environment, options.signal);
}

async function rustupToolchain(name: string, environment: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<CargoProgram> {
  const rustup = await findProgram("rustup", environment);
  if (rustup === undefined) throw noToolchain(`The toolchain \`${name}\` was requested, but rustup is not installed.`);
  const which = await runProcess(rustup, ["which", "--toolchain", name, "rustc"], { env: environment, signal });
  if (which.code !== 0) {
    throw noToolchain(`rustup has no toolchain \`${name}\`: ${which.stderr.trim()}`, `rustup toolchain install ${name}`);
  }
  const bin = path.dirname(which.stdout.trim());
  const own = path.join(bin, "cargo");
  const cargo = (await isExecutable(own)) ? own : await needed("cargo", environment);
  // The toolchain's folder first: where /usr/bin comes before rustup's proxies, Cargo would start another rustc.
  const PATH = [bin, environment["PATH"] ?? ""].join(path.delimiter);
  return { cargo, environment: { ...environment, RUSTUP_TOOLCHAIN: name, PATH } };
}

async function needed(name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const found = await findProgram(name, environment);
  if (found === undefined) throw noToolchain(`No \`${name}\` was found in PATH, ~/.cargo/bin or /usr/bin.`);
  return found;
}

function noToolchain(message: string, help: string = INSTALL_RUST): LtoError {
  return new LtoError({ name: "NoToolchain", message, help });
}

/**
 * The toolchain that Cargo uses in a folder.
 *
 * @throws NoToolchain if there is none; NoAddon if there is no engine for its LLVM; UnreadableFile if Cargo would hang
 */
export async function detectToolchain(folder: string, options: ToolchainOptions = {}): Promise<Toolchain> {
  const program = await cargoFor(options);
  await refuseOddCargoFiles(folder, program.environment);
  const rustc = (await askCargo(folder, program, options.signal)) ?? (await rustcWithoutCargo(program.environment));
  const toolchain = await describeRustc(rustc, { cwd: folder, environment: program.environment, signal: options.signal });
  refuseUnusable(toolchain);
  return toolchain;
}

function refuseUnusable(toolchain: Toolchain): void {
  const why = whyUnusable(toolchain);
  if (why !== undefined) throw new LtoError(why);
}

/** Starts Cargo with a wrapper that records rustc's path and fails, which ends the build before it begins. */
async function askCargo(folder: string, program: CargoProgram, signal: AbortSignal | undefined): Promise<string | undefined> {
  const scratch = await fs.mkdtemp(path.join(os.tmpdir(), "lto-inspector-"));
  try {
    const answer = path.join(scratch, "rustc");
    const probe = path.join(scratch, "probe");
    await fs.writeFile(probe, '#!/bin/sh\nprintf "%s\\n" "$@" > "$LTO_INSPECTOR_PROBE"\nexit 1\n', { mode: 0o755 });
    await runProcess(program.cargo, ["build", "--offline"], {
      cwd: folder,
      env: {
        ...program.environment,
        RUSTC_WRAPPER: probe,
        LTO_INSPECTOR_PROBE: answer,
        CARGO_TARGET_DIR: scratch,
        CARGO_BUILD_BUILD_DIR: scratch,
      },
      signal,
    });
    // A workspace wrapper, if there is one, comes before rustc.
    const words = (await readTextFile(answer)).split("\n");
    const end = words.findIndex((word) => word.startsWith("-"));
    return words.slice(0, end).at(-1);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  } finally {
    await fs.rm(scratch, { recursive: true, force: true });
  }
}

/** Outside a Cargo package: RUSTC, or else the first rustc in PATH. */
async function rustcWithoutCargo(environment: NodeJS.ProcessEnv): Promise<string> {
  const set = environment["RUSTC"];
  return set !== undefined && set !== "" ? set : needed("rustc", environment);
}

interface DescribeOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a rustc reports about itself (`-vV`, `--print sysroot`); a rustup proxy is replaced by the program that it runs.
 *
 * @throws NoToolchain
 */
export async function describeRustc(rustc: string, options: DescribeOptions = {}): Promise<Toolchain> {
  return toolchainOf(rustc, await askBoth(rustc, options));
}

/** Like `describeRustc`, for a program of this machine: re-uses an earlier answer while its files are the same. */
async function describeKnownRustc(
  rustc: string,
  options: DescribeOptions & { readonly environment: NodeJS.ProcessEnv },
): Promise<Toolchain> {
  return toolchainOf(rustc, await answersOf(rustc, options.environment, () => askBoth(rustc, options)));
}

async function askBoth(rustc: string, options: DescribeOptions): Promise<RustcAnswers> {
  const run = {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.environment ?? process.env,
    signal: options.signal,
  };
  const [version, sysroot] = await Promise.all([ask(rustc, ["-vV"], run), ask(rustc, ["--print", "sysroot"], run)]);
  return { version, sysroot: sysroot.trim() };
}

async function toolchainOf(rustc: string, { version, sysroot }: RustcAnswers): Promise<Toolchain> {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(version)?.[1]?.trim();
  const behind = path.join(sysroot, "bin", "rustc");
  const hash = field("commit-hash");
  return {
    rustc: (await isExecutable(behind)) ? behind : rustc,
    sysroot,
    host: field("host") ?? "",
    release: field("release") ?? "",
    commitHash: hash === undefined || hash === "unknown" ? null : hash,
    llvmVersion: field("LLVM version") ?? "",
  };
}

async function ask(
  rustc: string,
  args: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<string> {
  try {
    const result = await runProcess(rustc, args, options);
    if (result.code === 0) return result.stdout;
    throw noToolchain(`\`${rustc} ${args.join(" ")}\` failed: ${result.stderr.trim()}`);
  } catch (error) {
    if (error instanceof LtoError) throw error;
    throw noToolchain(`\`${rustc}\` could not be started: ${messageOf(error)}`);
  }
}

export interface FoundToolchain {
  readonly toolchain: Toolchain;
  /** Why it cannot be used; null: it can. */
  readonly problem: LtoErrorReport | null;
}

/**
 * Every toolchain of this machine: rustup's, and each other rustc in PATH. Leaves out those that do not answer. Queries none in a folder of a
 * workspace.
 *
 * @param folder the inspected folder
 */
export async function findToolchains(
  environment: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
  folder: string = process.cwd(),
): Promise<FoundToolchain[]> {
  const looking = { environment, folder };
  const options = { cwd: path.parse(process.cwd()).root, environment: await lookingEnvironment(looking), signal };
  const found = new Map<string, FoundToolchain>();
  for (const rustc of await machineCompilers(looking)) {
    try {
      const toolchain = await describeKnownRustc(rustc, options);
      const key = await fs.realpath(toolchain.rustc);
      if (!found.has(key)) found.set(key, { toolchain, problem: whyUnusable(toolchain) ?? null });
    } catch (error) {
      if (!(error instanceof LtoError) || error.report.name !== "NoToolchain") throw error;
    }
  }
  return [...found.values()];
}

/** What a rustc of this machine reports about itself, queried outside any workspace. @throws NoToolchain */
export async function describeMachineRustc(rustc: string): Promise<Toolchain> {
  const environment = await lookingEnvironment({ environment: process.env, folder: process.cwd() });
  return describeKnownRustc(rustc, { cwd: path.parse(rustc).root, environment });
}

/**
 * The toolchain that Cargo would use in a folder, as far as can be determined without running what the workspace chooses.
 *
 * @returns the queried toolchain, and the workspace's choice if that was not run
 * @throws NoToolchain, NoAddon
 */
export async function lookAtToolchain(
  folder: string,
  options: Omit<ToolchainOptions, "toolchain"> = {},
): Promise<{ readonly toolchain: Toolchain; readonly notRun: LtoErrorReport | null }> {
  const { program, notRun } = await machineToolchain({ environment: options.environment ?? process.env, folder }, options.signal);
  const { rustc, environment } = program;
  const toolchain = await describeKnownRustc(rustc, { cwd: path.parse(rustc).root, environment, signal: options.signal });
  refuseUnusable(toolchain);
  return { toolchain, notRun };
}
