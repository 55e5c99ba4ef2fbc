/**
 * Links the objects of a replay with the build's own linker and command line, in a folder of its own, and compares the output with the build's. It writes
 * nowhere else.
 */
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import type { LinkLine } from "../../protocol/units.js";
import { LtoError, messageOf, systemCode } from "../base/errors.js";
import { runProcess } from "../base/process.js";
import { newScratchFolder } from "../base/scratch.js";
import type { OpenUnit } from "../replay/open.js";
import { compareOutputs, type RemadeFile } from "./compare-outputs.js";
import { outputName, wordsFor } from "./link-words.js";

/** Lines of what the linker said that an error repeats. */
const SAID_LINES = 10;

/**
 * Links, compares, and passes the output on before it is removed.
 *
 * @param objects our objects of the modules of LTO
 * @throws LtoError BuildFailed if the linker fails; IncompleteUnit if an object is missing or a path cannot be used; Cancelled
 */
export async function relink<T>(
  open: OpenUnit,
  link: LinkLine,
  objects: ReadonlyMap<string, string>,
  use: (linked: RemadeFile) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const objectOf = (module: string): string | undefined => {
    const blob = objects.get(module);
    return blob === undefined ? undefined : open.maker.store.blobFile(blob);
  };
  const scratch = await newScratchFolder("link");
  try {
    const file = path.join(scratch.folder, "output", outputName(link));
    await mkdir(path.dirname(file));
    const words = await wordsFor(open.inputs.manifest ?? {}, link, { folder: scratch.folder, output: file, objectOf });
    const begun = performance.now();
    await runLinker(open, link, words, scratch.folder, signal);
    const millis = performance.now() - begun;
    const { size } = await stat(file).catch(() => {
      throw new LtoError({ name: "BuildFailed", message: `The linker ${link.program} wrote no output.` });
    });
    return await use({ file, bytes: size, millis, ...(await compareOutputs(file, link.output, open.engine, signal)) });
  } finally {
    await scratch.remove();
  }
}

async function runLinker(
  { inputs: { toolchain } }: OpenUnit,
  { program, environment, folder }: LinkLine,
  words: readonly string[],
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  // As rustc does (`get_tools_search_paths`, rustc 1.9x): the toolchain's own linkers come first. An empty entry would be the build's folder.
  const tools = toolchain === null ? [] : [path.join(toolchain.sysroot, "lib", "rustlib", toolchain.host, "bin")];
  const own = tools.flatMap((one) => [one, path.join(one, "self-contained")]);
  const places = (process.env["PATH"] ?? "").split(path.delimiter).filter((place) => path.isAbsolute(place));
  const env = { ...process.env, ...environment, PATH: [...own, ...places].join(path.delimiter) };
  const exists = (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  const failed = (why: string): LtoError =>
    new LtoError({
      name: "BuildFailed",
      message: `The linker ${program} failed: ${why}`,
      help: "Install the linker that the build used, or capture the unit again.",
    });
  const ended = await runProcess(program, words, { cwd: exists ? folder : scratch, env, signal }).catch((error: unknown) => {
    throw systemCode(error) === undefined ? error : failed(messageOf(error));
  });
  const said = ended.stderr.trim().split("\n").slice(-SAID_LINES).join("\n");
  if (ended.code !== 0) throw failed(said === "" ? `it exited with ${ended.code ?? "a signal"}` : said);
}
