/** `verify`: replays a unit and holds every stage, key, decision and the preserved-symbol count against rustc's own files and log. */
import type { AnalyzedModule, SavedStage } from "../../protocol/engine.js";
import type { StageCounts, VerifyReport } from "../../protocol/runs.js";
import { stagesOf, type Stage } from "../../protocol/stages.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { Core } from "../core.js";
import { isLtoError, LtoError, reportOf, throwIfCancelled } from "../errors.js";
import { compareStage } from "./compare-stage.js";
import { estimateBytes, requireSpace } from "./disk-space.js";
import { readKeysFile } from "./keys-file.js";
import { stageBytes, withStages, type RunHooks } from "./lto-run.js";
import { openUnit, type OpenUnit } from "./open.js";
import { noteVerified } from "./verified.js";
import { compareLinking, fatWarnings, type Difference } from "./verify-fat.js";
import { workThrough } from "./work-list.js";

export interface VerifyOptions {
  readonly llvm: string;
}

/** Whether anything differs or is missing: exit code 1. */
export function differs(report: VerifyReport): boolean {
  const stages = Object.values(report.stages).some((counts) => counts.different + counts.absent > 0);
  const { rustc, ours } = report.preservedSymbols;
  return (
    stages ||
    report.keys.different > 0 ||
    report.decisions.different > 0 ||
    report.different.length > 0 ||
    (rustc !== null && rustc !== ours)
  );
}

/**
 * Verifies a captured unit.
 *
 * @throws LtoError for units that cannot be replayed, Cancelled; what merely differs is in the report
 */
export async function verifyUnit(core: Core, unit: UnitManifest, options: VerifyOptions, hooks: RunHooks = {}): Promise<VerifyReport> {
  hooks.progress?.({ kind: "opening" });
  const open = await openUnit(core, { kind: "unit", unit }, { llvm: options.llvm, overrides: {}, keysFile: null }, hooks.signal);
  try {
    const report = await new Verification(core, unit, open, hooks).run();
    if (!differs(report)) await noteVerified(core.layout, open, report);
    return report;
  } finally {
    await open.close();
  }
}

class Verification {
  readonly #core: Core;
  readonly #unit: UnitManifest;
  readonly #open: OpenUnit;
  readonly #hooks: RunHooks;
  readonly #stages: readonly Stage[];
  readonly #counts = new Map<Stage, Record<keyof StageCounts, number>>();
  readonly #different: Difference[] = [];
  readonly #warnings: string[];
  #done = 0;

