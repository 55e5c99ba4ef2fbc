/** Replays LTO, generates code and links with other settings, and measures it. */
import path from "node:path";
import type { AdvisedEdits } from "../../protocol/advise.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { LtoError } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { EnginePool } from "../engine/pool.js";
import { inlinedIn, type InlinedInto } from "../explain/size/inlined-into.js";
import { allObjects } from "../replay/all-objects.js";
import type { RunHooks } from "../replay/each-module.js";
import type { Overrides } from "../replay/inputs.js";
import { openUnit, type OpenUnit } from "../replay/open.js";
import type { UnitSource } from "../replay/producer.js";
import { whileInUse } from "../store/in-use.js";
import { whyNoObjects } from "../verify/compare-objects.js";
import { outputsOf, whyNoOutput, type Output } from "../verify/outputs.js";
import { editsOf } from "./edits.js";
import { KeptReplay, type MeasuredReplay } from "./kept.js";
import type { Setting } from "./settings.js";

export interface ReplayedSetting extends MeasuredReplay {
  readonly output: string;
  readonly kept: boolean;
  readonly edits: AdvisedEdits;
  /** null: not asked for. */
  readonly inlined: InlinedInto | null;
  readonly warnings: readonly string[];
}

export interface ReplayOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** Also say what was inlined, which takes one more replay of the passes. */
  readonly inlined: boolean;
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/**
 * Writes nothing where a build writes.
 *
 * @throws LtoError IncompleteUnit if the output cannot be made again, BuildFailed if the linker fails, and what a replay can throw
 */
export async function replaySetting(
  core: CoreContext,
  source: UnitSource,
  setting: Pick<Setting, "ltoLevel" | "llvmArgs">,
  { llvm, inlined }: ReplayOptions,
  hooks: Hooks,
): Promise<ReplayedSetting> {
  const { unit } = source;
  const why = await whyNoOutput(unit);
  const [output] = outputsOf(unit);
  if (why !== undefined || output === undefined) {
    throw why ?? new LtoError({ name: "IncompleteUnit", message: `${unit.name} was not linked.` });
  }
  // A process of its own, so that its peak is that of this replay.
  const own = { ...core, engines: new EnginePool(core.engines.threads) };
  const overrides = overridesOf(setting);
  try {
    return await whileInUse(core.layout, { making: true }, async () => {
      hooks.progress?.({ kind: "opening" });
      const begun = performance.now();
      const open = await openUnit(own, source, { llvm, overrides, keysFile: null }, hooks.signal);
      try {
        const measured = await measure(own, open, { unit, output, overrides, begun }, hooks);
        return {
          ...measured,
          // After the measurement, so that it does not add to the peak.
          edits: await editsOf(open, hooks.signal),
          inlined: inlined ? await inlinedIn(own, open, hooks) : null,
          warnings: open.warnings,
        };
      } finally {
        await open.close();
      }
    });
  } finally {
    await own.engines.close();
  }
}

interface Measuring {
  readonly unit: UnitManifest;
  readonly output: Output;
  readonly overrides: Overrides;
  /** When opening the unit began, as `performance.now()`. */
  readonly begun: number;
}

/** Makes the output and measures it, unless that is kept. */
async function measure(
  core: CoreContext,
  open: OpenUnit,
  { unit, output, overrides, begun }: Measuring,
  hooks: Hooks,
): Promise<MeasuredReplay & Pick<ReplayedSetting, "output" | "kept">> {
  const identity = [open.identity, open.settingsDigest, JSON.stringify(overrides), open.llvm.version, String(core.engines.threads)];
  const kept = new KeptReplay(core.layout, formatCaptureRef(unit), identity, path.basename(output.file));
  const known = await kept.read();
  if (known !== undefined) return { ...known, output: kept.output, kept: true };
  const none = whyNoObjects(open, unit);
  if (none !== undefined) {
    throw new LtoError({ name: "IncompleteUnit", message: `${unit.name} cannot be linked again: ${none.why}.`, help: none.help });
  }
  const { objects, peakMemoryBytes } = await allObjects(core, open, { what: "The comparison", ignoresStore: true }, hooks);
  const ltoMillis = performance.now() - begun;
  const measured = await output.remake(
    open,
    objects,
    ({ file, identical, millis }) => kept.write(file, { ltoMillis, linkMillis: millis, peakMemoryBytes, identical: identical === true }),
    hooks.signal,
  );
  return { ...measured, output: kept.output, kept: false };
}

function overridesOf({ ltoLevel, llvmArgs }: Pick<Setting, "ltoLevel" | "llvmArgs">): Overrides {
  return {
    ...(ltoLevel === null ? {} : { optLevel: ltoLevel }),
    ...(llvmArgs.length === 0 ? {} : { llvmArgs }),
  };
}
