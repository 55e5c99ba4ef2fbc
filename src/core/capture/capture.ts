/**
 * Capture: builds a workspace with Cargo in a target directory of its own, and keeps everything that a faithful replay of LTO needs. The
 * person's own target directory and sessions are neither read nor written.
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { UnitManifest } from "../../protocol/units.js";
import { LtoError, throwIfCancelled } from "../errors.js";
import { existingWrapper } from "../workspace/cargo-config.js";
import { cargoBuild } from "./cargo-build.js";
import type { Artifact } from "./cargo-build.js";
import { storeUnit } from "./captures.js";
import { collectUnit, cleanTemporaries } from "./collect.js";
import { outputOf, primaryLast, unitFacts } from "./facts.js";
import { targetHash } from "./identity.js";
import { findWrapper, writeLauncher } from "./launcher.js";
import { withTargetLock } from "./lock.js";
import type { CaptureOptions } from "./options.js";
import { overrideVariables } from "./plan.js";
import { prepare } from "./prepare.js";
import type { Prepared } from "./prepare.js";
import { readRecords, recordOf } from "./records.js";
import type { FoundRecord } from "./records.js";
import { targetFolder } from "./store-paths.js";
import { BYPASS_FOR_FINAL, CAPTURE_FOLDER, CHAINED_WRAPPER } from "./wrapper/record.js";

/** How long Cargo may wait for another's lock, in milliseconds. */
const LOCK_WAIT = 10_000;

/**
 * Builds and captures.
 *
 * @returns one manifest per final crate, paths absolute, the primary one last
 * @throws NoToolchain, NothingToInspect, BuildFailed, CargoLocked, Cancelled, Usage
 */
export async function captureUnits(options: CaptureOptions): Promise<UnitManifest[]> {
  const prepared = await prepare(options);
  const folder = targetFolder(prepared.store, targetHash(prepared.workspace.root, prepared.toolchain));
  await fs.mkdir(folder, { recursive: true });
  return withTargetLock(folder, () => new Capture(options, prepared, folder).run());
}

class Capture {
  readonly #options: CaptureOptions;
  readonly #prepared: Prepared;
  /** `targets/<hash>/` */
  readonly #folder: string;
  readonly #warnings: string[] = [];

  constructor(options: CaptureOptions, prepared: Prepared, folder: string) {
    this.#options = options;
    this.#prepared = prepared;
    this.#folder = folder;
  }

  async run(): Promise<UnitManifest[]> {
    const records = path.join(this.#folder, "records");
    await fs.rm(records, { recursive: true, force: true });
    await fs.mkdir(records);
    try {
      const artifacts = await this.#build(records);
      const found = await readRecords(records);
      return await this.#collect(artifacts, found);
    } finally {
      await fs.rm(records, { recursive: true, force: true });
    }
  }

  async #build(records: string): Promise<Artifact[]> {
    const { folder, program, buildArgs, profile } = this.#prepared;
    const { lto, incremental, signal, onProgress } = this.#options;
    const launcher = await writeLauncher(this.#folder, this.#options.wrapper ?? (await findWrapper()));
    const target = path.join(this.#folder, "target");
    return cargoBuild({
      ...{ folder, program, args: buildArgs, signal },
      environment: {
        ...{ CARGO_TARGET_DIR: target, CARGO_BUILD_BUILD_DIR: target, RUSTC_WRAPPER: launcher, [CAPTURE_FOLDER]: records },
        ...(await this.#chain(launcher)),
        ...overrideVariables(profile, { lto, incremental }),
      },
      lockWait: this.#options.lockWait ?? LOCK_WAIT,
      onLine: (message) => onProgress?.({ phase: "build", message }),
    });
  }

  /** Chains a wrapper that was there before ours; compiler caches are left out for final crates, whose temporary files they would not keep. */
  async #chain(launcher: string): Promise<NodeJS.ProcessEnv> {
    const { folder, program } = this.#prepared;
    const wrapper = await existingWrapper(folder, program, this.#options.signal);
    if (wrapper === undefined || wrapper === launcher) return { [CHAINED_WRAPPER]: "", [BYPASS_FOR_FINAL]: "" };
    const bypass = /(?:^|\/)(?:sccache|cachepot|ccache|fleche|buildcache)(?:\.\w+)?$/.test(wrapper);
    if (bypass) this.#warnings.push(`The compiler cache \`${wrapper}\` was bypassed for the final crates: it would not keep rustc's temporary files.`);
    return { [CHAINED_WRAPPER]: wrapper, [BYPASS_FOR_FINAL]: bypass ? "1" : "" };
  }

  async #collect(artifacts: readonly Artifact[], records: readonly FoundRecord[]): Promise<UnitManifest[]> {
    const units: UnitManifest[] = [];
    for (const artifact of artifacts) {
      throwIfCancelled(this.#options.signal, "The capture");
      const record = recordOf(artifact, records);
      if (record === undefined) continue;
      const facts = unitFacts(this.#prepared, this.#options, artifact, record.record, this.#warnings);
      if (facts === undefined) continue;
      this.#options.onProgress?.({ phase: "collect", message: `Keeping ${facts.name}` });
      units.push(
        await storeUnit(this.#prepared.store, facts.id, async (target, capture) =>
          collectUnit({ ...facts, output: outputOf(artifact) }, record.record, { recordFolder: record.folder, target, capture }),
        ),
      );
    }
    for (const { record } of records) await cleanTemporaries(record);
    if (units.length === 0) throw this.#nothing();
    return primaryLast(units);
  }

  #nothing(): LtoError {
    return new LtoError({
      name: "NothingToInspect",
      message: `The build of ${this.#prepared.folder} with the profile ${this.#prepared.profile} makes no crate that LTO ends in.`,
      file: this.#prepared.folder,
      mend: "Capture a program, a cdylib or a staticlib (--package, --bin), with a profile that optimises, or with --lto thin.",
    });
  }
}
