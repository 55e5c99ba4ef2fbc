/**
 * Makes a staticlib again, in a folder of its own, from the objects of a replay and the members that the build took from libraries outside LTO, and compares it
 * with the build's.
 */
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import type { LinkDifference } from "../../protocol/runs.js";
import type { ArchivedMember, ArchiveList } from "../../protocol/units.js";
import { withMembers } from "../base/archive-members.js";
import { endsTheRun, LtoError, systemCode } from "../base/errors.js";
import { newScratchFolder } from "../base/scratch.js";
import type { OpenUnit } from "../replay/open.js";
import { compareOutputs, MOST, type RemadeFile } from "./compare-outputs.js";
import { outputName, requireInCapture } from "./link-words.js";

type Outside = Extract<ArchivedMember, { readonly sha256: string }>;

interface Found {
  readonly position: number;
  readonly length: number;
  readonly sha256: string;
}

/**
 * Mirrors `ArArchiveBuilder::build_inner` and `LlvmArchiveBuilder::build_with_llvm` (`back/archive.rs`, rustc 1.85 to 1.98): one uses a translation of LLVM's
 * writer, the other LLVM's own.
 *
 * Members from outside LTO are read from the build's archive: they count only with the bytes that they had in their library.
 *
 * @param objects our objects of the modules of LTO
 * @throws LtoError IncompleteUnit if an object is missing or a path cannot be used; Cancelled
 */
export async function rearchive<T>(
  open: OpenUnit,
  list: ArchiveList,
  objects: ReadonlyMap<string, string>,
  use: (made: RemadeFile) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await requireInCapture(list.output, open.inputs.manifest ?? {});
  const outside = await outsideMembers(list);
  const parts: { name: string; file: string; position?: number; length?: number }[] = [];
  const differs: LinkDifference[] = [];
  for (const member of list.members) {
    if ("module" in member) parts.push({ name: member.name, file: objectFile(open, objects, member.module) });
    else {
      const found = outside.get(member);
      if (found?.sha256 === member.sha256) {
        parts.push({ name: member.name, file: list.output, position: found.position, length: found.length });
      } else if (found !== undefined) differs.push({ section: member.name, why: `the bytes are not those of ${member.from}` });
    }
  }
  const scratch = await newScratchFolder("link");
  try {
    const file = path.join(scratch.folder, "output", outputName(list));
    await mkdir(path.dirname(file));
    const begun = performance.now();
    await open.engine.request("writeArchive", { members: parts, output: file }, signal);
    const millis = performance.now() - begun;
    const { size } = await stat(file);
    const compared = await compareOutputs(file, list.output, open.engine, signal);
    const all = differs.length === 0 ? compared : { identical: false, differs: [...differs.slice(0, MOST), ...compared.differs] };
    return await use({ file, bytes: size, millis, ...all });
  } finally {
    await scratch.remove();
  }
}

function objectFile({ maker }: OpenUnit, objects: ReadonlyMap<string, string>, module: string): string {
  const blob = objects.get(module);
  if (blob !== undefined) return maker.store.blobFile(blob);
  throw new LtoError({
    name: "IncompleteUnit",
    message: `There is no object of ${module}, which is in the archive.`,
    module,
    help: "Capture the unit again.",
  });
}

/** Of several members with one name, the order decides. An archive that is missing or damaged has none. */
async function outsideMembers({ members, output }: ArchiveList): Promise<ReadonlyMap<Outside, Found>> {
  const wanted = new Map<string, Outside[]>();
  for (const member of members) {
    if ("sha256" in member) wanted.set(member.name, [...(wanted.get(member.name) ?? []), member]);
  }
  const found = new Map<Outside, Found>();
  try {
    await withMembers(output, async (present, { digest }) => {
      for (const member of present) {
        const next = wanted.get(member.name)?.shift();
        if (next === undefined) continue;
        found.set(next, { position: member.position, length: member.length, sha256: await digest(member) });
      }
    });
  } catch (error) {
    if (systemCode(error) === undefined && endsTheRun(error)) throw error;
  }
  return found;
}
