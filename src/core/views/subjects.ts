/** A cache of open subjects, so that the next request about one needs no new analysis. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { RunOrigin, RunReport } from "../../protocol/runs.js";
import type { Subject } from "../../protocol/uris.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { ModuleRow } from "../../protocol/views.js";
import type { CoreContext } from "../engine/core-context.js";
import { latestCapture } from "../store/captures.js";
import { isLtoError } from "../base/errors.js";
import { Lru } from "../base/lru.js";
import type { RunHistory } from "../store/history.js";
import { rowsOfReport } from "./module-rows.js";
import { PRODUCERS, type Producers } from "../producers/registry.js";
import { bareRow, rowsOfUnit } from "./unit-rows.js";
import { holdInUse, type Use } from "../store/in-use.js";
import { OpenSubject, type SubjectParts } from "./open-subject.js";
import { RunStages } from "../ir/run-stages.js";
import type { SavedTemps } from "../replay/saved-temps.js";
import { stagesOfSource, type Stages } from "../ir/stages-of.js";
import { readableNamesIn, type UnitSource } from "../replay/producer.js";

/** Limits the engine's memory: it keeps every analysed unit. */
const KEPT_OPEN = 4;

interface Entry {
  readonly open: Promise<OpenSubject>;
  users: number;
  dropped: boolean;
}