  constructor(core: Core, unit: UnitManifest, open: OpenUnit, hooks: RunHooks) {
    this.#core = core;
    this.#unit = unit;
    this.#open = open;
    this.#hooks = hooks;
    this.#warnings = [...open.warnings, ...fatWarnings(unit)];
    this.#stages = stagesOf(unit.mode);
    for (const stage of this.#stages) this.#counts.set(stage, { identical: 0, sameText: 0, different: 0, absent: 0, reusedByRustc: 0 });
  }

  async run(): Promise<VerifyReport> {
    const { modules, localPreservedSymbols } = this.#open.analyzed.result;
    const linking = this.#unit.mode === "fat" ? compareLinking(this.#unit, modules) : undefined;
    if (linking === undefined) this.#missingModules(modules);
    else this.#different.push(...linking.different);
    const made = withStages(modules);
    const compiled = made.filter((module) => this.#compiledByRustc(module.name));
    for (const module of made) if (!compiled.includes(module)) this.#countAll(module.name, "reusedByRustc");
    await this.#replay(compiled);
    await this.#open.maker.settle();
    const keys = await this.#keys(modules);
    const decisions = this.#decisions(modules);
    const rustc = this.#unit.decisions?.preservedSymbols ?? null;
    if (rustc !== null && rustc !== localPreservedSymbols) {
      this.#differ("", "preserved symbols", `rustc counts ${rustc}, we count ${localPreservedSymbols}`);
    }
    return {
      schema: 1,
      command: "verify",
      unit: this.#open.inputs.unit,
      llvm: this.#open.llvm,
      stages: Object.fromEntries(this.#counts),
      keys,
      decisions,
      preservedSymbols: { rustc, ours: localPreservedSymbols },
      ...(linking === undefined ? {} : { linked: linking.counts }),
      different: this.#different,
      warnings: this.#warnings,
    };
  }

  /** rustc's log names every module that took part: one that we do not have is a difference as well. */
  #missingModules(modules: readonly AnalyzedModule[]): void {
    const ours = new Set(modules.map((module) => module.name));
    const rustcs = Object.keys(this.#unit.decisions?.verdicts ?? this.#unit.rustcStages);
    for (const name of rustcs) {
      if (!ours.has(name)) this.#differ(name, "module", "rustc had this module in its LTO, and we do not");
    }
    if (this.#unit.decisions === null) {
      this.#warnings.push("rustc's log of its decisions is missing: decisions and the preserved-symbol count cannot be compared.");
      return;
    }
    const known = new Set(rustcs);
    for (const name of ours) {
      if (!known.has(name)) this.#differ(name, "module", "we have this module in our LTO, and rustc did not");
    }
  }

  /** rustc writes no stage files for what it re-uses. Without its log, a module counts as compiled: a missing file is then a missing file. */
  #compiledByRustc(name: string): boolean {
    return this.#unit.decisions?.verdicts[name] !== "re-used";
  }

  async #replay(modules: readonly AnalyzedModule[]): Promise<void> {
    const missing: number[] = [];
    const all = this.#open.analyzed.result.modules;
    for (const module of modules) {
      if ((await this.#open.maker.stored(module.name, this.#stages)) === undefined) missing.push(stageBytes(module, all));
    }
    await requireSpace(this.#core.layout.blobs, estimateBytes(missing, this.#stages.length));
    const ordered = [...modules].sort((left, right) => right.bytes - left.bytes);
    const quiet = this.#open.engine.onProgress((progress) => {
      if (progress.unit !== this.#open.analyzed.unit) return;
      this.#hooks.progress?.({ kind: "stage", module: progress.module, stage: progress.stage, done: this.#done, total: ordered.length });
    });
    try {
      await workThrough(ordered, this.#core.engines.threads, (module) => this.#replayOne(module.name, ordered.length));
    } finally {
      quiet();
    }
  }

  async #replayOne(module: string, total: number): Promise<void> {
    throwIfCancelled(this.#hooks.signal, "The verification");
    const files = this.#unit.rustcStages[module] ?? {};
    let ours: readonly SavedStage[] = [];
    try {
      ours = (await this.#open.maker.make(module, this.#stages, this.#hooks.signal)).stages;
    } catch (error) {
      if (!isModulesOwn(error)) throw error;
      const report = reportOf(error, `Replaying ${module}`);
      for (const stage of this.#stages) this.#count(stage, "different");
      this.#differ(module, report.stage ?? "", `${report.name}: ${report.message}`);
    }
    for (const { stage, blob } of ours) await this.#compare(module, stage, this.#core.store.blobFile(blob), files[stage]);
    this.#done += 1;
    this.#hooks.progress?.({ kind: "module", module, done: this.#done, total });
  }

  async #compare(module: string, stage: Stage, ours: string, rustcs: string | undefined): Promise<void> {
    if (rustcs === undefined) {
      this.#count(stage, "absent");
      this.#differ(module, stage, "rustc compiled this module, and yet its file is missing");
      return;
    }
    const verdict = await compareStage(ours, rustcs, this.#open.engine, this.#hooks.signal);
    this.#count(stage, verdict.kind);
    if (verdict.kind === "different") this.#differ(module, stage, verdict.why);
  }

  async #keys(modules: readonly AnalyzedModule[]): Promise<VerifyReport["keys"]> {
    const rustcs = await this.#rustcKeys();
    let equal = 0;
    let different = 0;
    const compare = (name: string, key: string | undefined, expected: string | undefined): void => {
      if (key?.toUpperCase() === expected?.toUpperCase()) equal += 1;
      else {
        different += 1;
        this.#differ(name, "key", `rustc's key is ${expected ?? "absent"}, ours ${key ?? "absent"}`);
      }
    };
    if (rustcs === null) return { equal, different };
    const ours = new Map(modules.map((module) => [module.name, module.key]));
    for (const name of new Set([...ours.keys(), ...rustcs.keys()])) compare(name, ours.get(name), rustcs.get(name));
    return { equal, different };
  }

  /** rustc keeps keys only where there is a session, and none of fat LTO. */
  async #rustcKeys(): Promise<ReadonlyMap<string, string> | null> {
    if (!this.#unit.incremental || this.#unit.mode === "fat") return null;
    if (this.#unit.currentKeysFile !== null) return readKeysFile(this.#unit.currentKeysFile);
    if (this.#unit.decisions !== null) return new Map(Object.entries(this.#unit.decisions.currentKeys));
    this.#warnings.push("Neither rustc's key file nor its log is there: keys cannot be compared.");
    return null;
  }

  #decisions(modules: readonly AnalyzedModule[]): VerifyReport["decisions"] {
    const verdicts = this.#unit.decisions?.verdicts ?? {};
    const count = { equal: 0, different: 0, reused: 0, recompiled: 0 };
    for (const { name, verdict } of modules) {
      const rustcs = verdicts[name];
      if (rustcs === undefined) continue;
      count[rustcs === "re-used" ? "reused" : "recompiled"] += 1;
      count[rustcs === verdict ? "equal" : "different"] += 1;
      if (rustcs !== verdict) this.#differ(name, "decision", `rustc ${rustcs} it, we say ${verdict}`);
    }
    return { ...count, exercised: count.reused > 0 && count.recompiled > 0 };
  }

  #countAll(module: string, kind: keyof StageCounts): void {
    for (const stage of this.#stages) {
      // A file that rustc wrote for a module which it re-used would be from another build.
      if (this.#unit.rustcStages[module]?.[stage] !== undefined) {
        this.#warnings.push(`rustc re-used ${module}, and yet a file of its stage ${stage} is there; it is not compared.`);
      }
      this.#count(stage, kind);
    }
  }

  #count(stage: Stage, kind: keyof StageCounts): void {
    const counts = this.#counts.get(stage);
    if (counts === undefined) throw new LtoError({ name: "Internal", message: `There is no stage ${stage} in ${this.#unit.mode} LTO.` });
    counts[kind] += 1;
  }

  #differ(module: string, stage: string, why: string): void {
    this.#different.push({ module, stage, why });
  }
}

function isModulesOwn(error: unknown): boolean {
  return isLtoError(error) && !["Cancelled", "FilesChanged", "DiskFull", "NoLibLlvm", "NoAddon"].includes(error.report.name);
}
