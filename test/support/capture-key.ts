/**
 * What affects the result of a capture besides the program and the options: this build of the product, the toolchain, the environment, the
 * configuration.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { repository } from "./repository.js";

/** The variables that a build and the product use. A shared capture gets no others. */
const DECIDES = /^(PATH|HOME|NODE_OPTIONS|SOURCE_DATE_EPOCH)$|^(CARGO|RUST|LTO_INSPECTOR_|LD_|CC|CFLAGS|AR$)/;

/** Differs from test to test, and affects nothing. */
const INDIFFERENT: ReadonlySet<string> = new Set(["LTO_INSPECTOR_STORE"]);

/** Passed on but not part of the key: locations of temporary files. */
const PLACES = ["TMPDIR", "XDG_STATE_HOME"];

/** The environment of shared captures. */
export function environmentOfCaptures(): NodeJS.ProcessEnv {
  const places = PLACES.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries([...deciding(), ...places]);
}

function deciding(): [string, string | undefined][] {
  return Object.entries(process.env)
    .filter(([name]) => DECIDES.test(name) && !INDIFFERENT.has(name))
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
}

/**
 * @param folder the folder of the capture: its paths are part of the result
 * @param what the program, the options
 */
export async function captureKey(folder: string, what: unknown): Promise<string> {
  const addon = process.env["LTO_INSPECTOR_ADDON"];
  const parts = [what, folder, process.version, process.execPath, deciding(), await product(), await toolchain(folder)];
  const others = await Promise.all([...configurationFor(folder), ...(addon === undefined ? [] : [addon])].map(contentOf));
  return createHash("sha256")
    .update(JSON.stringify([...parts, others, await linker()]))
    .digest("hex")
    .slice(0, 32);
}

/** All of dist/: the command line, the rustc wrapper, the supervisor, the engine. */
async function product(): Promise<string[]> {
  const dist = path.join(repository, "dist");
  const entries = await fs.readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => path.join(parentPath, name));
  return Promise.all(files.toSorted().map(contentOf));
}

/** The versions that a folder uses, and the files of the sysroot, which may be a local build. */
async function toolchain(cwd: string): Promise<string[]> {
  const said = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, [...args], { cwd, env: environmentOfCaptures() })).stdout;
  const [rustc, sysroot, cargo] = await Promise.all([said("rustc", "-vV"), said("rustc", "--print", "sysroot"), said("cargo", "-vV")]);
  const host = /^host: (.*)$/m.exec(rustc)?.[1] ?? "";
  const folders = ["bin", "lib", path.join("lib", "rustlib", host, "lib")].map((name) => path.join(sysroot.trim(), name));
  const names = await Promise.all(
    folders.map(async (folder) => (await fs.readdir(folder)).toSorted().map((name) => path.join(folder, name))),
  );
  return [rustc, sysroot, cargo, ...(await Promise.all(names.flat().map(stampOf)))];
}

/** Cargo's configuration and rustup's overrides for a folder. */
function configurationFor(folder: string): string[] {
  const home = process.env["CARGO_HOME"] ?? path.join(os.homedir(), ".cargo");
  const files = ["config", "config.toml"].map((name) => path.join(home, name));
  for (let above = folder; ; above = path.dirname(above)) {
    const names = [".cargo/config", ".cargo/config.toml", "rust-toolchain", "rust-toolchain.toml", "Cargo.toml"];
    files.push(...names.map((name) => path.join(above, name)));
    if (above === path.dirname(above)) return files;
  }
}

async function linker(): Promise<string[]> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return Promise.all(["cc", "ld"].flatMap((name) => folders.map((folder) => stampOf(path.join(folder, name)))));
}

async function contentOf(file: string): Promise<string> {
  const content = await fs.readFile(file).catch(() => undefined);
  return content === undefined ? "none" : `${file} ${createHash("sha256").update(content).digest("hex")}`;
}

async function stampOf(file: string): Promise<string> {
  const found = await fs.stat(file).catch(() => undefined);
  return found === undefined ? "none" : `${file} ${found.size} ${found.mtimeMs}`;
}
