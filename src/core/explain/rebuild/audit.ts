/**
 * The audit of re-use: compares what rustc took from an earlier build with what a fresh run makes of the same module. Equal keys promise equal
 * output. Where that promise is broken, the user's program is stale, and nothing else reveals it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnalyzedModule } from "../../../protocol/engine/analysis.js";
import type { AuditCounts, Finding } from "../../../protocol/explain.js";
import { withoutInvocationId } from "../../../protocol/module-names.js";
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { formatCaptureRef } from "../../../protocol/refs.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { captureFolder, captureNumbers, loadUnit } from "../../store/captures.js";
import { isAsCaptured } from "../../store/seal.js";
import type { CoreContext } from "../../engine/core-context.js";
import { isLtoError, LtoError } from "../../base/errors.js";
import { compareStage } from "../../verify/compare-stage.js";
import { findModule } from "../../pipelines/module-names.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import { workThrough } from "../../base/work-list.js";
import { isThere } from "./compared-build.js";
import { PRODUCERS } from "../../producers/registry.js";

export interface AuditOptions {
  readonly llvm: string;
  /** One module only. */
  readonly module: string | null;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number, module: string) => void;
}

export interface Audit {
  readonly counts: AuditCounts;
  readonly findings: readonly Finding[];
}

/**
 * Audits what rustc re-used in a captured build. It rebuilds every module, takes nothing from the store and keeps nothing.
 *
 * @throws LtoError for units that cannot be analysed, Usage where rustc's decisions are not known, UnknownModule, Cancelled
 */
export async function auditReuse(core: CoreContext, unit: UnitManifest, options: AuditOptions): Promise<Audit> {
  const { decisions } = unit;
  if (decisions === null) {
    throw new LtoError({
      name: "Usage",
      message: `What rustc re-used in ${unit.name} is unknown: only captures keep rustc's log.`,
      help: "Run `lto-inspector capture`, build again after an edit with another `capture`, then audit that one.",
    });
  }
  const open = await openUnit(core, PRODUCERS.sourceOf(unit), { llvm: options.llvm, overrides: {}, keysFile: null }, options.signal);
  const scratch = await mkdtemp(join(tmpdir(), "lto-inspector-audit-"));
  try {
    const reused = open.analyzed.result.modules.filter(({ name }) => decisions.verdicts[name] === "re-used");
    return await new Auditing(open, new Origins(core.layout.root, unit), scratch, options).run(
      chosen(reused, options.module),
      core.engines.threads,
    );
  } finally {
    await open.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function chosen(modules: readonly AnalyzedModule[], wanted: string | null): readonly AnalyzedModule[] {
  if (wanted === null) return modules;
  const names = modules.map(({ name }) => name);
  const name = findModule(names, wanted);
  return modules.filter((module) => module.name === name);
}

class Auditing {
  readonly #open: OpenUnit;
  readonly #origins: Origins;
  readonly #scratch: string;
  readonly #options: AuditOptions;
  /** What rustc generates code from: modules in which this stage is equal have equal objects. */
  readonly #output: Stage;
  readonly #counts = { identical: 0, sameText: 0, different: 0, notKept: 0 };
  readonly #findings: Finding[] = [];
  #done = 0;

  constructor(open: OpenUnit, origins: Origins, scratch: string, options: AuditOptions) {
    this.#open = open;
    this.#origins = origins;
    this.#scratch = scratch;
    this.#options = options;
    this.#output = pipelineOf(open.inputs.mode).optimized;
  }

  async run(modules: readonly AnalyzedModule[], threads: number): Promise<Audit> {
    await workThrough(modules, threads, async (module) => {
      await this.#auditOne(module.name);
      this.#done += 1;
      this.#options.progress?.(this.#done, modules.length, module.name);
    });
    const findings = this.#findings.sort((left, right) => (left.module < right.module ? -1 : 1));
    return { counts: { reused: modules.length, ...this.#counts }, findings };
  }

  async #auditOne(name: string): Promise<void> {
    const { signal } = this.#options;
    const origin = await this.#origins.of(name);
    if (origin === undefined) {
      this.#counts.notKept += 1;
      return;
    }
    const { engine, analyzed } = this.#open;
    // A folder for each module, since two modules may have equal output.
    const folder = await mkdtemp(join(this.#scratch, "module-"));
    const made = await analyzed.optimize(name, { stages: [this.#output], blobs: folder, object: null }, signal);
    const blob = made.stages[0]?.blob;
    if (blob === undefined) {
      throw new LtoError({ name: "Internal", message: `The engine made no ${this.#output} of ${name}.`, module: name });
    }
    const verdict = await compareStage(join(folder, blob.slice(0, 2), `${blob.slice(2)}.bc`), origin.file, engine, signal);
    await rm(folder, { recursive: true, force: true });
    if (verdict.kind === "damaged") {
      // What rustc re-used then can no longer be determined; that is no reason for an alarm.
      this.#counts.notKept += 1;
      const detail = `What rustc re-used from ${origin.build} cannot be compared: ${verdict.why}.`;
      this.#findings.push({ kind: "not-available", module: name, detail });
      return;
    }
    this.#counts[verdict.kind] += 1;
    if (verdict.kind !== "different") return;
    const changed = (await isAsCaptured(origin.folder, origin.file)) === false;
    const doubt = changed ? ` But that file has changed since it was captured: ${origin.file}.` : "";
    this.#findings.push({
      kind: "wrong-reuse",
      module: name,
      detail: `rustc re-used its output for this module from ${origin.build}, because the keys are equal; rebuilt, the output differs: ${verdict.why}.${doubt}`,
    });
  }
}

interface Origin {
  /** "ID@N" */
  readonly build: string;
  readonly folder: string;
  /** What rustc saved of the module when it compiled it. */
  readonly file: string;
}

/** Finds the build that made a re-used module: the latest earlier one in which rustc compiled it. */
class Origins {
  readonly #root: string;
  readonly #unit: UnitManifest;
  #builds: Promise<readonly (UnitManifest | null)[]> | undefined;

  constructor(root: string, unit: UnitManifest) {
    this.#root = root;
    this.#unit = unit;
  }

  /** @returns undefined where no capture keeps it */
  async of(module: string): Promise<Origin | undefined> {
    const wanted = withoutInvocationId(module);
    for (const build of await (this.#builds ??= this.#earlier())) {
      // Nobody knows what a damaged build did with the module.
      if (build === null) return undefined;
      const name = Object.keys(build.decisions?.verdicts ?? {}).find((candidate) => withoutInvocationId(candidate) === wanted);
      const verdict = name === undefined ? undefined : build.decisions?.verdicts[name];
      if (name === undefined || verdict === undefined) return undefined;
      if (verdict === "re-used") continue;
      const file = build.rustcStages[name]?.[pipelineOf(build.mode).optimized];
      return file !== undefined && (await isThere(file))
        ? { build: formatCaptureRef(build), folder: captureFolder(this.#root, build.id, build.capture), file }
        : undefined;
    }
    return undefined;
  }

  /** The latest first. */
  async #earlier(): Promise<readonly (UnitManifest | null)[]> {
    const { id, capture } = this.#unit;
    const numbers = (await captureNumbers(this.#root, id)).filter((number) => number < capture);
    return Promise.all(numbers.reverse().map((number) => this.#load(formatCaptureRef({ id, capture: number }))));
  }

  async #load(name: string): Promise<UnitManifest | null> {
    try {
      return await loadUnit(this.#root, name);
    } catch (error) {
      if (isLtoError(error, "UnreadableFile")) return null;
      throw error;
    }
  }
}
