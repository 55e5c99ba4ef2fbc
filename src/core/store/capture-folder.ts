/**
 * Checks a capture's folder, which is not trusted: everything that its manifest names must be inside, and nothing inside may be a link. (The only
 * exceptions are files of the standard library, which are found in a trusted toolchain when the unit is opened.)
 */
import { readdir } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { UnitManifest } from "../../protocol/units.js";
import { LtoError } from "../base/errors.js";

/**
 * @param manifest with absolute paths
 * @throws LtoError UnreadableFile for a path that leads out of the folder, or a symbolic link in it
 */
export async function refuseOutside(manifest: UnitManifest, folder: string): Promise<void> {
  for (const [property, file] of namedFiles(manifest)) {
    const rest = relative(folder, file);
    if (rest === "" || rest.startsWith("..") || isAbsolute(rest)) {
      throw outside(join(folder, "manifest.json"), `\`${property}\` ${file} is outside the capture's folder`);
    }
  }
  // A capture creates no symbolic links: files are copied or hard-linked.
  const link = (await readdir(folder, { recursive: true, withFileTypes: true })).find((entry) => entry.isSymbolicLink());
  if (link !== undefined) {
    const file = join(link.parentPath, link.name);
    throw outside(file, "it is a symbolic link, and captures contain none");
  }
}

function namedFiles(manifest: UnitManifest): (readonly [property: string, file: string])[] {
  const {
    localModules,
    preservedFiles = [],
    profileFile,
    previousKeysFile,
    currentKeysFile,
    rustcStages,
    rustcObjects = {},
    link,
    archive,
    outputAlone,
  } = manifest;
  const optional = (property: string, file: string | null | undefined): (readonly [string, string])[] =>
    file === null || file === undefined ? [] : [[property, file]];
  return [
    ...localModules.flatMap((module, index) => [
      ...optional(`localModules[${index}].file`, module.file),
      ...optional(`localModules[${index}].useListsFile`, module.useListsFile),
      ...optional(`localModules[${index}].namesFile`, module.namesFile),
      ...optional(`localModules[${index}].withGlobalAllocator`, module.withGlobalAllocator),
    ]),
    ...preservedFiles.map((file, index) => [`preservedFiles[${index}]`, file] as const),
    ...optional("profileFile", profileFile),
    ...optional("previousKeysFile", previousKeysFile),
    ...optional("currentKeysFile", currentKeysFile),
    ...Object.entries(rustcStages).flatMap(([module, stages]) =>
      Object.entries(stages).flatMap(([stage, file]) => optional(`rustcStages["${module}"]["${stage}"]`, file)),
    ),
    ...optional("link.output", link?.output),
    ...optional("archive.output", archive?.output),
    ...optional("outputAlone.file", outputAlone?.file),
    ...(link?.words ?? []).flatMap((word, index) =>
      typeof word === "object" && "file" in word ? optional(`link.words[${index}].file`, word.file) : [],
    ),
    ...Object.entries(rustcObjects).flatMap(([module, { file, dwarf }]) => [
      ...optional(`rustcObjects["${module}"].file`, file),
      ...optional(`rustcObjects["${module}"].dwarf`, dwarf),
    ]),
  ];
}

function outside(file: string, why: string): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `A capture cannot be used because of ${file}: ${why}.`,
    file,
    help: "Capture the unit again on this machine.",
  });
}
