/** The linker's words for our objects, with every path checked that a capture names: captures are data. */
import { mkdtemp, realpath, symlink } from "node:fs/promises";
import path from "node:path";
import { staysOneOption } from "../../protocol/linked-files.js";
import type { LinkLine, LinkWord, UnitManifest } from "../../protocol/units.js";
import { LtoError, systemCode } from "../base/errors.js";
import { isWithin } from "../machine/machine.js";

/** The parts of a manifest that a command line refers to. */
type LinkedCapture = Pick<UnitManifest, "folder" | "rustcObjects">;

type LinkedFile = Extract<LinkWord, { readonly file: string }>;

export interface LinkPlaces {
  /** Where our objects get the names that linkers select them by. */
  readonly folder: string;
  readonly output: string;
  /** Our object of a module; undefined: there is none. */
  readonly objectOf: (module: string) => string | undefined;
}

/**
 * The command line for our objects, under the names that rustc gave its own.
 *
 * @throws LtoError IncompleteUnit if an object is missing, or a name or path of the capture cannot be used
 */
export async function wordsFor(unit: LinkedCapture, { words, output }: LinkLine, places: LinkPlaces): Promise<string[]> {
  await requireInCapture(output, unit);
  const made: string[] = [];
  for (const word of words) made.push(typeof word === "string" ? word : await textOf(unit, word, places));
  return made;
}

/** @throws LtoError IncompleteUnit for a name that is no name of a file */
export function outputName({ source }: Pick<LinkLine, "source">): string {
  const name = path.basename(source);
  if (name === "" || name === "." || name === "..") throw unusable(`its output has no name: ${source}`);
  return name;
}

async function textOf(unit: LinkedCapture, word: Exclude<LinkWord, string>, places: LinkPlaces): Promise<string> {
  if ("output" in word) return places.output;
  if ("module" in word) return objectNamed(unit, word.module, places);
  const { before, file } = word;
  await requireInCapture(file, unit);
  return before + (staysOneOption(before, file) ? file : await withoutComma(word, places));
}

/** Under its own name in our folder: the store's path may have a comma, which would end the option. @throws LtoError IncompleteUnit */
async function withoutComma({ before, file }: LinkedFile, { folder }: LinkPlaces): Promise<string> {
  const link = path.join(await mkdtemp(path.join(folder, "kept-")), path.basename(file));
  if (!staysOneOption(before, link)) throw unusable(`the comma in ${link} would end the option ${before}`, file);
  await symlink(file, link);
  return link;
}

async function objectNamed({ rustcObjects }: LinkedCapture, module: string, { folder, objectOf }: LinkPlaces): Promise<string> {
  const [object, source] = [objectOf(module), rustcObjects?.[module]?.source];
  if (object === undefined || source === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `There is no object of ${module}, which is linked.`,
      module,
      help: "Capture the unit again.",
    });
  }
  const file = path.join(folder, path.basename(source));
  try {
    await symlink(object, file);
  } catch (error) {
    if (!["EEXIST", "ENAMETOOLONG"].includes(systemCode(error) ?? "")) throw error;
    throw unusable(`the object of ${module} has no name of its own: ${source}`);
  }
  return file;
}

/** Links are followed: one could lead elsewhere. @throws LtoError IncompleteUnit */
export async function requireInCapture(file: string, { folder = "" }: Pick<LinkedCapture, "folder">): Promise<void> {
  const [place, whole] = await Promise.all([real(file), real(folder)]);
  if (folder === "" || !isWithin(place, whole)) throw unusable(`${file} is not in the capture's folder`, file);
}

/** A file that is missing is where its folder is. */
async function real(file: string): Promise<string> {
  const parent = async (): Promise<string> => path.join(await realpath(path.dirname(file)), path.basename(file));
  return realpath(file)
    .catch(parent)
    .catch(() => path.resolve(file));
}

function unusable(why: string, file?: string): LtoError {
  return new LtoError({
    name: "IncompleteUnit",
    message: `The capture's command line of the linker cannot be used: ${why}.`,
    ...(file === undefined ? {} : { file }),
    help: "Capture the unit again.",
  });
}
