/**
 * Notes which programs a capture ran that are not the machine's own, so that its replays may use them: the user requested this build on this
 * machine.
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { UnitManifest } from "../../../../protocol/units.js";
import { sharedLibrary } from "../../../engine/libllvm.js";
import { reachingOut } from "../../../engine/llvm-words.js";
import { systemCode } from "../../../base/errors.js";
import { isWithin, machineCompilers } from "../../../machine/machine.js";
import { noteLinkLine, noteLlvmWords, noteToolchain } from "../../../machine/own-notes.js";

/** Does not fail if notes cannot be written: replays then report that the toolchain is not trusted. */
export async function noteOwn(units: readonly UnitManifest[], environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    for (const unit of units) await noteUnit(unit, environment);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

async function noteUnit(unit: UnitManifest, environment: NodeJS.ProcessEnv): Promise<void> {
  const { toolchain, settings, folder = "" } = unit;
  // Without PATH, which may differ when the unit is replayed.
  const compilers = await machineCompilers({ environment: { ...environment, PATH: "" }, folder: unit.workspace });
  const [rustc = "", ...own] = await Promise.all([toolchain.rustc, ...compilers].map((file) => fs.realpath(file).catch(() => file)));
  const elsewhere = unit.upstream.map(({ file }) => file).filter((file) => !isWithin(file, folder) && !isWithin(file, toolchain.sysroot));
  if (elsewhere.length > 0 || !own.includes(rustc)) {
    const library = await sharedLibrary(toolchain);
    if (library !== undefined) {
      await noteToolchain(toolchain, library, [...new Set(elsewhere.map((file) => path.dirname(file)))], environment);
    }
  }
  if (unit.link !== undefined) await noteLinkLine(unit.link, environment);
  if (reachingOut(settings) !== undefined) await noteLlvmWords(settings, environment);
}
