/**
 * A capture is data: its manifest says which toolchain made it, and that is looked for among the toolchains that this machine or the user vouches for. Where
 * the manifest says that it lies counts for nothing.
 */
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { LtoErrorReport } from "../../../protocol/errors.js";
import type { OutsideCrate, Toolchain, UnitManifest } from "../../../protocol/units.js";
import { requireSeries } from "../../engine/libllvm.js";
import { reachingOut } from "../../engine/llvm-words.js";
import type { VouchedOutside } from "../../replay/producer.js";
import { LtoError, reportOf } from "../../base/errors.js";
import { isWithin, machineCompilers } from "../../machine/machine.js";
import { llvmWordsNoted, notedToolchains } from "../../machine/own-notes.js";
import { describeMachineRustc, findToolchains } from "../../machine/toolchain.js";

interface Vouched {
  readonly toolchain: Toolchain;
  /** Folders besides its own that its builds took the standard library from. */
  readonly sysroots: readonly string[];
}

/** A unit whose inputs may be opened. */
interface VouchedUnit {
  /** As the manifest, with upstream files of the vouched toolchain's. */
  readonly unit: UnitManifest;
  /** null: nobody vouches for the toolchain that it needs, so the user has to name a libLLVM. */
  readonly toolchain: Toolchain | null;
}

/**
 * Finds the toolchain that a unit needs among those that somebody vouches for.
 *
 * @throws LtoError UnreadableFile for an input outside of the capture that is none of the toolchain's, IncompleteUnit for arguments that reach out of LLVM
 */
export async function vouchFor(unit: UnitManifest): Promise<VouchedUnit> {
  await refuseReachingOut(unit);
  const vouched = await vouchedToolchain(unit.toolchain);
  const upstream = await Promise.all(unit.upstream.map((archive) => vouchedArchive(unit, archive, vouched)));
  return { unit: { ...unit, upstream }, toolchain: vouched?.toolchain ?? null };
}

/** @throws LtoError IncompleteUnit for words that reach out of LLVM, unless the user's own capture on this machine had them */
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

/** @throws LtoError NoLibLlvm, which names the toolchain that the unit needs */
export function requireToolchain({ unit, toolchain }: VouchedUnit): Toolchain {
  if (toolchain !== null) return toolchain;
  requireSeries(unit.toolchain);
  const { release, commitHash, host, llvmVersion } = unit.toolchain;
  throw new LtoError({
    name: "NoLibLlvm",
    message: `The capture of ${unit.name} asks for rustc ${release} (commit ${commitHash?.slice(0, 9) ?? "unknown"}, ${host}) with LLVM ${llvmVersion}, which is not installed on this machine. The path in the capture is not used.`,
    ...(unit.folder === undefined ? {} : { file: unit.folder }),
    help: `Install it (\`rustup toolchain install ${release.includes("nightly") ? "nightly" : release}\`), or name its libLLVM with --llvm PATH.`,
  });
}

/** By identity, the one at the same place first: asking it is enough then. */
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

/** The crates of a unit that are linked as they are: files in its capture, and of the vouched toolchain. */
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

/** Inputs lie in the capture, or belong to the toolchain: the standard library's rlibs are named where they lie. */
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

/** A file of the sysroot that the manifest names, in the one that is vouched for. */
function inToolchain(file: string, theirs: string, ours: string): string | undefined {
  const rest = relative(theirs, file);
  return rest.startsWith("..") || isAbsolute(rest) ? undefined : join(ours, rest);
}

/** With links resolved, as far as there is something. */
async function real(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