export class Subjects {
  readonly #core: CoreContext;
  readonly #history: RunHistory;
  readonly #llvm: () => string;
  readonly #producers: Producers;
  readonly #entries = new Lru<string, Entry>(KEPT_OPEN, (entry) => {
    entry.dropped = true;
    closeUnused(entry);
  });

  /** @param llvm the libLLVM for units without a run: "auto", "system" or a path */
  constructor(core: CoreContext, history: RunHistory, llvm: () => string, producers = PRODUCERS) {
    this.#core = core;
    this.#history = history;
    this.#llvm = llvm;
    this.#producers = producers;
  }

  /**
   * Runs work on a subject, and keeps it open until the work ends.
   *
   * @throws LtoError UnknownRun, UnknownUnit, NothingToInspect, and what the work throws
   */
  async use<T>(subject: Subject, work: (open: OpenSubject) => Promise<T>): Promise<T> {
    const key = await this.#keyOf(subject);
    const entry = this.#entries.get(key) ?? this.#add(key, this.#open(subject));
    entry.users += 1;
    try {
      const open = await entry.open.catch((error: unknown) => {
        this.#entries.delete(key);
        throw error;
      });
      return await work(open);
    } finally {
      entry.users -= 1;
      closeUnused(entry);
    }
  }

  /** Adds a run that has just ended, so that its report need not be read again. */
  add(run: string, origin: RunOrigin | undefined, report: RunReport): void {
    this.#add(JSON.stringify(["run", run, true]), this.#runSubject(run, origin, report));
  }

  /** Forgets runs that were removed, and everything after the store was cleared. */
  forget(): void {
    this.#entries.clear();
  }

  #add(key: string, open: Promise<OpenSubject>): Entry {
    const entry = { open, users: 0, dropped: false };
    this.#entries.set(key, entry);
    return entry;
  }

  /** A newer capture makes "the latest capture" another subject, and so does another library for a unit. */
  async #keyOf(subject: Subject): Promise<string> {
    // With its report, a run is another subject.
    if ("run" in subject) return JSON.stringify(["run", subject.run, this.#history.hasReport(subject.run)]);
    const latest = /^[\w.-]+$/.test(subject.unit) ? await latestCapture(this.#core.layout.root, subject.unit) : undefined;
    return JSON.stringify(["unit", subject.unit, latest ?? null, this.#llvm()]);
  }

  async #open(subject: Subject): Promise<OpenSubject> {
    if ("unit" in subject) return this.#openUnit(subject.unit);
    const origin = await this.#history.origin(subject.run);
    const recorded = await this.#recordedSubject(subject.run, origin);
    return recorded ?? this.#runSubject(subject.run, origin, await this.#history.report(subject.run));
  }

  /** A run without a report (yet) whose build the compiler recorded; undefined: it has a report, or there is no record. */
  async #recordedSubject(run: string, origin: RunOrigin | undefined): Promise<OpenSubject | undefined> {
    if (origin === undefined || !(await this.#history.view(run)).recorded) return undefined;
    const source = await this.#producers.sourceOfRun(this.#core.layout, origin);
    if (source.kind !== "unit") return undefined;
    return this.#unitSubject(source, origin.llvm, { runs: [run], captures: [formatCaptureRef(source.unit)] });
  }

  async #runSubject(run: string, origin: RunOrigin | undefined, report: RunReport): Promise<OpenSubject> {
    const files = report.modules.flatMap((module) => module.stages.flatMap(({ file }) => file ?? []));
    const store = await this.#hold({ runs: [run], blobs: files.flatMap((file) => this.#core.store.blobOf(file) ?? []) });
    const stages = new RunStages(this.#core, origin, report);
    const rows = rowsOfReport(report);
    return new OpenSubject({ name: report.unit.name, stages, report, rows: () => Promise.resolve(rows), ...store });
  }

  /** Protects an open subject, and what is made from it, from pruning. */
  async #hold(use: Use): Promise<Pick<SubjectParts, "held" | "blobOf">> {
    return { held: await holdInUse(this.#core.layout, use), blobOf: (file) => this.#core.store.blobOf(file) };
  }

  async #openUnit(name: string): Promise<OpenSubject> {
    const unit = await this.#unitIfAny(name);
    if (unit === "file" || !("schema" in unit)) return this.#openFiles(name, unit);
    return this.#unitSubject(this.#producers.sourceOf(unit), this.#llvm(), { captures: [formatCaptureRef(unit)] });
  }

  /** A unit as its build recorded it: the compiler's own decisions and stage files. */
  async #unitSubject(source: UnitSource, llvm: string, use: Use): Promise<OpenSubject> {
    const { unit } = source;
    const stages = stagesOfSource(this.#core, source, llvm);
    const rows = async (): Promise<ModuleRow[]> => {
      const readable = await readableNamesIn(this.#core, source, { llvm, overrides: {} });
      return rowsOfUnit(unit, unit.decisions?.linked ?? (await stages.modules()), readable);
    };
    return new OpenSubject({ name: unit.name, stages, report: null, rows, ...(await this.#hold(use)) });
  }

  async #openFiles(name: string, found: SavedTemps | "file"): Promise<OpenSubject> {
    const source = found === "file" ? this.#producers.filesSource({ paths: [name] }) : ({ kind: "save-temps", saved: found } as const);
    const stages = stagesOfSource(this.#core, source, this.#llvm());
    const [file = name] = found === "file" ? [name] : [...found.stages.values()].flatMap((files) => [...files.values()]);
    const crate = crateIn(basename(file)) ?? basename(name);
    const rows = async (of: Stages): Promise<ModuleRow[]> =>
      (await of.modules()).map((module) => bareRow(module, crateIn(module) ?? crate));
    return new OpenSubject({ name: basename(name), stages, report: null, rows: () => rows(stages), ...(await this.#hold({})) });
  }

  /** A capture or session; otherwise rustc's own stage files, or a file with bitcode. @throws LtoError UnknownUnit if it is none of these */
  async #unitIfAny(name: string): Promise<UnitManifest | SavedTemps | "file"> {
    try {
      return await this.#producers.unitNamed(this.#core.layout, name);
    } catch (error) {
      if (!isLtoError(error, "UnknownUnit")) throw error;
      const saved = await this.#producers.savedStages(name);
      if (saved !== undefined) return saved;
      if (existsSync(name)) return "file";
      throw error;
    }
  }
}

/** The crate at the beginning of one of rustc's names: "libstd-0123456789abcdef.rlib", "std-0123456789abcdef.std.…-cgu.0.rcgu.o". */
function crateIn(name: string): string | undefined {
  return /^(?:lib(?=.*\.rlib$))?(.+?)-[0-9a-f]{16}\./.exec(name)?.[1];
}

function closeUnused(entry: Entry): void {
  if (!entry.dropped || entry.users > 0) return;
  entry.open.then(
    (open) => void open.close(),
    () => undefined,
  );
}
