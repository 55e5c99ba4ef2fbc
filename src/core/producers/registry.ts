/** The only list of producers. All other code asks the list and names no producer. */
import { resolve } from "node:path";
import type { Discovery } from "../../protocol/discovery.js";
import type { RunOrigin } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isLtoError, LtoError } from "../base/errors.js";
import type { FilesSource, LtoSource, PlainFiles, UnitSource } from "../replay/producer.js";
import { outFolderAt } from "../replay/out-folder-stages.js";
import type { SavedTemps } from "../replay/saved-temps.js";
import { loadUnit } from "../store/captures.js";
import type { StoreLayout } from "../store/store-layout.js";
import type { CaptureMaker } from "./captures.js";
import { FILES } from "./files/files.js";
import type { FilesProducer, LookOptions, UnitProducer } from "./producer.js";
import { RUST } from "./rust/rust.js";

/** A folder that a producer's builds write to. */
export interface BuiltFolder {
  readonly producer: UnitProducer;
  readonly folder: string;
}

/** Watches the folders of all producers. */
export interface BuildsWatch {
  follow(folders: readonly BuiltFolder[]): void;
  close(): void;
}

export class Producers {
  readonly all: readonly UnitProducer[];
  readonly #files: FilesProducer;

  /** @param all manifests that name no producer belong to the first one */
  constructor(all: readonly UnitProducer[], files: FilesProducer) {
    this.all = all;
    this.#files = files;
  }

  /** This list with one more producer. */
  with(producer: UnitProducer): Producers {
    return new Producers([...this.all, producer], this.#files);
  }

  /** @throws LtoError UnreadableFile if the unit's producer is not listed, because a newer version wrote it */
  of({ producer, name, folder }: Pick<UnitManifest, "producer" | "name" | "folder">): UnitProducer {
    const found = producer === undefined ? this.all[0] : this.all.find((one) => one.name === producer);
    if (found !== undefined) return found;
    throw new LtoError({
      name: "UnreadableFile",
      message: `${name} is a unit of \`${producer ?? ""}\`, which this version of LTO Inspector does not know.`,
      ...(folder === undefined ? {} : { file: folder }),
      help: "Update LTO Inspector.",
    });
  }

  /**
   * A unit as a replay's source.
   *
   * @param unit a capture's manifest or a unit that a build left, with absolute paths
   * @throws as {@link Producers.of}
   */
  sourceOf(unit: UnitManifest): UnitSource {
    return { kind: "unit", unit, producer: this.of(unit) };
  }

  /** Files as a replay's source. */
  filesSource(files: PlainFiles): FilesSource {
    return { kind: "paths", ...files, producer: this.#files };
  }

  /**
   * Resolves files and folders: to a unit if they are a single unit's folder, otherwise to the files in them.
   *
   * @throws LtoError NothingToInspect, UnreadableFile, SessionUnderWay
   */
  async sourceOfPaths(paths: readonly string[]): Promise<LtoSource> {
    const [only] = paths;
    if (paths.length === 1 && only !== undefined) {
      for (const { left } of this.all) {
        const folder = await left.meant(only);
        if (folder !== undefined) return this.sourceOf(await left.read(folder));
      }
    }
    return this.filesSource({ paths: await this.#files.filesNamed(paths) });
  }

  /** The source of an earlier run. @throws LtoError UnknownUnit, UnreadableFile if it no longer exists */
  async sourceOfRun(layout: StoreLayout, { source }: RunOrigin): Promise<LtoSource> {
    if ("paths" in source) return this.filesSource(source);
    return this.sourceOf(await this.unitNamed(layout, "session" in source ? source.session : source.unit));
  }

  /**
   * A captured unit (its id, `ID@N` or a capture's path), or a folder that is a unit.
   *
   * @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay
   */
  async unitNamed(layout: StoreLayout, name: string): Promise<UnitManifest> {
    return (await this.leftUnit(name)) ?? loadUnit(layout.root, name);
  }

  /**
   * The unit in a folder where a build left it; undefined: the folder is not a unit.
   *
   * @throws LtoError SessionUnderWay, NothingToInspect, IncompleteUnit
   */
  async leftUnit(folder: string): Promise<UnitManifest | undefined> {
    for (const { left } of this.all) {
      if (await left.isUnit(folder)) return left.read(folder);
    }
    return undefined;
  }

  /**
   * Stage files at a path, saved by a compiler, a linker, or a run (`--out`).
   *
   * @returns undefined if there are none
   * @throws LtoError UnreadableFile for the manifest of a run that cannot be read
   */
  async savedStages(path: string): Promise<SavedTemps | undefined> {
    const written = await outFolderAt(resolve(path));
    if (written !== undefined) return written;
    for (const producer of this.all) {
      const saved = await producer.savedStages(path);
      if (saved !== undefined) return saved;
    }
    return undefined;
  }

  /** For units of one producer that would look alike in a list: their distinguishing facts, by unit id. */
  toldApart(units: readonly UnitManifest[]): ReadonlyMap<string, readonly string[]> {
    const known = units.filter(({ producer }) => producer === undefined || this.all.some(({ name }) => name === producer));
    return new Map(this.all.flatMap((one) => [...one.workspaces.toldApart(known.filter((unit) => this.of(unit) === one))]));
  }

  /** What the first producer that knows the folder finds. @throws LtoError as `Workspaces.discover` */
  async discover(options: LookOptions): Promise<Discovery> {
    let refused: unknown;
    for (const { workspaces } of this.all) {
      try {
        return await workspaces.discover(options);
      } catch (error) {
        if (!isLtoError(error, "NothingToInspect")) throw error;
        refused ??= error;
      }
    }
    throw refused;
  }

  /** Watches for builds of all producers. */
  watch(built: () => void): BuildsWatch {
    const watches = this.all.map((producer) => ({ producer, watch: producer.workspaces.watch(built) }));
    return {
      follow: (folders) => {
        for (const { producer, watch } of watches) {
          watch.follow([...new Set(folders.flatMap((one) => (one.producer === producer ? one.folder : [])))]);
        }
      },
      close: () => {
        for (const { watch } of watches) watch.close();
      },
    };
  }

  /**
   * The producer that captures builds in a folder: the first that can build it, otherwise the first in the list, whose error says what is missing.
   */
  async captureMaker(folder: string): Promise<CaptureMaker> {
    const able = this.all.flatMap(({ captures, workspaces }) => (captures === null ? [] : { captures, workspaces }));
    const [first] = able;
    if (first === undefined) throw new Error("a producer can capture");
    if (able.length === 1) return first.captures;
    for (const { captures, workspaces } of able) {
      if ((await workspaces.homes(folder)).length > 0) return captures;
    }
    return first.captures;
  }
}

export const PRODUCERS = new Producers([RUST], FILES);
