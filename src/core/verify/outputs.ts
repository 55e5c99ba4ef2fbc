/** The outputs of a unit that can be made again, and why others cannot. */
import type { UnitManifest } from "../../protocol/units.js";
import { LtoError } from "../base/errors.js";
import { linkLineNoted } from "../machine/own-notes.js";
import type { OpenUnit } from "../replay/open.js";
import type { RemadeFile } from "./compare-outputs.js";
import { rearchive } from "./rearchive.js";
import { relink } from "./relink.js";

export interface Output {
  /** The build's file. */
  readonly file: string;
  /**
   * Makes it again, compares it with the build's, and passes it on before it is removed.
   *
   * @param objects our objects of the modules of LTO
   * @throws LtoError as {@link relink} and {@link rearchive}
   */
  readonly remake: <T>(
    open: OpenUnit,
    objects: ReadonlyMap<string, string>,
    use: (made: RemadeFile) => Promise<T>,
    signal?: AbortSignal,
  ) => Promise<T>;
}

/** What the linker made comes before an archive. Empty if {@link whyNoOutput} says why. */
export function outputsOf({ link, archive }: UnitManifest): Output[] {
  return [
    ...(link === undefined
      ? []
      : [{ file: link.output, remake: ((open, ...rest) => relink(open, link, ...rest)) satisfies Output["remake"] }]),
    ...(archive === undefined
      ? []
      : [{ file: archive.output, remake: ((open, ...rest) => rearchive(open, archive, ...rest)) satisfies Output["remake"] }]),
  ];
}

/** Why the outputs of a unit cannot be made again; undefined: they can. */
export async function whyNoOutput(unit: UnitManifest): Promise<LtoError | undefined> {
  const cannot = (message: string, help: string): LtoError => new LtoError({ name: "IncompleteUnit", message, help });
  if (unit.notLinked !== undefined) {
    return cannot(`${unit.name} was not linked: its build failed.`, "Fix what Cargo reports, then capture again.");
  }
  if (unit.noLinkBecause !== undefined) {
    return cannot(
      `The capture of ${unit.name} does not have what its output was made from: ${unit.noLinkBecause}.`,
      "Remove the cause from the build, then capture the unit again.",
    );
  }
  if (outputsOf(unit).length === 0) {
    return cannot(
      `The capture of ${unit.name} does not have what its output was made from: there is no output, or an earlier version captured it.`,
      "Capture a program, a cdylib or a staticlib again: `lto-inspector capture`.",
    );
  }
  if (unit.link === undefined || (await linkLineNoted(unit.link))) return undefined;
  return cannot(
    `The linker of ${unit.name} is not run: the capture's command line names it, and you did not make the capture on this machine.`,
    "Capture the unit on this machine.",
  );
}
