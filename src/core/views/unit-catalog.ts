/** The units of the workspace folders, from the store and the target folders, cached until something changes. */
import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Discovery } from "../../protocol/discovery.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { formatCaptureRef, isVariant, parseCaptureRef } from "../../protocol/refs.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { FolderView, RunView, UnitView } from "../../protocol/views.js";
import { captureFolder, latestCapture, listCaptures, type Captures } from "../store/captures.js";
import { isLtoError, LtoError, reportOf } from "../base/errors.js";
import type { RunHistory } from "../store/history.js";
import type { UnitProducer } from "../producers/producer.js";
import { PRODUCERS, type BuiltFolder, type Producers } from "../producers/registry.js";
import { Marks } from "../store/marks.js";
import type { StoreLayout } from "../store/store-layout.js";
import { viewOfCapture, viewOfFound, viewOfUnreadable, type UnitContext } from "./unit-views.js";

/** Those that the user did not build are shown where `advise` names them. */
function withoutVariants({ units, unreadable }: Captures): Captures {
  return { units: units.filter(({ id }) => !isVariant(id)), unreadable: unreadable.filter(({ id }) => !isVariant(id)) };
}

interface FoundInFolder {
  readonly view: FolderView;
  /** The folder, symbolic links resolved. */
  readonly real: string;
  readonly discoveries: readonly ProducerDiscovery[];
}

interface ProducerDiscovery extends Discovery {
  readonly producer: UnitProducer;
}

export class UnitCatalog {
  readonly #layout: StoreLayout;
  readonly #history: RunHistory;
  readonly #looked: (folders: readonly BuiltFolder[]) => void;
  readonly #producers: Producers;
  #folders: readonly string[] = [];
  #captures: Promise<Captures> | undefined;
  readonly #found = new Map<string, Promise<FoundInFolder>>();

  /** @param looked called with the target folders that were searched */
  constructor(layout: StoreLayout, history: RunHistory, looked: (folders: readonly BuiltFolder[]) => void, producers = PRODUCERS) {
    this.#layout = layout;
    this.#history = history;
    this.#looked = looked;
    this.#producers = producers;
  }

  /** Paths of the workspace folders. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  set folders(folders: readonly string[]) {
    this.#folders = folders;
    for (const known of this.#found.keys()) if (!folders.includes(known)) this.#found.delete(known);
  }

  /** The store has changed. */
  forgetCaptures(): void {
    this.#captures = undefined;
  }

  /** The target folders may have changed. */
  forgetBuilds(): void {
    this.#found.clear();
  }

