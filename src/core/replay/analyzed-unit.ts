/**
 * A unit that stays analysed in the engine process, so that any stage of any module can be requested. If the process is replaced (another module crashed
 * it, or a cancelled request did not stop), the unit is analysed again automatically.
 */
import type { AnalyzeParams, AnalyzeResult } from "../../protocol/engine/analysis.js";
import type { AssemblyParams, AssemblyResult } from "../../protocol/engine/assembly.js";
import type { ImportDecisionsResult, InlineDecisionsResult } from "../../protocol/engine/calls.js";
import type { KeyComponentsResult } from "../../protocol/engine/keys.js";
import type { PassTextsParams, PassTextsResult, PassTraceResult } from "../../protocol/engine/passes.js";
import type { ObjectSettings, OptimizeResult } from "../../protocol/engine/stages.js";
import type { Stage } from "../../protocol/stages.js";
import { crashError, retryNote, type EngineClient } from "../engine/client.js";
import { EngineDied } from "../engine/process.js";
import { isLtoError, LtoError, throwIfCancelled } from "../base/errors.js";
import { Gate } from "../base/gate.js";

/** How many engine crashes a module may be active in before it runs alone. */
const ATTEMPTS_TOGETHER = 3;

/** Symbols per message: no message between processes may be unbounded in size. */
const SYMBOLS_AT_ONCE = 20_000;

/** What to make of a module. */
export interface StageRequest {
  readonly stages: readonly Stage[];
  /** The folder of blobs; null: nothing is written. */
  readonly blobs: string | null;
  readonly object: ObjectSettings | null;
}

export class AnalyzedUnit {
  /** What the first analysis found. */
  readonly result: AnalyzeResult;
  readonly engine: EngineClient;
  readonly #params: AnalyzeParams;
  readonly #gate = new Gate();
  /** Engine deaths that were already reported; all active requests see the same one. */
  readonly #told = new WeakSet<EngineDied>();
  #generation: number;
  #again: Promise<void> | undefined;

  private constructor(engine: EngineClient, params: AnalyzeParams, result: AnalyzeResult, generation: number) {
    this.engine = engine;
    this.#params = params;
    this.result = result;
    this.#generation = generation;
  }

  /**
   * Analyses a unit (rustc's `prepare_lto` and `thin_lto`).
   *
   * @throws LtoError the engine's errors, Cancelled, EngineCrashed
   */
  static async open(engine: EngineClient, params: AnalyzeParams, signal?: AbortSignal): Promise<AnalyzedUnit> {
    const notes: string[] = [];
    const result = await engine.request("analyze", params, signal, (died) => {
      const note = retryNote(died, "the analysis");
      if (note !== undefined) notes.push(note);
    });
    return new AnalyzedUnit(engine, params, { ...result, warnings: [...result.warnings, ...notes] }, engine.generation);
  }

  /** The unit's name in the engine's progress notifications. */
  get unit(): string {
    return this.#params.unit;
  }

