/**
 * Keeps what is needed to make a staticlib again: its members in order, and where each comes from. rustc writes the archive itself, so there is no linker's
 * command line.
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { ArchivedMember, ArchiveList, RustcObject } from "../../../../protocol/units.js";
import { withMembers, type ArchiveContent, type Member } from "../../../base/archive-members.js";
import { isLtoError, systemCode } from "../../../base/errors.js";
import { digestFile } from "../../../base/file-digest.js";
import { makeFolder } from "../../../base/folders.js";
import { copyRegularFile, LIMITS } from "../../../base/read-file.js";

export interface ArchiveParts {
  /** The archive that rustc wrote. */
  readonly archive: string;
  /** The capture's folder. */
  readonly target: string;
  /** rustc's objects of modules of LTO. */
  readonly objects: Readonly<Record<string, RustcObject>>;
  /** Archives that rustc may have taken members from, the likeliest first. */
  readonly libraries: readonly string[];
}

/**
 * Mirrors `link_staticlib` (`compiler/rustc_codegen_ssa/src/back/link.rs`, rustc 1.85 to 1.98): the archive has the crate's own objects and the members of
 * libraries that LTO did not read.
 *
 * @returns why it was not kept; undefined: there is no archive
 * @throws the system's error, UnreadableFile, CorruptArchive
 */
export async function keepArchiveList(parts: ArchiveParts): Promise<ArchiveList | string | undefined> {
  const { archive, target } = parts;
  if ((await fs.stat(archive).catch(() => undefined))?.isFile() !== true) return undefined;
  const members = await listed(parts);
  const unknown = members.find((member) => typeof member === "string");
  if (typeof unknown === "string") return `no library of the build has the member ${unknown} of the archive`;
  const output = path.join("link", "output", path.basename(archive));
  await makeFolder(path.dirname(path.join(target, output)));
  await copyRegularFile(archive, path.join(target, output), LIMITS.bitcode);
  return { members: members.filter((member) => typeof member !== "string"), output, source: archive };
}

/** @returns for a member of unknown origin, its name */
async function listed(parts: ArchiveParts): Promise<(ArchivedMember | string)[]> {
  const modules = new Map(Object.entries(parts.objects).map(([module, { source }]) => [path.basename(source), module]));
  return withMembers(parts.archive, async (members, content) => {
    const origins = new Origins(parts);
    const found: (ArchivedMember | string)[] = [];
    for (const member of members) {
      const { name } = member;
      const module = modules.get(name);
      found.push(module === undefined ? ((await origins.of(member, content)) ?? name) : { name, module });
    }
    return found;
  });
}

/** Where members come from. Libraries are read only as far as they are needed. */
class Origins {
  readonly #unread: string[];
  /** Name and length → libraries that have such a member. */
  readonly #known = new Map<string, { readonly file: string; readonly member: Member }[]>();
  readonly #folder: string;

  constructor({ archive, libraries }: ArchiveParts) {
    this.#unread = libraries.filter((file) => file !== archive);
    this.#folder = path.dirname(archive);
  }

  /** @returns undefined: no library has the member with these bytes */
  async of(member: Member, content: ArchiveContent): Promise<ArchivedMember | undefined> {
    const { name } = member;
    const sha256 = await content.digest(member);
    const seen = new Set<string>();
    do {
      for (const { file, member: candidate } of this.#known.get(keyOf(member)) ?? []) {
        if (seen.has(`${file}:${candidate.position}`)) continue;
        seen.add(`${file}:${candidate.position}`);
        if ((await digestIn(file, candidate)) === sha256) return { name, from: file, sha256 };
      }
    } while (await this.#readNext());
    // The object of a codegen unit outside LTO.
    const own = path.join(this.#folder, name);
    const same = (await digestFile(own).catch(() => undefined)) === sha256;
    return same ? { name, from: own, sha256 } : undefined;
  }

  async #readNext(): Promise<boolean> {
    const file = this.#unread.shift();
    if (file === undefined) return false;
    const members = await withMembers(file, (found) => Promise.resolve(found)).catch((error: unknown) => {
      if (isLtoError(error) || systemCode(error) !== undefined) return [];
      throw error;
    });
    for (const member of members) {
      this.#known.set(keyOf(member), [...(this.#known.get(keyOf(member)) ?? []), { file, member }]);
    }
    return true;
  }
}

function keyOf({ name, length }: Member): string {
  return `${length} ${name}`;
}

function digestIn(file: string, member: Member): Promise<string> {
  return withMembers(file, (_members, { digest }) => digest(member));
}
