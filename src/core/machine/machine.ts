/**
 * The toolchains and programs that belong to this machine: rustup's, and those in trusted folders of PATH. Nothing of a workspace is queried or
 * run. Code that only inspects (`discover`, `doctor`, opening a capture) uses these and no others; see docs/security.md.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cargoHome, isExecutable, rustupHome } from "./programs.js";

/** An inspection of a folder. */
export interface Looking {
  readonly environment: NodeJS.ProcessEnv;
  /** The inspected folder; programs inside its workspace do not belong to the machine. */
  readonly folder: string;
}

/** Files that mark a folder as a workspace. */
const WORKSPACE_FILES = ["Cargo.toml", "rust-toolchain.toml", "rust-toolchain"];

/** The topmost workspace folder that contains this folder; undefined: none. The home folder and the root never count. */
export async function workspaceAround(folder: string): Promise<string | undefined> {
  const start = await fs.realpath(folder).catch(() => path.resolve(folder));
  const home = await fs.realpath(os.homedir()).catch(() => os.homedir());
  let topmost: string | undefined;
  for (let here = start; here !== path.dirname(here); here = path.dirname(here)) {
    if (here === home) break;
    const found = await Promise.all(WORKSPACE_FILES.map((name) => exists(path.join(here, name))));
    if (found.includes(true)) topmost = here;
  }
  return topmost;
}

/**
 * Folders in which this machine's programs are searched, in the order of PATH; Cargo's own and the system's last. Leaves out entries of PATH that
 * depend on the current folder (relative and empty ones), folders that everybody may write to, and folders of the inspected workspace.
 */
export async function machineFolders({ environment, folder }: Looking): Promise<string[]> {
  const workspace = await workspaceAround(folder);
  const named = [...new Set((environment["PATH"] ?? "").split(path.delimiter))];
  const trusted = await Promise.all(named.map((entry) => isMachineFolder(entry, workspace)));
  const own = [path.join(cargoHome(environment), "bin"), "/usr/local/bin", "/usr/bin"].filter((entry) => path.isAbsolute(entry));
  return [...new Set([...named.filter((entry, index) => own.includes(entry) || trusted[index] === true), ...own])];
}

async function isMachineFolder(entry: string, workspace: string | undefined): Promise<boolean> {
  if (!path.isAbsolute(entry)) return false;
  const real = await fs.realpath(entry).catch(() => undefined);
  const found = real === undefined ? undefined : await fs.stat(real).catch(() => undefined);
  if (real === undefined || found?.isDirectory() !== true) return false;
  return (found.mode & 0o002) === 0 && (workspace === undefined || !isWithin(real, workspace));
}

/** Every program of a name that belongs to the machine. A link that leads into the workspace belongs to the workspace. */
export async function machinePrograms(name: string, looking: Looking): Promise<string[]> {
  const workspace = await workspaceAround(looking.folder);
  const found: string[] = [];
  for (const folder of await machineFolders(looking)) {
    const file = path.join(folder, name);
    if (!(await isExecutable(file))) continue;
    if (workspace === undefined || !isWithin(await fs.realpath(file), workspace)) found.push(file);
  }
  return found;
}

/** Whether a program is one of rustup's proxies, which run the toolchain that the current folder chooses. */
export async function isRustupProxy(program: string): Promise<boolean> {
  const real = await fs.realpath(program).catch(() => program);
  if (path.basename(real) === "rustup") return true;
  const [own, rustup] = await Promise.all(
    [real, path.join(path.dirname(program), "rustup")].map((file) => fs.stat(file).catch(() => undefined)),
  );
  return own !== undefined && own.dev === rustup?.dev && own.ino === rustup.ino;
}

/** rustup's toolchains: name → folder. Ignores a relative RUSTUP_HOME, because it depends on the current folder. */
export async function rustupToolchains(environment: NodeJS.ProcessEnv): Promise<Map<string, string>> {
  const folder = path.join(rustupHome(environment), "toolchains");
  if (!path.isAbsolute(folder)) return new Map();
  const names = await fs.readdir(folder).catch((): string[] => []);
  return new Map(names.toSorted().map((name) => [name, path.join(folder, name)]));
}

/** Every rustc of this machine: rustup's, then those in PATH that are not proxies. */
export async function machineCompilers(looking: Looking): Promise<string[]> {
  const rustup = [...(await rustupToolchains(looking.environment)).values()].map((folder) => path.join(folder, "bin", "rustc"));
  const inPath = await machinePrograms("rustc", looking);
  const proxies = await Promise.all(inPath.map(isRustupProxy));
  return [...rustup, ...inPath.filter((_, index) => proxies[index] !== true)];
}

/** The environment for programs that an inspection starts: nothing in it leads them into a workspace. */
export async function lookingEnvironment(looking: Looking): Promise<NodeJS.ProcessEnv> {
  return {
    ...withoutRelativeLibraries(looking.environment),
    PATH: (await machineFolders(looking)).join(path.delimiter),
    RUSTC_WRAPPER: "",
    RUSTC_WORKSPACE_WRAPPER: "",
    RUSTUP_AUTO_INSTALL: "0",
  };
}

/** Removes empty and relative entries, which the loader resolves in the current folder. */
export function withoutRelativeLibraries(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { LD_LIBRARY_PATH: folders, ...others } = environment;
  const absolute = (folders ?? "").split(/[:;]/).filter((folder) => path.isAbsolute(folder));
  return absolute.length === 0 ? others : { ...others, LD_LIBRARY_PATH: absolute.join(path.delimiter) };
}

/** Whether a path is a folder or below it; both must have their links resolved. */
export function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
