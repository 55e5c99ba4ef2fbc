/**
 * A capture is data: its manifest names the toolchain that made it, which must be among those of this machine or those that the user's own captures
 * ran. The path in the manifest is ignored.
 */
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { LtoErrorReport } from "../../../protocol/errors.js";
import type { OutsideCrate, Toolchain, UnitManifest } from "../../../protocol/units.js";
import { requireEngine } from "../../engine/libllvm.js";
import { reachingOut } from "../../engine/llvm-words.js";
import type { VouchedOutside } from "../../replay/producer.js";
import { LtoError, reportOf } from "../../base/errors.js";
import { isWithin, machineCompilers } from "../../machine/machine.js";
import { llvmWordsNoted, notedToolchains } from "../../machine/own-notes.js";
import { describeMachineRustc, findToolchains } from "../../machine/toolchain.js";

interface Vouched {
  readonly toolchain: Toolchain;
  /** Other folders that its builds took the standard library from. */
  readonly sysroots: readonly string[];
}

/** A unit whose inputs are trusted. */
export interface VouchedUnit {
  /** The manifest, with the trusted toolchain's upstream files. */
  readonly unit: UnitManifest;
  /** null: the toolchain that it needs is not trusted, so the user has to name a libLLVM. */
  readonly toolchain: Toolchain | null;
}

/**
 * Finds the toolchain that a unit needs among the trusted ones.
 *
 * @throws LtoError UnreadableFile for an input that is neither in the capture nor in the toolchain, IncompleteUnit for arguments that reach outside
 * LLVM
 */
export async function vouchFor(unit: UnitManifest): Promise<VouchedUnit> {
  await refuseReachingOut(unit);
  const vouched = await vouchedToolchain(unit.toolchain);
  const upstream = await Promise.all(unit.upstream.map((archive) => vouchedArchive(unit, archive, vouched)));
  return { unit: { ...unit, upstream }, toolchain: vouched?.toolchain ?? null };
}

/** @throws LtoError IncompleteUnit for arguments that reach outside LLVM, unless the user's own capture on this machine had them */
async function refuseReachingOut({ name, folder, settings }: UnitManifest): Promise<void> {
  const word = reachingOut(settings);
  if (word === undefined || (await llvmWordsNoted(settings))) return;
  throw new LtoError({
    name: "IncompleteUnit",
    message: `The capture of ${name} asks LLVM for \`${word}\`, which can start programs or access files outside the capture, and you did not make it on this machine.`,
    ...(folder === undefined ? {} : { file: folder }),
    help: "Capture the unit on this machine, or remove the argument from its manifest and pass it with --llvm-arg.",
  });
}

/** @throws LtoError NoLibLlvm, which names the toolchain that the unit needs; NoAddon if no engine can load its LLVM */
export function requireToolchain({ unit, toolchain }: VouchedUnit): Toolchain {
  if (toolchain !== null) return toolchain;
  requireEngine(unit.toolchain);
  const { release, commitHash, host, llvmVersion } = unit.toolchain;
  throw new LtoError({
    name: "NoLibLlvm",
    message: `The capture of ${unit.name} needs rustc ${release} (commit ${commitHash?.slice(0, 9) ?? "unknown"}, ${host}) with LLVM ${llvmVersion}, which is not installed on this machine. The path in the capture is not used.`,
    ...(unit.folder === undefined ? {} : { file: unit.folder }),
    help: `Install it (\`rustup toolchain install ${release.includes("nightly") ? "nightly" : release}\`), or name its libLLVM with --llvm PATH.`,
  });
}

/** Searches by identity, starting with the toolchain at the same path, which usually is the one. */
async function vouchedToolchain(asked: Toolchain): Promise<Vouched | undefined> {
  const notes = await notedToolchains((toolchain) => isSame(toolchain, asked));
  const sysroots = notes.flatMap((note) => [note.toolchain.sysroot, ...note.sysroots]);
  const noted = notes[0]?.toolchain;
  const toolchain =
    (await atTheSamePlace(asked)) ?? noted ?? (await findToolchains()).find((found) => isSame(found.toolchain, asked))?.toolchain;
  return toolchain === undefined ? undefined : { toolchain, sysroots };
}

async function atTheSamePlace(asked: Toolchain): Promise<Toolchain | undefined> {
  const place = await real(asked.rustc);
  for (const rustc of await machineCompilers({ environment: process.env, folder: process.cwd() })) {
    if ((await real(rustc)) !== place) continue;
    const toolchain = await describeMachineRustc(rustc);
    if (isSame(toolchain, asked)) return toolchain;
  }
  return undefined;
}

function isSame(one: Toolchain, other: Toolchain): boolean {
  return (
    one.release === other.release && one.commitHash === other.commitHash && one.host === other.host && one.llvmVersion === other.llvmVersion
  );
}

/** The crates of a unit that are linked as they are: files in its capture or in the trusted toolchain. */
export async function vouchedOutside(unit: UnitManifest): Promise<VouchedOutside> {
  const outside = unit.outsideLto ?? [];
  const vouched = outside.length === 0 ? undefined : await vouchedToolchain(unit.toolchain);
  const crates: OutsideCrate[] = [];
  const errors: LtoErrorReport[] = [];
  for (const crate of outside) {
    try {
      crates.push(await vouchedArchive(unit, crate, vouched));
    } catch (error) {
      errors.push(reportOf(error, `Looking for ${crate.file}`));
    }
  }
  return { crates, errors };
}

/** Inputs are in the capture or in the toolchain; the standard library's rlibs are not copied. */
async function vouchedArchive<T extends OutsideCrate>(unit: UnitManifest, archive: T, vouched: Vouched | undefined): Promise<T> {
  const { file } = archive;
  const folder = unit.folder === undefined ? undefined : await real(unit.folder);
  if (folder !== undefined && isWithin(await real(file), folder)) return archive;
  const own = vouched === undefined ? undefined : inToolchain(file, unit.toolchain.sysroot, vouched.toolchain.sysroot);
  const roots = vouched === undefined ? [] : [vouched.toolchain.sysroot, ...vouched.sysroots];
  for (const candidate of own === undefined ? [file] : [own, file]) {
    const place = await real(candidate);
    const found = (await Promise.all(roots.map(real))).some((root) => isWithin(place, root));
    if (found) return { ...archive, file: candidate, source: archive.source === file ? candidate : archive.source };
  }
  throw new LtoError({
    name: "UnreadableFile",
    message: `The capture of ${unit.name} names ${file} as an input, which is neither in its folder nor in this machine's toolchain that it needs (rustc ${unit.toolchain.release}).`,
    file,
    help: "Capture the unit on this machine, or install that toolchain.",
  });
}

/** The trusted sysroot's counterpart of a file in the sysroot that the manifest names. */
function inToolchain(file: string, theirs: string, ours: string): string | undefined {
  const rest = relative(theirs, file);
  return rest.startsWith("..") || isAbsolute(rest) ? undefined : join(ours, rest);
}

/** Resolves links, if the path exists. */
async function real(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
