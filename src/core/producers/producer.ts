/**
 * What everybody but the replay asks of a producer: where its builds are, what they left, and how to capture one. A producer is one object, and is listed in
 * `registry.ts`; nothing outside of src/core/producers imports from a producer's own folder.
 */
import type { Discovery } from "../../protocol/discovery.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { PlainFiles, ReplayPort, UnitPort } from "../replay/producer.js";
import type { SavedTemps } from "../replay/saved-temps.js";
import type { CaptureMaker } from "./captures.js";

/** A compiler or linker with its build tool, whose builds leave units. */
export interface UnitProducer extends UnitPort {
  /** What manifests call it (`producer`). */
  readonly name: string;
  readonly left: LeftUnits;
  readonly workspaces: Workspaces;
  /** null: what its builds leave is all that can be replayed. */
  readonly captures: CaptureMaker | null;
  /**
   * The stages that its compiler or linker itself saved at a path: in a folder, or of the module of which a file is one stage. Undefined: none.
   */
  savedStages(path: string): Promise<SavedTemps | undefined>;
  /** The user's sources that a capture keeps: path → text; undefined: it keeps none, or they cannot be read. */
  keptSources(unit: UnitManifest): Promise<ReadonlyMap<string, string> | undefined>;
}

/** Whoever makes inputs of the files that a user names. */
export interface FilesProducer extends ReplayPort<PlainFiles> {
  /** The files that files and folders stand for. @throws LtoError NothingToInspect, Usage for too many */
  filesNamed(paths: readonly string[]): Promise<readonly string[]>;
}

/** Units that lie where a build left them: for rustc, incremental session directories. The next build may change or remove them. */
export interface LeftUnits {
  /** Whether a folder is such a unit. */
  isUnit(folder: string): Promise<boolean>;
  /** The unit that a folder is. @throws LtoError SessionUnderWay, NothingToInspect, IncompleteUnit, NoToolchain */
  read(folder: string): Promise<UnitManifest>;
  /** The folder of the unit that the user means by a folder: itself, or the latest of those in it; undefined: it has none. */
  meant(folder: string): Promise<string | undefined>;
  /** The folder of the unit that the build before left and that still has its content; undefined: there is none. */
  before(folder: string): Promise<string | undefined>;
  /** Whether a build has overwritten the unit `other` by the one in `folder`. */
  hasOverwritten(folder: string, other: string): Promise<boolean>;
  /** Why a unit is seldom there for a comparison, as a sentence. */
  readonly whyOverwritten: string;
}

export interface LookOptions {
  /** A folder with a workspace, the workspace's own file, or a folder that builds left. */
  readonly folder: string;
  readonly store: string;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Runs the toolchain that the workspace uses, even if the workspace chooses it by path. Default: no program of the workspace is run. */
  readonly runToolchain?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Workspaces {
  /** The folders in (or around) a folder of the user's where its build tool is at home; empty: nowhere. */
  homes(folder: string): Promise<readonly string[]>;
  /**
   * What builds left, and which captures there are. Nothing is built or written.
   *
   * @throws LtoError UnreadableFile, NoToolchain, NothingToInspect (no workspace of this producer's, and nothing that its builds leave)
   */
  discover(options: LookOptions): Promise<Discovery>;
  /** For each of its units that another one looks like: what not all of these have, in words. By the units' ids. */
  toldApart(units: readonly UnitManifest[]): ReadonlyMap<string, readonly string[]>;
  /** Notices that something was built. */
  watch(built: () => void): FolderWatch;
}

export interface FolderWatch {
  /** Watches these folders that builds write to (`Discovery.targetDirectory`), and no others. */
  follow(targets: readonly string[]): void;
  close(): void;
}
