/**
 * The files that Cargo and rustup always read in a folder. Both open any file with such a name: a FIFO blocks them forever, and a sparse file fills
 * the memory. So these files are checked before either is started.
 */
import { stat, readdir } from "node:fs/promises";
import path from "node:path";
import { LtoError } from "../base/errors.js";
import { LIMITS } from "../base/read-file.js";
import { cargoHome } from "./programs.js";

/** Read in the folder and in all its parent folders. */
const NAMES = ["Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml", ".cargo/config", ".cargo/config.toml"];

/** How deep, and in how many folders, a workspace's packages are searched. */
const DEEPEST = 5;
const MOST_FOLDERS = 5000;

const PASSED_OVER = new Set(["target", "node_modules", ".git"]);

/** @throws UnreadableFile for the first file that would block Cargo or fill its memory */
export async function refuseOddCargoFiles(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    await Promise.all(NAMES.map((name) => refuseOdd(path.join(at, name))));
    if (path.dirname(at) === at) break;
  }
  await Promise.all(["config", "config.toml"].map((name) => refuseOdd(path.join(cargoHome(environment), name))));
  let level = [path.resolve(folder)];
  for (let depth = 0, seen = 0; depth < DEEPEST && level.length > 0 && seen < MOST_FOLDERS; depth++) {
    seen += level.length;
    level = (await Promise.all(level.map(lookIn))).flat();
  }
}

/** Checks the manifest in a folder. @returns the folder's subfolders */
async function lookIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === "Cargo.toml")) await refuseOdd(path.join(folder, "Cargo.toml"));
  // Links are not followed: they can lead in circles.
  return entries.filter((entry) => entry.isDirectory() && !PASSED_OVER.has(entry.name)).map(({ name }) => path.join(folder, name));
}

async function refuseOdd(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  // Cargo reports a folder with that name, or a broken link.
  if (found === undefined || found.isDirectory()) return;
  if (found.isFile() && found.size <= LIMITS.text) return;
  if (found.isCharacterDevice() && (await isNull(found.rdev))) return;
  throw new LtoError({
    name: "UnreadableFile",
    message: found.isFile()
      ? `${file} has ${found.size} bytes: Cargo would read all of it into memory.`
      : `${file} is not a regular file: Cargo would wait for its content.`,
    file,
    help: "Remove it, or put a file in its place.",
  });
}

/** A link to /dev/null disables configuration. */
async function isNull(device: number): Promise<boolean> {
  return (await stat("/dev/null").catch(() => undefined))?.rdev === device;
}