  /**
   * Makes stages of one module (rustc's `optimize_thin_module`). If the engine died and the module was retried, the diagnostics say so.
   *
   * @param request.object how to generate the module's object as well; null: do not
   * @throws LtoError the engine's errors for this module, Cancelled, EngineCrashed if this module crashed the process
   */
  async optimize(module: string, request: StageRequest, signal?: AbortSignal): Promise<OptimizeResult> {
    const { stages, blobs, object } = request;
    const { made, notes } = await this.#retried(module, signal, () =>
      this.engine.attempt("optimize", { unit: this.unit, module, stages, blobs, object }, signal),
    );
    return { ...made, diagnostics: [...made.diagnostics, ...notes] };
  }

  /**
   * What the inliner decides about one module, written to a blob.
   *
   * @param stageFile the module after the passes, with whose code the replay's is compared
   * @throws LtoError as {@link AnalyzedUnit.optimize}
   */
  async inlineDecisions(module: string, stageFile: string, blobs: string, signal?: AbortSignal): Promise<InlineDecisionsResult> {
    const { made } = await this.#retried(module, signal, () =>
      this.engine.attempt("inlineDecisions", { unit: this.unit, module, stageFile, blobs }, signal),
    );
    return made;
  }

  /**
   * The assembly of one module, written to a blob.
   *
   * @throws LtoError as {@link AnalyzedUnit.optimize}
   */
  async assembly(params: Omit<AssemblyParams, "unit">, signal?: AbortSignal): Promise<AssemblyResult> {
    const { made } = await this.#retried(params.module, signal, () =>
      this.engine.attempt("assembly", { unit: this.unit, ...params }, signal),
    );
    return made;
  }

  /**
   * Every run of a pass over one module, written to a blob.
   *
   * @param check also looks for changes that the trace misses
   * @throws LtoError as {@link AnalyzedUnit.optimize}
   */
  async passTrace(module: string, blobs: string, check: boolean, signal?: AbortSignal): Promise<PassTraceResult> {
    const { made } = await this.#retried(module, signal, () =>
      this.engine.attempt("passTrace", { unit: this.unit, module, blobs, check }, signal),
    );
    return made;
  }

  /**
   * The texts of one function between the passes that change it, written to a blob.
   *
   * @throws LtoError as {@link AnalyzedUnit.optimize}
   */
  async passTexts(params: Omit<PassTextsParams, "unit">, signal?: AbortSignal): Promise<PassTextsResult> {
    const { made } = await this.#retried(params.module, signal, () =>
      this.engine.attempt("passTexts", { unit: this.unit, ...params }, signal),
    );
    return made;
  }

  /** Why a range of modules imports what it does. @throws LtoError Cancelled, EngineCrashed; EngineFailed if this LLVM does not tell its limits */
  async importDecisions(first: number, count: number, signal?: AbortSignal): Promise<ImportDecisionsResult> {
    await this.#analyzeAgainIfNeeded();
    return this.engine.attempt("importDecisions", { unit: this.unit, first, count }, signal);
  }

  /** The key components of a range of modules. @throws LtoError Cancelled, EngineCrashed */
  async keyComponents(first: number, count: number, signal?: AbortSignal): Promise<KeyComponentsResult> {
    await this.#analyzeAgainIfNeeded();
    return this.engine.attempt("keyComponents", { unit: this.unit, first, count }, signal);
  }

  /** The symbols that LTO preserves, the local crate's first. @throws LtoError Cancelled, EngineCrashed */
  async preservedSymbols(signal?: AbortSignal): Promise<string[]> {
    await this.#analyzeAgainIfNeeded();
    const symbols: string[] = [];
    for (;;) {
      const params = { unit: this.unit, first: symbols.length, count: SYMBOLS_AT_ONCE };
      const part = await this.engine.attempt("preservedSymbols", params, signal);
      symbols.push(...part.symbols);
      if (part.symbols.length === 0 || symbols.length >= part.total) return symbols;
    }
  }

  /** Releases the unit in the engine. Never fails: a process that has exited holds nothing. */
  async close(): Promise<void> {
    if (this.engine.generation !== this.#generation) return;
    await this.engine.attempt("release", { unit: this.unit }).catch(() => undefined);
  }

  /** Makes a request about one module, and makes it again while it may not be to blame for the engine's death. */
  async #retried<T>(
    module: string,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<{ readonly made: T; readonly notes: readonly string[] }> {
    let alone = false;
    const deaths: EngineDied[] = [];
    for (let attempt = 1; ; attempt++) {
      throwIfCancelled(signal, `Optimising ${module}`);
      const run = async (): Promise<T> => {
        await this.#analyzeAgainIfNeeded();
        return request();
      };
      try {
        const made = await (alone ? this.#gate.alone(run) : this.#gate.together(run));
        return { made, notes: this.#notesOn(deaths, module) };
      } catch (error) {
        if (error instanceof EngineDied) deaths.push(error);
        if (!this.#worthAnother(error, module, alone, attempt)) throw error;
        // While other modules are active, it is unknown which of them used up the memory.
        alone = attempt >= ATTEMPTS_TOGETHER || (error instanceof EngineDied && error.tookMemory !== null);
      }
    }
  }

  #notesOn(deaths: readonly EngineDied[], module: string): string[] {
    return deaths.flatMap((died) => {
      const note = this.#told.has(died) ? undefined : retryNote(died, module);
      this.#told.add(died);
      return note ?? [];
    });
  }

  /** Whether to retry the module. @throws LtoError EngineCrashed if this module caused the crash */
  #worthAnother(error: unknown, module: string, alone: boolean, attempt: number): boolean {
    // The process was replaced between the check and the request.
    if (isLtoError(error, "UnknownUnit") && this.engine.generation !== this.#generation) return !alone;
    if (!(error instanceof EngineDied)) return false;
    if (error.onPurpose) return true;
    const { culprit } = error;
    // The journal truncates long names.
    const own = culprit !== undefined && culprit.module !== "" && module.startsWith(culprit.module);
    // A process that was killed from outside leaves no journal entry; the first time, no module is blamed.
    if (
      alone ||
      own ||
      (error.tookMemory !== null && error.underWay <= 1) ||
      (culprit === undefined && error.underWay <= 1 && attempt > 1)
    ) {
      throw crashError(error, `module ${module}`);
    }
    return true;
  }

  async #analyzeAgainIfNeeded(): Promise<void> {
    // This request starts a new process if the last one has exited.
    await this.engine.info();
    if (this.engine.generation === this.#generation) return;
    this.#again ??= this.#analyzeAgain().finally(() => (this.#again = undefined));
    await this.#again;
  }

  async #analyzeAgain(): Promise<void> {
    // The keys have already been written and compared; a second analysis only restores the unit.
    const again = await this.engine.request("analyze", { ...this.#params, keysFile: null });
    if (contentOf(again) !== contentOf(this.result)) {
      throw new LtoError({
        name: "FilesChanged",
        message: `The bitcode of ${this.unit.replace(/#.*$/, "")} was changed during the run; the results are discarded.`,
        help: "Wait until the build has finished and run the command again (or capture the unit again).",
      });
    }
    this.#generation = this.engine.generation;
  }
}

/** Identifies what was read by content, not by modification time. */
function contentOf({ fatDigest, modules }: AnalyzeResult): string {
  return [fatDigest, ...modules.map((module) => module.contentDigest)].join(" ");
}