  /** Captures first, then what builds left; in the order of the folders. @param all whether to include captures of other workspaces */
  async list(all: boolean): Promise<{ readonly units: UnitView[]; readonly folders: FolderView[] }> {
    const [captures, found, runs] = await Promise.all([
      this.#listCaptures(),
      Promise.all(this.#folders.map((folder) => this.#lookInto(folder))),
      this.#history.list(),
    ]);
    const verified = await this.#verified(captures.units);
    this.#looked(found.flatMap(({ discoveries }) => discoveries.flatMap(builtFolder)));
    const placed = captures.units.map((unit) => ({ unit, folder: found.find((one) => related(one, unit.workspace)) }));
    const ours = placed.filter(({ folder }) => all || folder !== undefined).toReversed();
    const apart = this.#producers.toldApart(ours.map(({ unit }) => unit));
    const context = (folder: FoundInFolder | undefined): UnitContext => ({ workspaceFolder: this.#given(folder), runs, verified, apart });
    return {
      folders: found.map(({ view }) => view),
      units: [
        ...ours.map(({ unit, folder }) => viewOfCapture(this.#layout, unit, context(folder))),
        ...captures.unreadable.flatMap((capture) => {
          const folder = found.find((one) => capture.workspace !== null && related(one, capture.workspace));
          return all || folder !== undefined || capture.workspace === null ? [viewOfUnreadable(capture, context(folder))] : [];
        }),
        ...found.flatMap((folder) => builtUnits(folder, context(folder))),
      ],
    };
  }

  #listCaptures(): Promise<Captures> {
    const captures = (this.#captures ??= listCaptures(this.#layout.root).then(withoutVariants));
    captures.catch(() => (this.#captures = undefined));
    return captures;
  }

  /** @throws LtoError UnknownUnit */
  async view(ref: string): Promise<UnitView> {
    const { units } = await this.list(true);
    const listed = units.find((unit) => unit.ref === ref || unit.captureRef === ref);
    if (listed !== undefined) return listed;
    const unit = await this.#producers.unitNamed(this.#layout, ref);
    const folders = await Promise.all(this.#folders.map((folder) => this.#lookInto(folder)));
    const [runs, verified] = [await this.#history.list(), await this.#verified([unit])];
    const folder = folders.find((one) => related(one, unit.workspace));
    return viewOfCapture(this.#layout, unit, { workspaceFolder: this.#given(folder), runs, verified, apart: new Map() });
  }

  /** Tells runs of the workspace folders from others; without folders, all are theirs. */
  async ownRuns(): Promise<(run: RunView) => boolean> {
    if (this.#folders.length === 0) return () => true;
    const [captures, found] = await Promise.all([this.#listCaptures(), Promise.all(this.#folders.map((folder) => this.#lookInto(folder)))]);
    const workspaces = new Map(captures.units.map(({ id, workspace }) => [id, workspace]));
    const isIn = (path: string): boolean => found.some(({ real }) => inside(path, real));
    return ({ source, unit, workspace }) => {
      if ("files" in source) return source.files.some((file) => isIn(fileURLToPath(file)));
      // Runs of older versions do not name the workspace.
      const built = workspace ?? workspaces.get(parseCaptureRef(unit.id)?.id ?? unit.id);
      return (built !== undefined && found.some((folder) => related(folder, built))) || (isAbsolute(source.unit) && isIn(source.unit));
    };
  }

  /** The latest capture of a unit; changes when a new one is made. */
  async latestCapture(id: string): Promise<string | undefined> {
    const latest = await latestCapture(this.#layout.root, id);
    return latest === undefined ? undefined : captureFolder(this.#layout.root, id, latest);
  }

  /** Refs of the captures that were verified as they are now. */
  async #verified(captures: readonly UnitManifest[]): Promise<ReadonlySet<string>> {
    const marks = new Marks(this.#layout);
    const found = await Promise.all(captures.map(async (unit) => ((await marks.holdsFor(unit)) ? [formatCaptureRef(unit)] : [])));
    return new Set(found.flat());
  }

  #given(folder: FoundInFolder | undefined): string | null {
    return this.#folders.find((one) => pathToFileURL(one).href === folder?.view.folder) ?? null;
  }

  #lookInto(folder: string): Promise<FoundInFolder> {
    const known = this.#found.get(folder);
    if (known !== undefined) return known;
    const looking = lookInto(folder, this.#layout.root, this.#producers);
    this.#found.set(folder, looking);
    return looking;
  }
}

/** Empty if the producer's builds have no target folder. */
function builtFolder({ producer, targetDirectory }: ProducerDiscovery): BuiltFolder[] {
  return targetDirectory === null ? [] : [{ producer, folder: targetDirectory }];
}

async function lookInto(folder: string, store: string, producers: Producers): Promise<FoundInFolder> {
  const uri = pathToFileURL(folder).href;
  const real = await realpath(folder).catch(() => folder);
  const discoveries: ProducerDiscovery[] = [];
  const homes: string[] = [];
  let problem: LtoErrorReport | null = null;
  for (const producer of producers.all) {
    for (const home of await producer.workspaces.homes(folder)) {
      if (producer.captures !== null) homes.push(pathToFileURL(home).href);
      try {
        discoveries.push({ producer, ...(await producer.workspaces.discover({ runToolchain: true, folder: home, store })) });
      } catch (error) {
        problem ??= problemOf(error, folder);
      }
    }
  }
  return { real, discoveries, view: { folder: uri, homes, problem } };
}

function problemOf(error: unknown, folder: string): LtoErrorReport | null {
  const report = reportOf(error, `Looking for builds in ${folder}`);
  if (!(error instanceof LtoError) || !isLtoError(error, "Cancelled")) return report;
  return null;
}

/** Leaves out captures, which come from the store. */
function builtUnits({ discoveries }: FoundInFolder, context: UnitContext): UnitView[] {
  return discoveries.flatMap(({ units, workspace }) =>
    units.filter(({ kind }) => kind !== "capture").map((unit) => viewOfFound(unit, workspace, context)),
  );
}

/** Whether a capture's workspace is in the folder, or contains it (if one of its packages was opened). */
function related({ real, discoveries }: FoundInFolder, workspace: string): boolean {
  return inside(workspace, real) || inside(real, workspace) || discoveries.some((one) => one.workspace === workspace);
}

function inside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`));
}
