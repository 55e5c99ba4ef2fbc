/** One verification: replays an open unit and compares it with what rustc left. */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { LinkComparison, StageCounts, VerifyReport } from "../../protocol/runs.js";
import { stagesOf, type Stage } from "../../protocol/stages.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isAsCaptured } from "../store/seal.js";
import type { CoreContext } from "../engine/core-context.js";
import { endsTheRun, LtoError, messageOf, throwIfCancelled } from "../base/errors.js";
import { ObjectComparison, whyNoObjects } from "./compare-objects.js";
import { compareBytes, compareTexts, haveSameText, withFile } from "./compare-stage.js";
import { readKeysFile } from "../pipelines/keys-file.js";
import { eachModule, requireRoom, withStages, type RunHooks } from "../replay/each-module.js";
import { Objects, type ModuleObject } from "../replay/objects.js";
import type { OpenUnit } from "../replay/open.js";
import type { DamagedInput } from "./open-damaged.js";
import { comparePreserved } from "./preserved-symbols.js";
import { checkAccount } from "./rustc-log-check.js";
import { producedBy } from "../pipelines/produced-by.js";
import { chooseEngineAndNames, type UnitSource } from "../replay/producer.js";
import { outputsOf, whyNoOutput, type Output } from "./outputs.js";
import { summaryOf } from "../replay/unit-summary.js";
import { compareLinking, fatWarnings, refusalOfRustc, type StageDifference } from "./verify-fat.js";
import { workThrough } from "../base/work-list.js";

export interface VerificationParts {
  readonly core: CoreContext;
  readonly unit: UnitManifest;
  readonly open: OpenUnit;
  /** Inputs that had to be left out. */
  readonly damaged: readonly DamagedInput[];
  /** Whether objects and the output are compared too. */
  readonly machineCode: boolean;
  readonly hooks: RunHooks;
}

export interface Verified {
  readonly report: VerifyReport;
  /** rustc's files that are identical to ours → SHA-256 of the compared content. */
  readonly compared: ReadonlyMap<string, string>;
}

/** Two files of one stage whose bytes differ. */
interface Pair {
  readonly module: string;
  readonly stage: Stage;
  readonly ours: string;
  readonly rustcs: string;
}

const NO_BINARY: LinkComparison = { identical: null, differs: [] };

/** Identical if all are; one that was not compared counts less than one that differs. */
function together(all: readonly LinkComparison[]): LinkComparison {
  const differs = all.flatMap((one) => one.differs);
  if (all.some(({ identical }) => identical === false)) return { identical: false, differs };
  return { identical: all.length > 0 && all.every(({ identical }) => identical === true) ? true : null, differs };
}

export class Verification {
  readonly #core: CoreContext;
  readonly #unit: UnitManifest;
  readonly #open: OpenUnit;
  readonly #hooks: RunHooks;
  readonly #stages: readonly Stage[];
  readonly #counts = new Map<Stage, Record<keyof StageCounts, number>>();
  readonly #different: StageDifference[] = [];
  readonly #warnings: string[];
  readonly #compared = new Map<string, string>();
  readonly #damaged: readonly DamagedInput[];
  /** Modules that depend on a damaged input according to rustc's keys. */
  readonly #dependent = new Set<string>();
  readonly #unlike: Pair[] = [];
  readonly #objects: Objects;
  /** undefined: objects are not compared. */
  readonly #comparison: ObjectComparison | undefined;
  #binary: LinkComparison | undefined;

