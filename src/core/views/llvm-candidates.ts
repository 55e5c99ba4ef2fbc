/** The libLLVMs that the user can choose from. */
import * as l10n from "../../protocol/l10n.js";
import type { DoctorReport, LoadedLibrary, ToolchainReport } from "../../protocol/reports.js";
import type { LlvmCandidate } from "../../protocol/views.js";
import type { CoreContext } from "../engine/core-context.js";
import { reportOf } from "../base/errors.js";
import { chooseLibrary } from "../engine/libllvm.js";
import { llvmArguments, toolchainProfile } from "../pipelines/toolchain-profile.js";
import { engineOn } from "../replay/reading-engine.js";

/** @param chosen the current setting; a path that is not among the others is listed too */
export async function llvmCandidates(core: CoreContext, report: DoctorReport, chosen: string): Promise<LlvmCandidate[]> {
  const here = report.toolchains.find(({ usedHere }) => usedHere);
  const candidates: LlvmCandidate[] = [
    {
      ...loaded(here?.library ?? null),
      choice: "auto",
      label: l10n.t("The producing toolchain's own"),
      usedHere: here !== undefined,
      problem: here?.problem ?? null,
    },
    ...report.toolchains.map(ofToolchain),
    ...(report.systemLibrary === null
      ? []
      : [{ ...loaded(report.systemLibrary), choice: "system", label: l10n.t("The system's"), usedHere: false, problem: null }]),
  ];
  const known = candidates.some(({ choice, path }) => choice === chosen || path === chosen);
  return known ? candidates : [...candidates, await namedPath(core, chosen)];
}

function ofToolchain({ toolchain, usedHere, library, problem }: ToolchainReport): LlvmCandidate {
  return {
    ...loaded(library),
    choice: library?.path ?? toolchain.rustc,
    label: l10n.t("rustc {0}'s", toolchain.release),
    usedHere,
    problem,
  };
}

function loaded(library: LoadedLibrary | null): Pick<LlvmCandidate, "path" | "version" | "revision"> {
  return { path: library?.path ?? null, version: library?.version ?? null, revision: library?.revision ?? "" };
}

async function namedPath(core: CoreContext, path: string): Promise<LlvmCandidate> {
  const base = { choice: path, label: l10n.t("Chosen in the settings"), usedHere: false };
  try {
    const library = await chooseLibrary(path, null);
    const { version, revision } = await engineOn(core, library, llvmArguments(toolchainProfile(null), [])).info();
    return { ...base, path: library.path, version, revision, problem: null };
  } catch (error) {
    return { ...base, path, version: null, revision: "", problem: reportOf(error, `Loading ${path}`) };
  }
}
