/**
 * Capture: builds a workspace with Cargo in a separate target directory, and keeps everything that a faithful replay of LTO needs. It neither reads
 * nor writes the user's own target directory and sessions.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { ERRORS } from "../../../../protocol/error-table.js";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { UnitManifest } from "../../../../protocol/units.js";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { LtoError, reportOf, throwIfCancelled } from "../../../base/errors.js";
import { makeFolder } from "../../../base/folders.js";
import { existingWrapper } from "../../../machine/cargo-config.js";
import { cargoBuild } from "./cargo-build.js";
import type { Artifact, Built } from "./cargo-build.js";
import { makeStoreRoot } from "../../../base/private-folder.js";
import { captureFolder, storeUnit } from "../../../store/captures.js";
import { collectUnit } from "./collect.js";
import type { UnitFacts } from "./unit-facts.js";
import { identityOf, outputOf, primaryLast, targetOfArtifact, unitFacts } from "./facts.js";
import { captureOf, forget, isFinalArtifact, OUTPUT_FILE, outputIdentity } from "./fresh.js";
import { targetHash, unitId } from "./identity.js";
import { findWrapper, writeLauncher } from "./launcher.js";
import type { CapturedBuild, CaptureOptions } from "../../captures.js";
import { artifactWanted, beganLto, notLinkedBecause } from "./not-linked.js";
import { noteOwn } from "./note-own.js";
import { overrideVariables } from "./plan.js";
import { prepare } from "./prepare.js";
import type { Prepared } from "./prepare.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { RecordChannel } from "./record-channel.js";
import { recordOf } from "./records.js";
import type { FoundRecord } from "./records.js";
import { sealCapture } from "../../../store/seal.js";
import { storeRoot, targetFolder } from "../../../store/store-paths.js";
import { nothingBecause, nothingPlanned, whyNoLto } from "./why-no-lto.js";
import { withTargetLock, type TargetLock } from "../../../store/target-lock.js";
import { cleanInterrupted, cleanTemporaries } from "./temporaries.js";
import { BYPASS_FOR_FINAL, CAPTURE_FOLDER, CHAINED_WRAPPER, RECORD_SOCKET } from "../wrapper/record.js";
import { bytes } from "../../../../protocol/words.js";

/** How long Cargo may wait for another process's lock, in milliseconds. */
const LOCK_WAIT = 10_000;

/** The bytes that Cargo and rustc write for the smallest program with LTO over std: objects, stages of std's modules, copies of rlibs. */
const LEAST_ROOM = 200e6;

/**
 * Builds and captures.
 *
 * @returns one manifest per final crate, paths absolute, the primary one last
 * @throws NoToolchain, NothingToInspect, BuildFailed, CargoLocked, Cancelled, Usage
 */
export async function captureUnits(options: CaptureOptions): Promise<UnitManifest[]> {
  const { units, failure } = await captureBuild(options);
  if (failure !== undefined) throw new LtoError(failure);
  return units;
}

/**
 * Builds and captures. If the build fails, keeps the crates whose LTO had begun.
 *
 * @throws NoToolchain, NothingToInspect, CargoLocked, Cancelled, Usage, DiskFull
 */
export async function captureBuild(options: CaptureOptions): Promise<CapturedBuild> {
  try {
    refuseStorePath(options.store ?? storeRoot(options.environment));
    const prepared = await prepare(options);
    const nothing = nothingPlanned(prepared, options);
    if (nothing !== undefined) throw new LtoError(nothing);
    const folder = targetFolder(prepared.store, targetHash(prepared.workspace.root, prepared.toolchain, options.variant));
    await makeStoreRoot(prepared.store);
    await makeFolder(folder);
    await requireRoom(folder);
    const captured = await withTargetLock(folder, options.signal, (lock) => new Capture(options, prepared, folder, lock).run());
    await noteOwn(captured.units, options.environment ?? process.env);
    return captured;
  } catch (error) {
    if (error instanceof LtoError) throw error;
    throw new LtoError(reportOf(error, `Capturing ${options.folder}`), { cause: error });
  }
}

/** @throws Usage if Cargo cannot build in the store's folders */
function refuseStorePath(store: string): void {
  const root = path.resolve(store);
  const why = root.includes(path.delimiter)
    ? `Cargo lists folders of its target directory in variables that use "${path.delimiter}" as a separator`
    : root.includes("%")
      ? 'the linker lld treats "%" in the name of its output as a placeholder'
      : undefined;
  if (why === undefined) return;
  throw new LtoError({
    name: "Usage",
    message: `Cargo cannot build in the store ${root}: ${why}.`,
    file: root,
    help: `Point LTO_INSPECTOR_STORE (or the setting lto.store.path) to a folder without "${path.delimiter}" and "%" in its path.`,
  });
}

