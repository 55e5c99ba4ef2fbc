/** The files of a captured unit that its replay reads. */
import type { LocalModule, UnitManifest } from "../../protocol/units.js";

/** Every file of one local module. */
export function filesOfModule({ file, useListsFile, namesFile, withGlobalAllocator }: LocalModule): string[] {
  return present([file, useListsFile, namesFile, withGlobalAllocator]);
}

/** Every file except rustc's own results (its stages and its log). */
export function inputFiles(unit: UnitManifest): string[] {
  const archives = unit.upstream.map(({ file }) => file);
  const modules = unit.localModules.flatMap(filesOfModule);
  return present([...modules, ...(unit.preservedFiles ?? []), ...archives, unit.profileFile, unit.previousKeysFile]);
}

/** rustc's own objects, and their DWARF objects. */
export function objectFiles({ rustcObjects = {} }: Pick<UnitManifest, "rustcObjects">): string[] {
  return Object.values(rustcObjects).flatMap(({ file, dwarf }) => present([file, dwarf]));
}

/** What making the outputs again needs besides the objects of LTO, and the outputs. */
export function linkFiles({ link, archive, outputAlone }: Pick<UnitManifest, "link" | "archive" | "outputAlone">): string[] {
  const kept = (link?.words ?? []).flatMap((word) => (typeof word === "object" && "file" in word ? [word.file] : []));
  return [...new Set(present([...kept, link?.output, archive?.output, outputAlone?.file]))];
}

function present(files: readonly (string | null | undefined)[]): string[] {
  return files.filter((file) => typeof file === "string");
}
