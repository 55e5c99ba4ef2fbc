/**
 * Traces of passes, and texts between them, of an open unit's modules: taken from the store, or made by a replay and kept by the module's key, like stages. A
 * replay whose module is not the stage's is refused: what it shows may not be true of the build.
 */
import type { MissedChange, PassTexts } from "../../../protocol/engine/passes.js";
import type { SavedFile, SavedStage } from "../../../protocol/engine/stages.js";
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { LtoError } from "../../base/errors.js";
import { readJsonFile } from "../../base/parse.js";
import { findModule } from "../../pipelines/module-names.js";
import { withStages } from "../../replay/each-module.js";
import { KeptArtifacts, type ArtifactKey } from "../../replay/kept-artifacts.js";
import type { OpenUnit } from "../../replay/open.js";
import { PASS_TEXTS_SCHEMA, PASS_TRACE_SCHEMA, passTexts, passTrace } from "./trace-format.js";
import { PassesTrace } from "./trace.js";

const OTHER_MODULE =
  "The replay that traced the passes gave another module than the stage after them, so its trace may not be true of the build.";

const HELP = "Remove the file; it is made again.";

/** The module that the user named, of those that have stages. @throws LtoError UnknownModule */
export function moduleNamed(open: OpenUnit, wanted: string): string {
  return findModule(
    withStages(open.analyzed.result.modules).map(({ name }) => name),
    wanted,
  );
}

/** Call {@link PassTraces.lookUp} first if there are several modules, and {@link PassTraces.settle} at the end. */
export class PassTraces {
  readonly #open: OpenUnit;
  readonly #stage: Stage;
  readonly #kept: KeptArtifacts;
  #known: ReadonlyMap<string, SavedStage> = new Map();
  /** The texts that were read last: a function's are read for several purposes. */
  #last: { readonly trace: PassesTrace; readonly texts: PassTexts } | undefined;

  constructor(open: OpenUnit) {
    this.#open = open;
    this.#stage = pipelineOf(open.inputs.mode).optimized;
    this.#kept = new KeptArtifacts(open, this.#stage);
  }

  /** Looks up all modules together, which checks their contents in one request. @throws LtoError Cancelled */
  async lookUp(modules: readonly string[], signal?: AbortSignal): Promise<void> {
    const found = await this.#kept.find(
      modules.map((module) => this.#traceKey(module)),
      signal,
    );
    this.#known = new Map(
      modules.flatMap((module, index) => {
        const saved = found[index];
        return saved === undefined ? [] : [[module, saved] as const];
      }),
    );
  }

  /**
   * The trace of a module.
   *
   * @param stage the module after the passes, if the caller has just made it
   * @throws LtoError as making a stage; EngineFailed if tracing changed the module; UnreadableFile
   */
  async of(module: string, signal?: AbortSignal, stage?: Pick<SavedStage, "blob">): Promise<PassesTrace> {
    const known = this.#known.get(module) ?? (await this.#kept.find([this.#traceKey(module)], signal))[0];
    const { blob } = known ?? (await this.#traced(module, signal, stage));
    const file = this.#open.maker.store.blobFile(blob);
    return new PassesTrace(await readJsonFile(passTrace, { what: "A trace of passes", file, help: HELP }));
  }

  /**
   * The texts of a function between the passes that change it.
   *
   * @throws LtoError as {@link PassTraces.of}; EngineFailed if the replay that made them is not the traced one
   */
  async textsOf(trace: PassesTrace, symbol: string, signal?: AbortSignal): Promise<PassTexts> {
    const last = this.#last;
    if (last?.trace === trace && last.texts.function === symbol) return last.texts;
    const texts = await this.#textsFound(trace, symbol, signal);
    this.#last = { trace, texts };
    return texts;
  }

  async #textsFound(trace: PassesTrace, symbol: string, signal?: AbortSignal): Promise<PassTexts> {
    const key = this.#kept.keyOf(trace.module, "pass-texts", PASS_TEXTS_SCHEMA, symbol);
    const { blob } = (await this.#kept.find([key], signal))[0] ?? (await this.#textsMade(key, trace, symbol, signal));
    const file = this.#open.maker.store.blobFile(blob);
    return readJsonFile(passTexts, { what: "The texts of a function between passes", file, help: HELP });
  }

  /** Changes that a trace misses, from another one that hashes every function after every run. @throws as making a stage */
  async missed(module: string, signal?: AbortSignal): Promise<readonly MissedChange[]> {
    const { maker, analyzed } = this.#open;
    const stage = (await maker.make(module, [this.#stage], signal)).stages[0];
    const { blobs } = await maker.store.work.layout();
    const { missed, content } = await analyzed.passTrace(module, blobs, true, signal);
    if (content !== stage?.blob) throw this.#refused(module, OTHER_MODULE);
    return missed ?? [];
  }

  /** Records what was made so far. @throws LtoError FilesChanged */
  settle(): Promise<void> {
    return this.#kept.settle();
  }

  #traceKey(module: string): ArtifactKey {
    return this.#kept.keyOf(module, "passes", PASS_TRACE_SCHEMA);
  }

  async #traced(module: string, signal?: AbortSignal, known?: Pick<SavedStage, "blob">): Promise<SavedFile> {
    const { maker, analyzed } = this.#open;
    const stage = known ?? (await maker.make(module, [this.#stage], signal)).stages[0];
    const { blobs } = await maker.store.work.layout();
    const begun = performance.now();
    const { trace, content } = await analyzed.passTrace(module, blobs, false, signal);
    if (content !== stage?.blob) {
      throw this.#refused(module, OTHER_MODULE);
    }
    return this.#kept.add(this.#traceKey(module), trace, performance.now() - begun);
  }

  async #textsMade(key: ArtifactKey, trace: PassesTrace, symbol: string, signal?: AbortSignal): Promise<SavedFile> {
    const { maker, analyzed } = this.#open;
    const { blobs } = await maker.store.work.layout();
    const history = trace.historyOf(trace.functionOf(symbol) ?? -1);
    const expected = history.map(({ run, hash }) => ({ pass: trace.pass(run), hash }));
    const begun = performance.now();
    const made = await analyzed.passTexts({ module: trace.module, function: symbol, expected, blobs }, signal);
    if (!made.expected) {
      throw this.#refused(
        trace.module,
        `The replay that printed ${symbol} changed it otherwise than the traced one, so its texts may not be true of the build.`,
      );
    }
    return this.#kept.add(key, made.texts, performance.now() - begun);
  }

  #refused(module: string, message: string): LtoError {
    return new LtoError({
      name: "EngineFailed",
      message,
      module,
      stage: this.#stage,
      help: "Run `lto-inspector verify UNIT`: if the stage itself is equal to rustc's, report this with the module.",
    });
  }
}
