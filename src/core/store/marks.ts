/**
 * Marks of verifications without differences. A mark is a statement about content: it is named by the identity of the replay (inputs, settings and
 * engine), and contains a digest of rustc's results that were compared (stage files, objects, the output, keys, decisions). A run shows "verified"
 * while both are the same.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import * as z from "zod/mini";
import type { Fidelity, VerifiedCode, VerifyReport } from "../../protocol/runs.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { LinkLine, LinkWord, UnitManifest } from "../../protocol/units.js";
import { captureFolder } from "./captures.js";
import { LOG_FILE } from "./captured-files.js";
import { messageOf, systemCode } from "../base/errors.js";
import type { StoreLayout } from "./store-layout.js";
import { DigestMemory } from "../base/digest-memory.js";
import { inputFiles, linkFiles, objectFiles } from "./module-files.js";
import { noteProven } from "./proven-toolchains.js";
import { readSealed, writeSealed } from "../base/sealed-file.js";
import { workThrough } from "../base/work-list.js";

const MARK = z.object({
  identity: z.string(),
  account: z.string(),
  unit: z.string(),
  verifiedAt: z.string(),
  /** Absent: no objects were compared, or a mark of an earlier version. */
  code: z.exactOptional(z.object({ objects: z.number(), output: z.boolean() })),
});

/** What a mark says. */
export interface Mark {
  readonly code?: VerifiedCode;
}

/** The files of a capture when it was verified: path (relative inside the capture's folder) → digest. */
const SEEN = z.object({ identity: z.string(), files: z.record(z.string(), z.string()) });

const READ_AT_ONCE = 8;

/** Returns the digest of a file's content. @throws if it cannot be read */
export type Digester = (file: string) => Promise<string>;

/** The parts of a replay that a mark concerns. */
export interface MarkedReplay {
  /** Digest of inputs, settings and engine by content. */
  readonly identity: string;
  readonly llvm: { readonly matchesProducer: boolean };
  /** null: plain files. */
  readonly inputs: { readonly manifest: UnitManifest | null };
  readonly engine: { readonly spec: { readonly library: string; readonly addon: string } };
}

export class Marks {
  readonly #layout: StoreLayout;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  /** The mark of a replay of this identity; undefined: it has not been verified, or the mark has been revoked since. */
  async of(identity: string): Promise<Mark | undefined> {
    return this.#read(identity);
  }

