/**
 * What `verify` compares in fat LTO besides the base module's stages: which module is the base, and which modules are linked into it in which
 * order.
 */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { VerifyReport } from "../../protocol/runs.js";
import { spelled } from "../../protocol/words.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { UnitManifest } from "../../protocol/units.js";
import { multiplyDefined } from "../engine/llvm-said.js";

export type StageDifference = VerifyReport["different"][number];

export interface LinkingVerdict {
  readonly counts: NonNullable<VerifyReport["linked"]>;
  readonly different: readonly StageDifference[];
}

type LinkedUnit = Pick<UnitManifest, "notLinked" | "rustcStages" | "decisions">;

/** The error with which LTO refused the build; undefined: it did not refuse, or rustc left stages to compare. */
export function refusalOfRustc({ notLinked, rustcStages }: Pick<UnitManifest, "notLinked" | "rustcStages">): string | undefined {
  if (notLinked === undefined || Object.keys(rustcStages).length > 0) return undefined;
  return multiplyDefined(`${notLinked.message}\n${notLinked.output ?? ""}`)?.said;
}

/** Compares the modules, in link order, with those of rustc's log. */
export function compareLinking(unit: LinkedUnit, modules: readonly Pick<AnalyzedModule, "name">[]): LinkingVerdict {
  const rustcs = unit.decisions?.linked ?? [];
  // A refusal ends rustc's list at the module that it could not link.
  const ours = modules.map((module) => module.name).slice(0, refusalOfRustc(unit) === undefined ? modules.length : rustcs.length);
  const different: StageDifference[] = [];
  const differ = (module: string, stage: string, why: string): void => void different.push({ module, stage, why });
  for (const name of missing(rustcs, ours)) differ(name, "module", "rustc's LTO has this module, and ours does not");
  for (const name of missing(ours, rustcs)) differ(name, "module", "our LTO has this module, and rustc's does not");
  const [base = "", ...others] = ours;
  const [rustcBase = "", ...rustcOthers] = rustcs;
  const sameBase = base === rustcBase;
  if (!sameBase) differ(rustcBase, "base module", `rustc links into ${rustcBase}, we into ${base}`);
  const sameOrder = others.length === rustcOthers.length && others.every((name, at) => name === rustcOthers[at]);
  if (sameBase && !sameOrder && different.length === 0) differ(base, "order", "rustc links the same modules in another order");
  return { counts: { rustc: rustcs.length, ours: ours.length, sameBase, sameOrder }, different };
}

function missing(from: readonly string[], among: readonly string[]): string[] {
  const known = new Set(among);
  return from.filter((name) => !known.has(name));
}

/** Notes for the user about the comparison. */
export function fatWarnings(unit: UnitManifest): string[] {
  const { keys, stages } = pipelineOf(unit.mode);
  if (keys) return [];
  const inMemory = unit.localModules.filter((module) => module.inMemory === true && module.useListsFile === undefined).length;
  const warnings = [
    `Fat LTO has no keys, and rustc re-uses nothing: there are the base module's ${spelled(stages.length)} stages to compare, and what was linked in which order.`,
  ];
  if (inMemory === 0) return warnings;
  return [
    ...warnings,
    `Without a session rustc had ${inMemory} codegen units in memory. They are made again from what they were before their own passes; the order in which ` +
      "values are used, which passes can follow, is in no file: a difference there (the operands of a phi in another order) says nothing against the replay.",
  ];
}
