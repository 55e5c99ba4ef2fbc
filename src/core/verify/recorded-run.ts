/**
 * A run that can be shown as soon as its build has ended: until it has been replayed, its decisions and stages are those that the compiler itself
 * recorded. The replay follows at a lower priority, leaves the run's report, and is compared with the record.
 */
import { countGroups } from "../../protocol/module-groups.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { GroupCounts, RunReport, VerifyReport } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { cancelled, reportOf } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import type { RunHooks } from "../replay/each-module.js";
import { recordedDecision } from "../pipelines/reasons.js";
import { runLto } from "../replay/lto-run.js";
import type { UnitSource } from "../replay/producer.js";
import { defaultOptions } from "../replay/run-command.js";
import { originOf } from "../replay/run-origin.js";
import { summaryOf } from "../replay/unit-summary.js";
import { RunFolder } from "../store/run-folder.js";
import type { RecordedBuild } from "../store/run-summary.js";
import { verifyUnit } from "./verify.js";

/** How much of the work is the run; the verification then finds its stages in the store. */
const RUN = 0.9;

export interface CompletedRun {
  readonly report: RunReport;
  readonly verification: VerifyReport;
}

export class RecordedRun {
  readonly #core: CoreContext;
  readonly #source: UnitSource;
  readonly #llvm: string;
  readonly #run: RunFolder;

  private constructor(core: CoreContext, source: UnitSource, llvm: string, run: RunFolder) {
    this.#core = core;
    this.#source = source;
    this.#llvm = llvm;
    this.#run = run;
  }

  get id(): string {
    return this.#run.id;
  }

  /**
   * Starts a run without replaying anything.
   *
   * @param llvm "auto", "system" or a path
   * @returns undefined if the compiler left no record that could be shown
   */
  static async begin(core: CoreContext, source: UnitSource, llvm: string): Promise<RecordedRun | undefined> {
    const recorded = recordOf(source.unit);
    if (recorded === undefined) return undefined;
    const run = await RunFolder.create(await core.work.layout(), null);
    await run.start(summaryOf(source.unit), originOf(core.layout, source, { llvm, overrides: {} }), recorded);
    return new RecordedRun(core, source, llvm, run);
  }

  /**
   * Replays the unit, which ends the run, and compares it with the compiler's record.
   *
   * @throws what `runLto` and `verifyUnit` throw; if the run fails, it has ended with that error, and its record can still be shown
   */
  async complete({ progress, ...hooks }: RunHooks): Promise<CompletedRun> {
    const engines = this.#core.engines.inBackground();
    const core = { ...this.#core, engines };
    const tell = (from: number, to: number): RunHooks => ({
      ...hooks,
      progress: (now) => {
        if (now.kind !== "opening") progress?.({ ...now, share: from + (to - from) * now.share });
        else if (from === 0) progress?.(now);
      },
    });
    try {
      const options = { ...defaultOptions(pipelineOf(this.#source.unit.mode).command), llvm: this.#llvm };
      const report = await runLto(core, this.#source, options, tell(0, RUN), this.#run);
      // Nobody asked for code generation, which takes nearly as long as the passes.
      const verification = await verifyUnit(core, this.#source, { llvm: this.#llvm, machineCode: false }, tell(RUN, 1));
      return { report, verification };
    } catch (error) {
      // An error before the replay began, such as a store that cannot be locked, would leave the run running.
      if (!this.#run.ended) await this.#fail(error).catch(() => undefined);
      throw error;
    } finally {
      await engines.close();
    }
  }

  async #fail(error: unknown): Promise<void> {
    const report = reportOf(error, `Replaying ${this.#source.unit.name}`);
    await this.#run.finish(report.name === "Cancelled" ? "cancelled" : "failed", { error: report });
  }

  /** Ends the run without a replay; its record can still be shown. */
  async abandon(): Promise<void> {
    await this.#run.finish("cancelled", { error: cancelled(`The run of ${this.#source.unit.name}`).report });
  }
}

/** What can be shown of a build without a replay; undefined: the compiler kept no log of its decisions or no stage. */
function recordOf(unit: UnitManifest): RecordedBuild | undefined {
  const { complete, decisions, rustcStages, deviations, outsideLto } = unit;
  if (!complete || decisions === null || Object.keys(rustcStages).length === 0) return undefined;
  const verdicts = Object.values(decisions.verdicts);
  const modules = decisions.linked?.length ?? verdicts.length;
  if (modules === 0) return undefined;
  const counts = {
    modules,
    reused: verdicts.filter((verdict) => verdict === "re-used").length,
    recompiled: verdicts.filter((verdict) => verdict === "re-compiled").length,
    ...{ failed: 0, fromStore: 0 },
    groups: groupsOf(unit, decisions.linked ?? Object.keys(decisions.verdicts)),
  };
  return { deviations, counts, ...(outsideLto === undefined ? {} : { outsideLto: outsideLto.map(({ crate }) => crate) }) };
}

function groupsOf(unit: UnitManifest, names: readonly string[]): GroupCounts {
  const local = new Map(unit.localModules.map((module) => [module.name, module]));
  return countGroups(
    names.map((name) => {
      const { origin = "upstream", green = null } = local.get(name) ?? {};
      return { origin, ...recordedDecision(unit, { name, origin, green }) };
    }),
  );
}