  constructor({ core, unit, open, damaged, machineCode, hooks }: VerificationParts) {
    this.#core = core;
    this.#unit = unit;
    this.#open = open;
    this.#damaged = damaged;
    this.#hooks = hooks;
    const whyNot = machineCode ? whyNoObjects(open, unit) : undefined;
    this.#objects = new Objects(open);
    this.#comparison = machineCode && whyNot === undefined ? new ObjectComparison(open, unit) : undefined;
    this.#warnings = [...open.warnings, ...fatWarnings(unit)];
    if (whyNot !== undefined) this.#warnings.push(`Objects are not compared: ${whyNot.why}. ${whyNot.help}`);
    this.#stages = stagesOf(unit.mode);
    for (const stage of this.#stages) this.#counts.set(stage, { identical: 0, sameText: 0, different: 0, absent: 0, reusedByRustc: 0 });
  }

  async run(): Promise<Verified> {
    const { modules, localPreservedSymbols } = this.#open.analyzed.result;
    this.#different.push(...(await checkAccount(this.#unit)));
    this.#nameDamaged();
    const linking = pipelineOf(this.#unit.mode).linksIntoOne ? compareLinking(this.#unit, modules) : undefined;
    if (linking === undefined) this.#missingModules(modules);
    else this.#different.push(...linking.different);
    const keys = await this.#keys(modules);
    const decisions = this.#decisions(modules);
    const preservedSymbols = comparePreserved(this.#unit, localPreservedSymbols);
    const { rustc, withoutEffect = 0 } = preservedSymbols;
    if (rustc !== null && rustc !== localPreservedSymbols + withoutEffect) {
      this.#differ("", "preserved symbols", `rustc counts ${rustc}, we count ${localPreservedSymbols}`);
    }
    await this.#stagesOfAll(withStages(modules));
    const report: VerifyReport = {
      schema: 1,
      command: "verify",
      unit: this.#open.inputs.unit,
      llvm: this.#open.llvm,
      stages: Object.fromEntries(this.#counts),
      keys,
      decisions,
      preservedSymbols,
      ...(this.#comparison === undefined ? {} : { objects: this.#comparison.counts }),
      ...(this.#binary === undefined ? {} : { binary: this.#binary }),
      ...(linking === undefined ? {} : { linked: linking.counts }),
      different: [...this.#different, ...(this.#comparison?.different ?? [])],
      warnings: this.#warnings,
    };
    return { report, compared: new Map([...this.#compared, ...(this.#comparison?.compared ?? [])]) };
  }

  /** The stages of modules that were left out, or depend on such, cannot equal rustc's. */
  #nameDamaged(): void {
    for (const { file, modules, why } of this.#damaged) {
      const names = modules.length > 0 ? modules : [""];
      for (const name of names) this.#differ(name, "input", `this input cannot be used, and was left out: ${withFile(why, file)}`);
    }
  }

  get #lost(): ReadonlySet<string> {
    return new Set(this.#damaged.flatMap(({ modules }) => modules));
  }

  async #stagesOfAll(made: readonly AnalyzedModule[]): Promise<void> {
    const compiled = made.filter((module) => this.#compiledByRustc(module.name));
    for (const module of made) if (!compiled.includes(module)) this.#countAll(module.name, "reusedByRustc");
    for (const name of this.#lost) this.#countAll(name, this.#compiledByRustc(name) ? "different" : "reusedByRustc");
    for (const { name } of compiled) if (this.#dependent.has(name)) this.#countAll(name, "different");
    const reused = made.filter((module) => !compiled.includes(module) && this.#comparison?.has(module.name) === true);
    const independent = ({ name }: AnalyzedModule): boolean => !this.#dependent.has(name);
    await this.#replay(compiled.filter(independent), reused.filter(independent));
    for (const name of new Set([...this.#lost, ...this.#dependent])) this.#comparison?.lost(name);
    await this.#objects.settle();
    await this.#compareUnlike();
    await this.#comparison?.examine(this.#hooks.signal);
    await this.#compareBinary();
  }

  /** An output that cannot be made here says nothing against the replay. */
  async #compareBinary(): Promise<void> {
    if (this.#comparison === undefined) return;
    this.#binary = NO_BINARY;
    const why = await whyNoOutput(this.#unit);
    if (why !== undefined) {
      this.#warnings.push(`The output is not compared. ${why.message}`);
      return;
    }
    const all: LinkComparison[] = [];
    for (const output of outputsOf(this.#unit)) {
      all.push(await this.#remade(output, this.#comparison.objects));
    }
    this.#binary = together(all);
    const { identical, differs } = this.#binary;
    if (identical === false) {
      this.#differ("", "binary", differs.map(({ section, why: how }) => (section === "" ? how : `${section}: ${how}`)).join("; "));
    }
  }

  async #remade({ file, remake }: Output, objects: ReadonlyMap<string, string>): Promise<LinkComparison> {
    try {
      return await remake(
        this.#open,
        objects,
        ({ identical, differs, digest }) => {
          if (digest !== undefined) this.#compared.set(file, digest);
          return Promise.resolve({ identical, differs });
        },
        this.#hooks.signal,
      );
    } catch (error) {
      if (endsTheRun(error)) throw error;
      this.#warnings.push(`The output is not compared. ${messageOf(error)}`);
      return NO_BINARY;
    }
  }

  /** rustc's log names every module that took part: one that is missing here is a difference as well. */
  #missingModules(modules: readonly AnalyzedModule[]): void {
    const ours = new Set([...modules.map((module) => module.name), ...this.#lost]);
    const rustcs = Object.keys(this.#unit.decisions?.verdicts ?? this.#unit.rustcStages);
    for (const name of rustcs) {
      if (!ours.has(name)) this.#differ(name, "module", "rustc's LTO has this module, and ours does not");
    }
    if (this.#unit.decisions === null) {
      this.#differ("", "log", "rustc's log of its decisions is missing: decisions and the preserved-symbol count cannot be compared");
      return;
    }
    const known = new Set(rustcs);
    for (const name of ours) {
      if (!known.has(name)) this.#differ(name, "module", "our LTO has this module, and rustc's does not");
    }
  }

  /** rustc writes no stage files for what it re-uses. Without its log, each module counts as compiled, so that a missing file is a difference. */
  #compiledByRustc(name: string): boolean {
    return this.#unit.decisions?.verdicts[name] !== "re-used";
  }

  /**
   * One loop over all modules, so that progress never goes back.
   *
   * @param reused by rustc, which linked the objects of an earlier session and wrote no stage: only their objects are compared
   */
  async #replay(compiled: readonly AnalyzedModule[], reused: readonly AnalyzedModule[]): Promise<void> {
    const core = this.#core;
    const { signal } = this.#hooks;
    const names = (modules: readonly AnalyzedModule[]): string[] => modules.map(({ name }) => name);
    const stored = await this.#open.maker.storedOf(names(compiled), this.#stages, signal);
    const missing = compiled.filter(({ name }) => !stored.has(name));
    await requireRoom((await core.work.layout()).blobs, this.#open, missing, this.#stages.length);
    if (this.#comparison !== undefined) await this.#objects.lookUp(names([...compiled, ...reused]), signal);
    const onlyObject = new Set(names(reused));
    const isKept = (name: string): boolean =>
      (onlyObject.has(name) || stored.has(name)) && (this.#comparison === undefined || this.#objects.isStored(name));
    const loop = { core, open: this.#open, hooks: this.#hooks, what: "The verification", doing: "Replaying", isKept };
    await eachModule(loop, [...compiled, ...reused], {
      make: ({ name }) => this.#make(name, onlyObject.has(name) ? [] : this.#stages),
      made: async ({ name }, { stages: { stages }, object }) => {
        const files = this.#unit.rustcStages[name] ?? {};
        for (const { stage, blob } of stages) await this.#compare(name, stage, core.store.blobFile(blob), files[stage]);
        if (object !== null) await this.#comparison?.compare(name, object);
      },
      failed: ({ name }, error) => (onlyObject.has(name) ? this.#lostObject(name, error) : this.#failed(name, error)),
    });
  }

  async #make(name: string, stages: readonly Stage[]): Promise<ModuleObject> {
    const { signal } = this.#hooks;
    if (this.#comparison !== undefined) return this.#objects.make(name, stages, signal);
    return { stages: await this.#open.maker.make(name, stages, signal), object: null };
  }

  #lostObject(module: string, { name, message }: LtoErrorReport): void {
    this.#comparison?.lost(module);
    this.#differ(module, "object", `${name}: ${message}`);
  }

  /** rustc may have failed in the same way. */
  #failed(module: string, report: LtoErrorReport): void {
    const refusal = refusalOfRustc(this.#unit);
    if (refusal !== undefined && report.message.includes(refusal)) {
      this.#warnings.push(`rustc's LTO failed and left no stage to compare. The replay fails in the same way: ${report.message}`);
      return;
    }
    for (const stage of this.#stages) this.#count(stage, "different");
    this.#comparison?.lost(module);
    this.#differ(module, report.stage ?? "", `${report.name}: ${report.message}`);
  }

  async #compare(module: string, stage: Stage, ours: string, rustcs: string | undefined): Promise<void> {
    if (rustcs === undefined) {
      this.#count(stage, "absent");
      this.#differ(module, stage, "rustc compiled this module, but its file is missing");
      return;
    }
    const bytes = await compareBytes(ours, rustcs);
    switch (bytes.kind) {
      case "identical":
        this.#count(stage, "identical");
        this.#compared.set(rustcs, bytes.digest);
        break;
      case "other":
        this.#unlike.push({ module, stage, ours, rustcs });
        break;
      default:
        this.#count(stage, bytes.kind === "absent" ? "absent" : "different");
        this.#differ(module, stage, bytes.why);
    }
  }

  /** Differences are examined once no module is active, because a damaged file can crash the engine. */
  async #compareUnlike(): Promise<void> {
    const { engine } = this.#open;
    const different: Pair[] = [];
    await workThrough(this.#unlike, this.#core.engines.threads, async (pair) => {
      throwIfCancelled(this.#hooks.signal, "The verification");
      if ((await haveSameText(pair.ours, pair.rustcs, engine, this.#hooks.signal)) === true) this.#sameText(pair);
      else different.push(pair);
    });
    for (const pair of different) {
      throwIfCancelled(this.#hooks.signal, "The verification");
      const verdict = await compareTexts(pair.ours, pair.rustcs, engine, this.#hooks.signal);
      if (verdict.kind === "sameText") this.#sameText(pair);
      if (verdict.kind !== "different" && verdict.kind !== "damaged") continue;
      this.#count(pair.stage, "different");
      this.#differ(pair.module, pair.stage, verdict.why + (await this.#sinceCaptured(pair.rustcs)) + this.#withoutInputs());
    }
  }

  /** Another LLVM may write other bytes for the same text. The same LLVM does not: then it is a difference. */
  #sameText({ module, stage, rustcs }: Pair): void {
    this.#count(stage, "sameText");
    if (this.#open.llvm.matchesProducer) this.#differ(module, stage, `the text is the same, but the bytes differ (${rustcs})`);
  }

  /** A difference tells less about the replay if the file changed since rustc wrote it. */
  async #sinceCaptured(file: string): Promise<string> {
    const { folder } = this.#unit;
    const same = folder === undefined ? undefined : await isAsCaptured(folder, file);
    return same === false ? ` (rustc's file was changed since it was captured: ${file})` : "";
  }

  #withoutInputs(): string {
    return this.#damaged.length === 0 ? "" : ` (replayed without ${this.#damaged.map(({ file }) => file).join(", ")})`;
  }

  async #keys(modules: readonly AnalyzedModule[]): Promise<VerifyReport["keys"]> {
    const rustcs = await this.#rustcKeys();
    let equal = 0;
    let different = 0;
    const compare = (name: string, key: string | undefined, expected: string | undefined): void => {
      if (key?.toUpperCase() === expected?.toUpperCase()) equal += 1;
      else {
        different += 1;
        this.#dependOnDamage(name);
        this.#differ(name, "key", `rustc's key is ${expected ?? "absent"}, ours ${key ?? "absent"}${this.#withoutInputs()}`);
      }
    };
    if (rustcs === null) return { equal, different };
    const ours = new Map(modules.map((module) => [module.name, module.key]));
    for (const name of new Set([...ours.keys(), ...rustcs.keys()])) compare(name, ours.get(name), rustcs.get(name));
    return { equal, different };
  }

  /** A module whose key differs from rustc's without the damaged inputs depends on them: nothing else in its key could differ. */
  #dependOnDamage(name: string): void {
    if (this.#damaged.length > 0 && !this.#lost.has(name)) this.#dependent.add(name);
  }

  /** rustc keeps keys only in an incremental session, and never for fat LTO. */
  async #rustcKeys(): Promise<ReadonlyMap<string, string> | null> {
    if (!this.#unit.incremental || !pipelineOf(this.#unit.mode).keys) return null;
    const { currentKeysFile, decisions } = this.#unit;
    if (currentKeysFile !== null) {
      try {
        return await readKeysFile(currentKeysFile);
      } catch (error) {
        const instead = decisions === null ? "keys cannot be compared" : "those of rustc's log are compared instead";
        this.#differ("", "keys", `${messageOf(error)}; ${instead}`);
      }
    }
    if (decisions !== null) return new Map(Object.entries(decisions.currentKeys));
    if (currentKeysFile === null) this.#differ("", "keys", "rustc's key file and log are both missing: keys cannot be compared");
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
      // A stage file of a module that rustc re-used would be from another build.
      if (this.#unit.rustcStages[module]?.[stage] !== undefined) {
        this.#warnings.push(`rustc re-used ${module}, but a file of its stage ${stage} exists; it is not compared.`);
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

/**
 * The report for a unit that cannot be replayed at all.
 *
 * @param damaged why
 */
export async function reportUnreplayed(
  core: CoreContext,
  source: UnitSource,
  llvm: string,
  damaged: readonly DamagedInput[],
): Promise<VerifyReport> {
  const { unit } = source;
  const { engine } = await chooseEngineAndNames(core, source, { llvm, overrides: {} });
  const { version, revision } = await engine.info();
  const verdicts = Object.entries(unit.decisions?.verdicts ?? {});
  // In fat LTO, only the base module has stages.
  const base = unit.decisions?.linked?.slice(0, 1);
  const compiled = base ?? Object.keys(unit.rustcStages).filter((name) => unit.decisions?.verdicts[name] !== "re-used");
  const counts = { identical: 0, sameText: 0, different: compiled.length, absent: 0, reusedByRustc: verdicts.length - compiled.length };
  const reusedByRustc = pipelineOf(unit.mode).linksIntoOne ? 0 : Math.max(0, counts.reusedByRustc);
  const inputs = damaged.flatMap(({ file, modules, why }) =>
    (modules.length > 0 ? modules : [""]).map((module) => ({
      module,
      stage: "input",
      why: `this input cannot be used: ${withFile(why, file)}`,
    })),
  );
  const nothing = compiled.map((module) => ({ module, stage: "", why: "it cannot be replayed without the damaged inputs" }));
  return {
    schema: 1,
    command: "verify",
    unit: summaryOf(unit),
    llvm: { path: engine.spec.library, version, revision, matchesProducer: producedBy(version, unit.toolchain) },
    stages: Object.fromEntries(stagesOf(unit.mode).map((stage) => [stage, { ...counts, reusedByRustc }])),
    keys: { equal: 0, different: 0 },
    decisions: { equal: 0, different: 0, reused: 0, recompiled: 0, exercised: false },
    preservedSymbols: { rustc: unit.decisions?.preservedSymbols ?? null, ours: 0 },
    different: [...inputs, ...nothing, ...(await checkAccount(unit))],
    warnings: [...unit.warnings, ...fatWarnings(unit)],
  };
}
