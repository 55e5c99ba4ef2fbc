/**
 * Notes of what the user's own captures ran on this machine, kept outside the store and captures, because a capture is data and may come from
 * anywhere. A replay uses a toolchain that is not among the machine's own, or arguments that could run something, only if they are noted here.
 *
 * Notes are in `$XDG_STATE_HOME/lto-inspector/consents`, one per file and named by content, so that two captures never write the same file.
 */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod/mini";
import type { LinkLine, LtoSettings, Toolchain } from "../../protocol/units.js";
import { writeJsonWhole } from "../base/atomic-file.js";
import { LtoError, systemCode } from "../base/errors.js";
import { digestFile, stampOf } from "../base/file-digest.js";
import { makePrivateFolder } from "../base/folders.js";
import { toolchain } from "./toolchain-format.js";
import { readJsonFile } from "../base/parse.js";
import { stateFolder } from "../base/state-folder.js";

const toolchainNote = z.object({
  schema: z.literal(1),
  toolchain,
  /** SHA-256 of the libLLVM at the time of the capture. */
  library: z.object({ path: z.string(), sha256: z.string() }),
  /** Other folders that the build took the standard library from (`--sysroot`). */
  sysroots: z.array(z.string()),
});

/** A toolchain that the user's own capture ran. */
export type ToolchainNote = z.infer<typeof toolchainNote>;

/** LLVM's arguments and passes in a build. */
export type LlvmWords = Pick<LtoSettings, "llvmArgs" | "passes">;

function folder(environment: NodeJS.ProcessEnv): string {
  return join(stateFolder(environment), "consents");
}

/** @param library the toolchain's libLLVM */
export async function noteToolchain(
  used: Toolchain,
  library: string,
  sysroots: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const note: ToolchainNote = {
    schema: 1,
    toolchain: used,
    library: { path: library, sha256: await digestOf(library) },
    sysroots: [...sysroots],
  };
  await write("toolchain", note, environment);
}

/**
 * The noted toolchains, except those whose libLLVM has changed and notes that cannot be read.
 *
 * @param isWanted called first, so that only the libLLVM (200 MB) of a wanted toolchain is read
 */
export async function notedToolchains(
  isWanted: (toolchain: Toolchain) => boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ToolchainNote[]> {
  const names = await readdir(folder(environment)).catch((): string[] => []);
  const files = names
    .filter((name) => name.startsWith("toolchain-") && name.endsWith(".json"))
    .map((name) => join(folder(environment), name));
  const notes = await Promise.all(files.map(readNote));
  const found: ToolchainNote[] = [];
  for (const note of notes) {
    if (note === undefined || !isWanted(note.toolchain)) continue;
    if ((await digestOf(note.library.path).catch(() => undefined)) === note.library.sha256) found.push(note);
  }
  return found;
}

async function readNote(file: string): Promise<ToolchainNote | undefined> {
  try {
    return await readJsonFile(toolchainNote, { what: "A note of a capture's toolchain", file, help: "Remove the file and capture again." });
  } catch (error) {
    if (error instanceof LtoError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

export async function noteLlvmWords({ llvmArgs, passes }: LlvmWords, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  await write("llvm", { schema: 1, llvmArgs: [...llvmArgs], passes: [...passes] }, environment);
}

/** Whether one of the user's own captures had exactly these arguments. */
export async function llvmWordsNoted({ llvmArgs, passes }: LlvmWords, environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return isNoted(nameOf("llvm", { schema: 1, llvmArgs, passes }), environment);
}

/**
 * What a link line says besides the contents of the files that the capture keeps: it names the programs that run. Each word counts with its kind, so
 * that no file passes for an option, and files count by name, because options select them by it.
 */
function linkNote({ program, environment, folder: where, words }: LinkLine): object {
  const shapes = words.map((word) =>
    typeof word === "object" && "file" in word ? { file: basename(word.file), before: word.before } : word,
  );
  const sha256 = createHash("sha256")
    .update(JSON.stringify([program, Object.entries(environment), where, shapes]))
    .digest("hex");
  return { schema: 1, sha256 };
}

export async function noteLinkLine(link: LinkLine, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  await write("link", linkNote(link), environment);
}

/** Whether one of the user's own captures ran this linker with these options. */
export async function linkLineNoted(link: LinkLine, environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return isNoted(nameOf("link", linkNote(link)), environment);
}

async function isNoted(name: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  return stat(join(folder(environment), name)).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function write(kind: string, note: object, environment: NodeJS.ProcessEnv): Promise<void> {
  await makePrivateFolder(folder(environment));
  await writeJsonWhole(join(folder(environment), nameOf(kind, note)), note);
}

function nameOf(kind: string, note: object): string {
  return `${kind}-${createHash("sha256").update(JSON.stringify(note)).digest("hex").slice(0, 32)}.json`;
}

const digests = new Map<string, Promise<string>>();

async function digestOf(file: string): Promise<string> {
  const { text } = await stampOf(file);
  const known = digests.get(text) ?? digestFile(file);
  digests.set(text, known);
  return known;
}