  /** The fidelity of an open replay. Checks rustc's files again: later damage to them invalidates a mark. */
  async fidelityOf({ llvm, identity, inputs: { manifest } }: MarkedReplay): Promise<Fidelity> {
    if (!llvm.matchesProducer) return "other LLVM";
    const mark = manifest === null ? undefined : await this.#read(identity);
    if (manifest === null || mark === undefined) return "same LLVM, not verified";
    const memory = await DigestMemory.open(digestsFile(this.#layout, manifest));
    const account = await accountOf(manifest, (file) => memory.digest(file)).catch(() => undefined);
    await memory.save();
    return account === mark.account ? "verified" : "same LLVM, not verified";
  }

  /** Whether a capture of this store was verified, and nothing has changed since, including library and addon. */
  async holdsFor(unit: UnitManifest): Promise<boolean> {
    const seen = await readSealed(SEEN, this.#seenFile(unit));
    if (seen === undefined || (await this.#read(seen.identity)) === undefined) return false;
    const folder = captureFolder(this.#layout.root, unit.id, unit.capture);
    const memory = await DigestMemory.open(digestsFile(this.#layout, unit));
    let same = true;
    await workThrough(Object.entries(seen.files), READ_AT_ONCE, async ([file, digest]) => {
      if (same && (await memory.digest(resolve(folder, file)).catch(() => undefined)) !== digest) same = false;
    });
    await memory.save();
    return same;
  }

  /**
   * Notes a verification without differences.
   *
   * @param compared digests of rustc's files, as they were compared
   * @returns a warning if the store cannot be written to
   */
  async note(open: MarkedReplay, unit: UnitManifest, report: VerifyReport, compared: ReadonlyMap<string, string>): Promise<string[]> {
    const { identity } = open;
    const memory = await DigestMemory.open(digestsFile(this.#layout, unit));
    const digest: Digester = async (file) => compared.get(file) ?? memory.digest(file);
    try {
      const account = await accountOf(unit, digest);
      const seen = await this.#seen(open, unit, digest);
      const code = codeOf(report) ?? (await this.#codeOfSame(identity, account));
      const content = { identity, account, unit: report.unit.id, verifiedAt: new Date().toISOString(), ...(code && { code }) };
      await writeSealed(this.#markFile(identity), content);
      await noteProven(this.#layout, unit.toolchain);
      if (unit.folder === captureFolder(this.#layout.root, unit.id, unit.capture)) await writeSealed(this.#seenFile(unit), seen);
      // Stamps for the next check of the same files.
      for (const file of compared.keys()) await memory.digest(file);
      await memory.save();
      return [];
    } catch (error) {
      return [`It is verified, but the store cannot record this: ${messageOf(error)}. Runs will say "same LLVM, not verified".`];
    }
  }

  /**
   * Revokes a mark.
   *
   * @param identity null: its inputs are damaged, and the marks of the capture are revoked
   * @returns a warning if the store cannot be written to
   */
  async revoke(identity: string | null, unit: UnitManifest): Promise<string[]> {
    const seen = await readSealed(SEEN, this.#seenFile(unit));
    const marks = [identity, identity === null ? seen?.identity : undefined].filter((one) => typeof one === "string");
    const files = marks.map((one) => this.#markFile(one));
    if (seen !== undefined && (identity === null || seen.identity === identity)) files.push(this.#seenFile(unit));
    try {
      for (const file of files) await rm(file, { force: true });
      return [];
    } catch (error) {
      return systemCode(error) === "ENOENT" ? [] : [`An earlier verification of it cannot be revoked: ${messageOf(error)}.`];
    }
  }

  /** A verification of the stages alone takes nothing back. */
  async #codeOfSame(identity: string, account: string): Promise<VerifiedCode | undefined> {
    const earlier = await this.#read(identity);
    return earlier?.account === account ? earlier.code : undefined;
  }

  async #read(identity: string): Promise<z.output<typeof MARK> | undefined> {
    const mark = await readSealed(MARK, this.#markFile(identity));
    return mark?.identity === identity ? mark : undefined;
  }

  async #seen(open: MarkedReplay, unit: UnitManifest, digest: Digester): Promise<z.output<typeof SEEN>> {
    const folder = captureFolder(this.#layout.root, unit.id, unit.capture);
    const files: Record<string, string> = {};
    await workThrough([...filesOf(unit, folder), open.engine.spec.library, open.engine.spec.addon], READ_AT_ONCE, async (file) => {
      const way = relative(folder, file);
      files[way.startsWith("..") || isAbsolute(way) ? file : way] = await digest(file);
    });
    return { identity: open.identity, files };
  }

  #markFile(identity: string): string {
    return join(this.#layout.verified, `${identity}.json`);
  }

  #seenFile(unit: UnitManifest): string {
    return join(this.#layout.verified, "captures", `${encodeURIComponent(formatCaptureRef(unit))}.json`);
  }
}

function codeOf({ objects, binary }: VerifyReport): VerifiedCode | undefined {
  return objects === undefined ? undefined : { objects: objects.identical, output: binary?.identical === true };
}

/** The file with the digests of a capture's files, so that these are not read each time. */
export function digestsFile(layout: StoreLayout, unit: UnitManifest): string {
  return join(layout.verified, "digests", `${encodeURIComponent(formatCaptureRef(unit))}.json`);
}

/** All files of a capture that a verification reads, including its manifest. */
function filesOf(unit: UnitManifest, folder: string): string[] {
  const account = [unit.currentKeysFile, join(folder, LOG_FILE)];
  const rustcs = [...comparedFiles(unit).map(([, , file]) => file), ...objectFiles(unit), ...linkFiles(unit)];
  const all = [join(folder, "manifest.json"), ...inputFiles(unit), ...account, ...rustcs];
  return [...new Set(all.filter((file) => typeof file === "string"))];
}

/** rustc's own files of the modules that it compiled: module, stage, file. */
export function comparedFiles({ decisions, rustcStages }: UnitManifest): (readonly [string, string, string])[] {
  return Object.entries(rustcStages).flatMap(([module, stages]) =>
    decisions?.verdicts[module] === "re-used" ? [] : Object.entries(stages).map(([stage, file]) => [module, stage, file] as const),
  );
}

/** rustc's own objects: module, kind, file. */
function comparedObjects({ rustcObjects = {} }: UnitManifest): (readonly [string, string, string])[] {
  return Object.entries(rustcObjects).flatMap(([module, { file, dwarf }]) => [
    [module, "object", file] as const,
    ...(dwarf === undefined ? [] : [[module, "dwarf", dwarf] as const]),
  ]);
}

/** The linker's command line and the output, with the contents of files in place of their paths. */
async function linkAccount(link: LinkLine, digest: Digester): Promise<string> {
  const words: LinkWord[] = [];
  for (const word of link.words) {
    words.push(typeof word === "object" && "file" in word ? { ...word, file: await digest(word.file) } : word);
  }
  return JSON.stringify({ ...link, words, output: await digest(link.output) });
}

/** Digest of everything from rustc that is compared. */
async function accountOf(unit: UnitManifest, digest: Digester): Promise<string> {
  const { decisions, incremental, currentKeysFile } = unit;
  const files: string[] = [];
  await workThrough([...comparedFiles(unit), ...comparedObjects(unit)], READ_AT_ONCE, async ([module, kind, file]) => {
    files.push(JSON.stringify([module, kind, await digest(file)]));
  });
  if (unit.link !== undefined) files.push(await linkAccount(unit.link, digest));
  if (unit.archive !== undefined) files.push(JSON.stringify({ ...unit.archive, output: await digest(unit.archive.output) }));
  const keys = currentKeysFile === null ? null : await digest(currentKeysFile);
  return createHash("sha256")
    .update(JSON.stringify([decisions, incremental, keys, files.sort()]))
    .digest("hex");
}
