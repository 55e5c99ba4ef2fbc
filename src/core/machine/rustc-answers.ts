/**
 * Remembers what a rustc of this machine reports about itself, by the identity of its files, so that it need not be started again.
 *
 * Remembers only programs whose answer depends only on their own files and on the environment: ELF programs with a single `librustc_driver` beside
 * them, which computes the answer, if no variable leads the loader to another one. A script, or one of rustup's proxies, may answer differently in
 * another folder, and is queried each time. Answers are in `rustc` in the user's state folder, because anyone who could change one could choose the
 * libLLVM that is loaded.
 */
import { createHash } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import { LtoError, systemCode } from "../base/errors.js";
import { stampOf, type FileStamp } from "../base/file-digest.js";
import { makePrivateFolder } from "../base/folders.js";
import { LIMITS, openRegularFile } from "../base/read-file.js";
import { readSealed, writeSealed } from "../base/sealed-file.js";
import { stateFolder } from "../base/state-folder.js";

/** What `-vV` and `--print sysroot` print. */
const ANSWERS = z.object({ version: z.string(), sysroot: z.string() });
export type RustcAnswers = z.infer<typeof ANSWERS>;

const KEPT = z.object({ identity: z.string(), answers: ANSWERS });

/**
 * The answers of a rustc, from memory or by querying it.
 *
 * @param rustc a program of this machine, by its full path
 * @param environment the environment of the query
 */
export async function answersOf(rustc: string, environment: NodeJS.ProcessEnv, ask: () => Promise<RustcAnswers>): Promise<RustcAnswers> {
  const before = await identityOf(rustc, environment);
  if (before === undefined) return ask();
  const file = path.join(stateFolder(environment), "rustc", `${digestOf(before.program)}.json`);
  const kept = await readOwn(file);
  if (kept?.identity === before.text) return kept.answers;
  const answers = await ask();
  const after = await identityOf(rustc, environment);
  if (before.settled && after?.text === before.text) await keep(file, { identity: before.text, answers });
  return answers;
}

/** Variables that rustc itself uses, without those of Cargo and rustup. */
const HEEDED = /^(?:RUSTC_(?!WRAPPER|WORKSPACE_WRAPPER)|RUST_)/;

/** The prefix of variables that may make the loader use libraries other than those beside the program. */
const LOADER = "LD_";

interface Identity extends Omit<FileStamp, "file"> {
  /** The program, with links resolved. */
  readonly program: string;
}

/** Everything that the answer depends on; undefined: unknown. */
async function identityOf(rustc: string, environment: NodeJS.ProcessEnv): Promise<Identity | undefined> {
  if (Object.keys(environment).some((name) => name.startsWith(LOADER))) return undefined;
  try {
    const program = await realpath(rustc);
    if (!(await isElf(program))) return undefined;
    const [driver, other] = await driversBeside(program);
    if (driver === undefined || other !== undefined) return undefined;
    const stamps = await Promise.all([program, driver].map(stampOf));
    const variables = Object.keys(environment)
      .filter((name) => HEEDED.test(name))
      .toSorted()
      .map((name) => [name, environment[name]]);
    const text = digestOf(JSON.stringify([program, driver, stamps.map((stamp) => stamp.text), variables]));
    return { program, text, settled: stamps.every(({ settled }) => settled) };
  } catch (error) {
    if (error instanceof LtoError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** rustc's driver libraries: in `../lib`, or in Debian's folder below it. */
async function driversBeside(program: string): Promise<string[]> {
  const lib = path.join(path.dirname(program), "..", "lib");
  const folders = [lib, ...(await readdir(lib)).filter((name) => name.endsWith("-linux-gnu")).map((name) => path.join(lib, name))];
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(folder).catch((): string[] => [])).map((name) => path.join(folder, name))),
  );
  return names.flat().filter((file) => /\/librustc_driver-[^/]*\.so$/.test(file));
}

async function isElf(file: string): Promise<boolean> {
  const { handle } = await openRegularFile(file, LIMITS.bitcode);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1") === "\x7fELF";
  } finally {
    await handle.close();
  }
}

/** Reads a file, if only this user can have written it. */
async function readOwn(file: string): Promise<z.infer<typeof KEPT> | undefined> {
  try {
    for (const part of [path.dirname(file), file]) {
      const { uid, mode } = await stat(part);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
    }
    return await readSealed(KEPT, file);
  } catch (error) {
    if (error instanceof LtoError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** If the folder is read-only, the only cost is another query. */
async function keep(file: string, kept: z.infer<typeof KEPT>): Promise<void> {
  await makePrivateFolder(path.dirname(path.dirname(file)))
    .then(() => makePrivateFolder(path.dirname(file)))
    .then(() => writeSealed(file, kept))
    .catch(() => undefined);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