/** @throws DiskFull if the disk has less space than a small build needs */
async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await fs.statfs(folder);
  const free = bavail * bsize;
  if (free >= LEAST_ROOM) return;
  const message = `A capture needs at least ${bytes(LEAST_ROOM)}, and only ${bytes(free)} are free.`;
  throw new LtoError({ name: "DiskFull", message, file: folder, help: ERRORS.DiskFull.help });
}

interface KnownArtifact {
  readonly artifact: Artifact;
  readonly unit: UnitManifest | undefined;
}

class Capture {
  readonly #options: CaptureOptions;
  readonly #prepared: Prepared;
  /** `targets/<hash>/` */
  readonly #folder: string;
  readonly #lock: TargetLock;
  readonly #warnings: string[];
  #failure: LtoErrorReport | undefined;
  /** rustc's arguments for every final crate. */
  readonly #built: RustcArguments[] = [];

  constructor(options: CaptureOptions, prepared: Prepared, folder: string, lock: TargetLock) {
    this.#options = options;
    this.#prepared = prepared;
    this.#folder = folder;
    this.#lock = lock;
    this.#warnings = lock.warning === undefined ? [] : [lock.warning];
  }

  async run(): Promise<CapturedBuild> {
    await cleanInterrupted(this.#target);
    const units = await this.#buildAndCollect(true);
    const failure = this.#failure;
    if (units.length === 0 && failure === undefined) throw this.#nothing();
    return { units: primaryLast(units), failure };
  }

  /** @param again whether to rebuild crates that Cargo considers up to date but the store does not have */
  async #buildAndCollect(again: boolean): Promise<UnitManifest[]> {
    const records = path.join(this.#folder, "records");
    await fs.rm(records, { recursive: true, force: true });
    await fs.mkdir(records);
    const channel = await RecordChannel.open();
    try {
      const environment = { ...(await this.#environment(records)), [RECORD_SOCKET]: channel.address };
      const { artifacts, failure } = await this.#build(environment);
      this.#failure = failure;
      const found = channel.records(records);
      for (const { args } of found) this.#built.push(args);
      const units = await this.#collect(artifacts, found);
      if (failure !== undefined) units.push(...(await this.#collectFailed(channel.records(records, false), failure)));
      const known = await this.#known(artifacts, found);
      const lost = known.filter(({ unit }) => unit === undefined).map(({ artifact }) => artifact);
      units.push(...known.flatMap(({ unit }) => (unit === undefined ? [] : [unit])));
      if (lost.length === 0 || !again || failure !== undefined) return units;
      this.#options.onProgress?.({ phase: "prepare", message: "Rebuilding crates that are up to date but were never captured" });
      await forget(this.#prepared, environment, lost, { signal: this.#options.signal, held: this.#lock.held });
      return [...units, ...(await this.#buildAndCollect(false)).filter((unit) => units.every(({ id }) => id !== unit.id))];
    } finally {
      await channel.close();
      await fs.rm(records, { recursive: true, force: true });
    }
  }

  async #environment(records: string): Promise<NodeJS.ProcessEnv> {
    const launcher = await writeLauncher(this.#folder, this.#options.wrapper ?? (await findWrapper()));
    return {
      ...{ CARGO_TARGET_DIR: this.#target, CARGO_BUILD_BUILD_DIR: this.#target, RUSTC_WRAPPER: launcher, [CAPTURE_FOLDER]: records },
      ...(await this.#chain(launcher)),
      ...overrideVariables(this.#prepared.profile, this.#options, this.#prepared.planned),
    };
  }

  get #target(): string {
    return path.join(this.#folder, "target");
  }

  async #build(environment: NodeJS.ProcessEnv): Promise<Built> {
    const { folder, program, buildArgs, workspace, planned } = this.#prepared;
    const { signal, onProgress } = this.#options;
    const total = planned?.length ?? null;
    let done = 0;
    return cargoBuild({
      ...{ folder, root: workspace.root, program, args: buildArgs, signal, environment, held: this.#lock.held },
      lockWait: this.#options.lockWait ?? LOCK_WAIT,
      onLine: (message) => onProgress?.({ phase: "build", message }),
      onEnded: (message) => {
        done += 1;
        onProgress?.({ phase: "build", message, ended: { done, total } });
      },
    });
  }

  /** Chains an existing wrapper. Bypasses compiler caches for final crates, because they do not keep rustc's temporary files. */
  async #chain(launcher: string): Promise<NodeJS.ProcessEnv> {
    const { folder, program } = this.#prepared;
    const wrapper = await existingWrapper(folder, program, this.#options.signal);
    if (wrapper === undefined || wrapper === launcher) return { [CHAINED_WRAPPER]: "", [BYPASS_FOR_FINAL]: "" };
    const bypass = /(?:^|\/)(?:sccache|cachepot|ccache|fleche|buildcache)(?:\.\w+)?$/.test(wrapper);
    if (bypass) {
      this.#warnings.push(
        `The compiler cache \`${wrapper}\` was bypassed for the final crates, because it does not keep rustc's temporary files.`,
      );
    }
    return { [CHAINED_WRAPPER]: wrapper, [BYPASS_FOR_FINAL]: bypass ? "1" : "" };
  }

  async #collect(artifacts: readonly Artifact[], records: readonly FoundRecord[]): Promise<UnitManifest[]> {
    const units: UnitManifest[] = [];
    for (const artifact of artifacts) {
      throwIfCancelled(this.#options.signal, "The capture");
      const found = recordOf(artifact, records);
      if (found === undefined) continue;
      const facts = unitFacts(this.#prepared, this.#options, artifact, found.record, this.#warnings);
      if (facts === undefined) continue;
      this.#options.onProgress?.({ phase: "collect", message: `Keeping ${facts.name}` });
      units.push(await this.#keep({ ...facts, output: outputOf(artifact) }, found));
    }
    for (const found of records) await cleanTemporaries(found);
    return units;
  }

  /** The crates whose LTO had begun when the build failed. */
  async #collectFailed(records: readonly FoundRecord[], failure: LtoErrorReport): Promise<UnitManifest[]> {
    const units: UnitManifest[] = [];
    for (const found of records) {
      throwIfCancelled(this.#options.signal, "The capture");
      const artifact = (await beganLto(found)) ? artifactWanted(this.#prepared, found) : undefined;
      const facts = artifact && unitFacts(this.#prepared, this.#options, artifact, found.record, this.#warnings);
      if (facts === undefined) continue;
      this.#options.onProgress?.({ phase: "collect", message: `Keeping ${facts.name}, which was not linked` });
      units.push(await this.#keep({ ...facts, output: null, notLinked: notLinkedBecause(failure, facts) }, found));
    }
    for (const found of records) await cleanTemporaries(found);
    return units;
  }

  async #keep(facts: UnitFacts, { folder, record }: FoundRecord): Promise<UnitManifest> {
    const { store } = this.#prepared;
    return storeUnit(store, facts.id, async (target, capture) => {
      const identity = await outputIdentity(facts.output);
      await writeFileWhole(path.join(target, OUTPUT_FILE), JSON.stringify(identity));
      const manifest = await collectUnit(facts, record, {
        recordFolder: folder,
        target,
        capture,
        signal: this.#options.signal,
        held: this.#lock.held,
        onProgress: this.#options.onProgress,
      });
      await sealCapture(target, captureFolder(store, facts.id, capture - 1));
      return manifest;
    });
  }

  /** The artifacts that Cargo found up to date, with their captures. */
  async #known(artifacts: readonly Artifact[], records: readonly FoundRecord[]): Promise<KnownArtifact[]> {
    const known: KnownArtifact[] = [];
    for (const artifact of artifacts) {
      const wanted = artifact.fresh && isFinalArtifact(this.#prepared, artifact, this.#options.lto !== undefined);
      if (!wanted || recordOf(artifact, records) !== undefined) continue;
      const target = targetOfArtifact(artifact, this.#target, this.#prepared.profile);
      const id = unitId(identityOf(this.#prepared, this.#options, artifact, target));
      known.push({ artifact, unit: await captureOf(this.#prepared.store, id, artifact) });
    }
    return known;
  }

  #nothing(): LtoError {
    const crates = this.#built.flatMap((args) => {
      const reason = whyNoLto(args);
      return reason === undefined ? [] : [{ name: args.crateName, ...reason }];
    });
    const because = nothingBecause(this.#prepared.folder, this.#prepared.profile, crates);
    if (because !== undefined) return new LtoError(because);
    return new LtoError({
      name: "NothingToInspect",
      message: `The build of ${this.#prepared.folder} with the profile ${this.#prepared.profile} produces no final crate.`,
      file: this.#prepared.folder,
      help: "Capture a program, cdylib or staticlib (--package, --bin), with a profile that optimises, or with --lto thin.",
    });
  }
}
