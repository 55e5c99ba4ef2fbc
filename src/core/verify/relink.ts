/**
 * Links the objects of a replay with the build's own linker and command line, in a folder of its own, and compares the output with the build's. It writes
 * nowhere else.
 */
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import type { LinkComparison } from "../../protocol/runs.js";
import type { LinkLine, UnitManifest } from "../../protocol/units.js";
import { endsTheRun, LtoError, messageOf, systemCode } from "../base/errors.js";
import { digestIfEqual } from "../base/file-digest.js";
import { runProcess } from "../base/process.js";
import { newScratchFolder } from "../base/scratch.js";
import type { EngineClient } from "../engine/client.js";
import { linkLineNoted } from "../machine/own-notes.js";
import type { OpenUnit } from "../replay/open.js";
import { outputName, wordsFor } from "./link-words.js";

/** Sections that a report names. */
const MOST = 20;

/** Lines of what the linker said that an error repeats. */
const SAID_LINES = 10;

interface Compared extends LinkComparison {
  /** SHA-256 of the compared content, if it is identical. */
  readonly digest?: string;
}

export interface RelinkedFile extends Compared {
  /** Exists only during the call. */
  readonly file: string;
  readonly bytes: number;
  readonly millis: number;
}

/** Why the output of a unit cannot be linked again; undefined: it can. */
export async function whyNoLink(unit: UnitManifest): Promise<LtoError | undefined> {
  const cannot = (message: string, help: string): LtoError => new LtoError({ name: "IncompleteUnit", message, help });
  if (unit.notLinked !== undefined) {
    return cannot(`${unit.name} was not linked: its build failed.`, "Fix what Cargo reports, then capture again.");
  }
  if (unit.noLinkBecause !== undefined) {
    return cannot(
      `The capture of ${unit.name} does not have the linker's command line: ${unit.noLinkBecause}.`,
      "Remove the cause from the build, then capture the unit again.",
    );
  }
  if (unit.link === undefined) {
    return cannot(
      `The capture of ${unit.name} does not have the linker's command line: no linker was started, or an earlier version captured it.`,
      "Capture a program or a cdylib again: `lto-inspector capture`.",
    );
  }
  if (await linkLineNoted(unit.link)) return undefined;
  return cannot(
    `The linker of ${unit.name} is not run: the capture's command line names it, and you did not make the capture on this machine.`,
    "Capture the unit on this machine.",
  );
}

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
  use: (linked: RelinkedFile) => Promise<T>,
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
    return await use({ file, bytes: size, millis, ...(await compareLinked(file, link.output, open.engine, signal)) });
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

/** An output of the build that cannot be read differs. @throws LtoError Cancelled */
async function compareLinked(ours: string, builds: string, engine: EngineClient, signal?: AbortSignal): Promise<Compared> {
  try {
    const digest = await digestIfEqual(ours, builds);
    if (digest !== undefined) return { identical: true, differs: [], digest };
    const { sections, more } = await engine.request("compareObjects", { ours, theirs: builds, most: MOST }, signal);
    const differs = sections.map(({ section, why, symbols }) => ({
      section,
      why: symbols.length === 0 ? why : `${why} (${symbols.join(", ")})`,
    }));
    return { identical: false, differs: more === 0 ? differs : [...differs, { section: "", why: `${more} more sections differ` }] };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined && endsTheRun(error)) throw error;
    const unknown = `how it differs cannot be told: ${messageOf(error)}`;
    return { identical: false, differs: [{ section: "", why: code === "ENOENT" ? `the build's output is missing (${builds})` : unknown }] };
  }
}
