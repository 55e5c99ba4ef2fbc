/** The runs in the store: lists them without reading their reports, reads one, removes one. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { output, ZodMiniType } from "zod/mini";
import { learnNamesOf } from "../../protocol/module-names.js";
import type { RunOrigin, RunReport } from "../../protocol/runs.js";
import type { RunView } from "../../protocol/views.js";
import { isLtoError, LtoError, reportOf, systemCode } from "../base/errors.js";
import { readJsonFile, unreadable, type ParseSubject } from "../base/parse.js";
import { runManifest } from "./run-manifest.js";
import { runReport } from "./run-report.js";
import type { StoreLayout } from "./store-layout.js";
import { WorkPlace } from "./work-place.js";
import { isUnderWay, MANIFEST, REPORT } from "./run-folder.js";
import { runSummaryFile } from "./run-summary-format.js";
import { SUMMARY, summaryOf, type RunSummary } from "./run-summary.js";
import { runView } from "./run-view.js";
import { Marks, type Mark } from "./marks.js";
import { putAside, removeDeleted, takeBack } from "./deleted-runs.js";
import { readNotes, readWhatChanged, writeNotes, writeWhatChanged, type RunNotes } from "./run-notes.js";

interface Known {
  readonly modified: number;
  readonly summary: RunSummary;
}

export class RunHistory {
  readonly #layout: StoreLayout;
  readonly #work: WorkPlace;
  readonly #known = new Map<string, Known>();

  /** @param work where this program writes, if that is not the store */
  constructor(layout: StoreLayout, work: WorkPlace = new WorkPlace(layout)) {
    this.#layout = layout;
    this.#work = work;
  }

  /** All runs that can be read, the latest first. */
  async list(): Promise<RunView[]> {
    const listed = await Promise.all(this.#work.known.map(async ({ runs }) => readdir(runs).catch((): string[] => [])));
    const ids = listed.flat().filter(isRunId);
    for (const id of this.#known.keys()) if (!ids.includes(id)) this.#known.delete(id);
    // A run with damaged files reports that when it is requested by id, and does not hide others.
    const marks = new KnownMarks(this.#layout);
    const views = await Promise.all(ids.map((id) => this.#find(id, marks).catch(() => undefined)));
    // An id contains the second, in which two runs can begin.
    return views.filter((view) => view !== undefined).sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
  }

  /** @throws LtoError UnknownRun */
  async view(id: string): Promise<RunView> {
    const view = isRunId(id) ? await this.#find(id, new KnownMarks(this.#layout)) : undefined;
    if (view === undefined) throw unknownRun(id);
    return view;
  }

  /** What a run was made from; undefined if it was not recorded. @throws LtoError UnknownRun */
  async origin(id: string): Promise<RunOrigin | undefined> {
    const summary = isRunId(id) ? await this.#summary(id) : undefined;
    if (summary === undefined) throw unknownRun(id);
    return summary.run.origin;
  }

  /** @throws LtoError UnknownRun; NothingToInspect for a run that did not finish, with its own error */
  async report(id: string): Promise<RunReport> {
    const view = await this.view(id);
    const report = await readOfRun(runReport, this.#folder(id), REPORT);
    if (report !== undefined) {
      learnNamesOf(report.modules);
      return report;
    }
    throw new LtoError({
      name: view.state === "running" ? "RunUnderWay" : "NothingToInspect",
      message:
        view.state === "running"
          ? `The run of ${view.unit.name} is still under way.`
          : `The run of ${view.unit.name} did not finish (${view.state}), and left no report.${view.error === null ? "" : ` ${view.error.message}`}`,
      help: view.state === "running" ? "Wait for it to end." : "Run thin LTO again; it re-uses what that run saved.",
    });
  }

  /** Whether a run has its report: it did not end early, and is not under way. */
  hasReport(id: string): boolean {
    return isRunId(id) && existsSync(join(this.#folder(id), REPORT));
  }

  /** Changes what the user says of a run. @throws LtoError UnknownRun, the system's error if the store cannot be written to */
  async note(id: string, notes: Partial<RunNotes>): Promise<void> {
    await this.view(id);
    const folder = this.#folder(id);
    await writeNotes(folder, { ...(await readNotes(folder)), ...notes });
  }

  /** What changed in a run's build; undefined: not computed yet. */
  async whatChanged(id: string): Promise<string | undefined> {
    return isRunId(id) ? readWhatChanged(this.#folder(id)) : undefined;
  }

  /** Keeps what changed in a run's build. @throws LtoError UnknownRun, the system's error if the store cannot be written to */
  async keepWhatChanged(id: string, what: string): Promise<void> {
    await this.view(id);
    await writeWhatChanged(this.#folder(id), what);
  }

  /**
   * Deletes a run, which can be restored until {@link RunHistory.purge}.
   *
   * @throws LtoError UnknownRun, RunUnderWay
   */
  async delete(id: string): Promise<void> {
    await this.#refuseRunning(id);
    await putAside(dirname(this.#folder(id)), id);
    this.#known.delete(id);
  }

  /** Restores a deleted run. @throws LtoError UnknownRun if its files are gone */
  async restore(id: string): Promise<void> {
    if (!isRunId(id)) throw unknownRun(id);
    for (const { runs } of this.#work.known) if (await takeBack(runs, id)) return;
    await this.view(id);
  }

  /** Removes the files of deleted runs. @param ids "expired": those that were deleted too long ago to be restored */
  async purge(ids: readonly string[] | "expired"): Promise<void> {
    for (const layout of this.#work.known) await removeDeleted(layout, ids === "expired" ? ids : new Set(ids));
  }

  /**
   * Removes a run. Its stages stay in the store until it exceeds its quota.
   *
   * @throws LtoError UnknownRun, RunUnderWay
   */
  async remove(id: string): Promise<void> {
    await this.#refuseRunning(id);
    // Another window that reads it at the same time finds it completely or not at all.
    const gone = join(dirname(this.#folder(id)), `.${id}.${randomBytes(6).toString("hex")}.tmp`);
    await rename(this.#folder(id), gone);
    await rm(gone, { recursive: true, force: true });
    this.#known.delete(id);
  }

  async #refuseRunning(id: string): Promise<void> {
    const view = await this.view(id).catch((error: unknown) => {
      // An unreadable run can still be removed.
      if (!isLtoError(error, "UnreadableFile")) throw error;
      return undefined;
    });
    if (view?.state === "running") {
      throw new LtoError({
        name: "RunUnderWay",
        message: `The run of ${view.unit.name} is still under way.`,
        help: "Cancel it, or wait for it to end.",
      });
    }
  }

  #folder(id: string): string {
    const folders = this.#work.known.map(({ runs }) => join(runs, id));
    return folders.find((folder) => existsSync(folder)) ?? join(this.#layout.runs, id);
  }

  async #find(id: string, marks: KnownMarks): Promise<RunView | undefined> {
    const summary = await this.#summary(id);
    if (summary === undefined) return undefined;
    const view = await this.#now(id, summary);
    const folder = this.#folder(id);
    const [notes, what, now] = await Promise.all([
      readNotes(folder),
      readWhatChanged(folder),
      fidelityNow(view, summary.report?.identity, marks),
    ]);
    return { ...view, ...notes, what: what ?? view.what, ...now };
  }

  async #now(id: string, summary: RunSummary): Promise<RunView> {
    if (summary.run.state !== "running" || (await isUnderWay(this.#folder(id)))) return runView(summary);
    // It may have finished in the meantime.
    const view = runView((await this.#summary(id)) ?? summary);
    return view.state === "running" ? { ...view, state: "died" } : view;
  }

  async #summary(id: string): Promise<RunSummary | undefined> {
    const file = join(this.#folder(id), SUMMARY);
    const modified = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (modified === undefined) return this.#withoutSummary(id);
    const known = this.#known.get(id);
    if (known?.modified === modified) return known.summary;
    const summary = await readOfRun(runSummaryFile, this.#folder(id), SUMMARY);
    if (summary === undefined) return this.#withoutSummary(id);
    if (summary.run.id !== id) throw unreadable(subjectOf(file), `it is of the run ${summary.run.id}`);
    this.#known.set(id, { modified, summary });
    return summary;
  }

  /** For runs of older versions, reads manifest and report, which no longer change. */
  async #withoutSummary(id: string): Promise<RunSummary | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known.summary;
    const manifest = await readOfRun(runManifest, this.#folder(id), MANIFEST);
    if (manifest === undefined) return undefined;
    const report = await readOfRun(runReport, this.#folder(id), REPORT);
    const summary = summaryOf(manifest, report ?? null);
    if (manifest.state !== "running") this.#known.set(id, { modified: 0, summary });
    return summary;
  }
}

/** Caches marks of verification while a list is made, because many runs have the same identity. */
class KnownMarks {
  readonly #marks: Marks;
  readonly #known = new Map<string, Promise<Mark | undefined>>();

  constructor(layout: StoreLayout) {
    this.#marks = new Marks(layout);
  }

  of(identity: string): Promise<Mark | undefined> {
    const known = this.#known.get(identity) ?? this.#marks.of(identity);
    this.#known.set(identity, known);
    return known;
  }
}

/** The current fidelity: a later verification may have found that the run is identical to rustc's, or that it is not. */
async function fidelityNow(
  view: RunView,
  identity: string | undefined,
  marks: KnownMarks,
): Promise<Pick<RunView, "fidelity" | "verifiedCode">> {
  if (view.fidelity === null || view.fidelity === "other LLVM") return { fidelity: view.fidelity };
  const mark = identity === undefined || view.counts.failed > 0 ? undefined : await marks.of(identity);
  if (mark === undefined) return { fidelity: "same LLVM, not verified" };
  return { fidelity: "verified", ...(mark.code === undefined ? {} : { verifiedCode: mark.code }) };
}

/** Whether it is a run id of {@link RunFolder}; nothing else is used as a path. */
function isRunId(id: string): boolean {
  return /^\d{8}T\d{6}-[0-9a-f]{8}$/.test(id);
}

function unknownRun(id: string): LtoError {
  return new LtoError({
    name: "UnknownRun",
    message: `There is no run ${id} in the store.`,
    help: "It may have been removed in this or another window. Run thin LTO again.",
  });
}

function subjectOf(file: string): ParseSubject {
  return { what: "A file of a run", file, help: "Remove the run from the list, and run LTO again." };
}

/** @returns undefined if it is missing. @throws LtoError UnreadableFile for anything else */
async function readOfRun<Schema extends ZodMiniType>(schema: Schema, folder: string, name: string): Promise<output<Schema> | undefined> {
  const file = join(folder, name);
  try {
    return await readJsonFile(schema, subjectOf(file));
  } catch (error) {
    if (error instanceof LtoError) throw error;
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw new LtoError(reportOf(error, `Reading ${file}`), { cause: error });
  }
}
