/** What changed in a run's build, as far as its summary tells: shown until the comparison with the build before says more. */
import { inEnglish } from "../../protocol/l10n.js";
import { headlineParts } from "../../protocol/module-groups.js";
import type { Overrides, RunOrigin } from "../../protocol/runs.js";
import type { RunSummary } from "./run-summary.js";

/** Settings of one run that a name spells out. */
const MOST_SETTINGS = 2;

/** "first build", "no change", "4 changed", "2 files: a.bc, b.bc"; empty: nothing is known. */
export function quickWhat({ run: { origin }, report, recorded }: RunSummary): string {
  const groups = (report ?? recorded)?.counts.groups;
  // As the name that replaces it, which is kept with the run.
  const what = origin !== undefined && "paths" in origin.source ? filesText(origin.source.paths) : inEnglish(() => buildText(groups));
  return withSettings(what, origin);
}

/** Adds what the user set for this run alone: another capture of the same build would not have it. */
export function withSettings(what: string, origin: RunOrigin | undefined): string {
  const settings = origin === undefined ? [] : settingsTexts(origin.overrides);
  const more = settings.length - MOST_SETTINGS;
  return [what, ...settings.slice(0, MOST_SETTINGS), ...(more > 0 ? [`${more} more ${more === 1 ? "setting" : "settings"}`] : [])]
    .filter((text) => text !== "")
    .join(" · ");
}

function buildText(groups: Parameters<typeof headlineParts>[0] | undefined): string {
  if (groups === undefined) return "";
  const { changed = 0, new: added = 0, "equal-key": equal = 0, "first-build": first = 0, "re-used": reused = 0, linked = 0 } = groups;
  // Fat LTO decides nothing, so its counts tell nothing about the change.
  if (linked > 0) return "";
  if (first > 0) return "first build";
  if (changed + added + equal > 0) return headlineParts(groups)[0] ?? "";
  return reused > 0 ? "no change" : (headlineParts(groups)[0] ?? "");
}

function filesText(paths: readonly string[]): string {
  const [first = ""] = paths;
  return paths.length === 1 ? basename(first) : `${basename(first)} and ${paths.length - 1} more ${paths.length === 2 ? "file" : "files"}`;
}

/** Without node:path, because the pages' tests show runs in a browser. */
function basename(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function settingsTexts({ crateTypes, optLevel, targetCpu, targetFeatures, llvmArgs, preserve, session }: Overrides): string[] {
  const list = (label: string, values: readonly string[] | undefined): string[] =>
    values === undefined || values.length === 0 ? [] : [`${label} ${values.join(", ")}`];
  return [
    ...(optLevel === undefined ? [] : [`opt-level ${optLevel}`]),
    ...(targetCpu === undefined ? [] : [`target CPU ${targetCpu}`]),
    ...(targetFeatures === undefined ? [] : [`target features ${targetFeatures}`]),
    ...list("crate type", crateTypes),
    ...list("LLVM arguments", llvmArgs),
    ...list("preserved", preserve),
    ...(session === undefined ? [] : ["keys of another session"]),
  ];
}
