/**
 * What everything except the replay needs from a producer: where its builds are, what they left, and how to capture one. A producer is one object,
 * listed in `registry.ts`; nothing outside of src/core/producers imports from a producer's own folder.
 */
import type { Discovery } from "../../protocol/discovery.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { PlainFiles, ReplayPort, UnitPort } from "../replay/producer.js";
import type { SavedTemps } from "../replay/saved-temps.js";
import type { CaptureMaker } from "./captures.js";

/** A compiler or linker with its build tool, whose builds leave units. */
export interface UnitProducer extends UnitPort {
  /** Its name in manifests (`producer`). */
  readonly name: string;
  readonly left: LeftUnits;
  readonly workspaces: Workspaces;
  /** null: only what its builds leave can be replayed. */
  readonly captures: CaptureMaker | null;
  /**
   * The stages that its compiler or linker itself saved: all in a folder, or if the path is a stage file, those of its module. Undefined: none.
   */
  savedStages(path: string): Promise<SavedTemps | undefined>;
  /** The user's sources that a capture keeps: path → text. undefined: the capture has none, or they cannot be read. */
  keptSources(unit: UnitManifest): Promise<ReadonlyMap<string, string> | undefined>;
}

/** Makes inputs from files that a user names. */
export interface FilesProducer extends ReplayPort<PlainFiles> {
  /** The files that a list of files and folders means. @throws LtoError NothingToInspect, Usage for too many */
  filesNamed(paths: readonly string[]): Promise<readonly string[]>;
}

/** Units where a build left them: for rustc, incremental session directories. The next build may change or remove them. */
export interface LeftUnits {
  /** Whether a folder is such a unit. */
  isUnit(folder: string): Promise<boolean>;
  /** Reads a folder as a unit. @throws LtoError SessionUnderWay, NothingToInspect, IncompleteUnit, NoToolchain */
  read(folder: string): Promise<UnitManifest>;
  /** The folder of the unit that a folder names: the folder itself, or the latest unit in it. undefined: it has none. */
  meant(folder: string): Promise<string | undefined>;
  /** The folder of the previous build's unit, if it still has its content; otherwise undefined. */
  before(folder: string): Promise<string | undefined>;
  /** Whether the build of the unit in `folder` has overwritten the unit `other`. */
  hasOverwritten(folder: string, other: string): Promise<boolean>;
  /** Why the previous unit is seldom available for a comparison, as a sentence. */
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
  /** The folders in (or around) a user's folder that its build tool can build; empty: none. */
  homes(folder: string): Promise<readonly string[]>;
  /**
   * What builds left, and which captures exist. Builds and writes nothing.
   *
   * @throws LtoError UnreadableFile, NoToolchain, NothingToInspect (neither a workspace of this producer nor output of its builds)
   */
  discover(options: LookOptions): Promise<Discovery>;
  /** For units that would look alike in a list: their distinguishing facts, in words, by unit id. */
  toldApart(units: readonly UnitManifest[]): ReadonlyMap<string, readonly string[]>;
  /** Watches for builds. */
  watch(built: () => void): FolderWatch;
}

export interface FolderWatch {
  /** Watches exactly these folders, which builds write to (`Discovery.targetDirectory`). */
  follow(targets: readonly string[]): void;
  close(): void;
}
