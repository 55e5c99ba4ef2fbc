/** `verify`: replays a unit and compares every stage, key, decision and object, the output and the preserved-symbol count with rustc's own files and log. */
import { errorRow, type ErrorCause } from "../../protocol/error-table.js";
import type { VerifyReport } from "../../protocol/runs.js";
import { outcomeOf } from "../../protocol/verification.js";
import type { CoreContext } from "../engine/core-context.js";
import { isLtoError } from "../base/errors.js";
import { unprovenRules } from "../pipelines/toolchain-profile.js";
import type { RunHooks } from "../replay/each-module.js";
import type { UnitSource } from "../replay/producer.js";
import { openDespiteDamage } from "./open-damaged.js";
import { reportUnreplayed, Verification } from "./verification.js";
import { Marks } from "../store/marks.js";
import { whileInUse } from "../store/in-use.js";

export interface VerifyOptions {
  readonly llvm: string;
  /** Whether objects and the output are compared too; default: they are. */
  readonly machineCode?: boolean;
}

/** Errors that concern the unit; others concern the machine, the request or this program. */
const OF_THE_UNIT: ReadonlySet<ErrorCause> = new Set(["input", "engine"]);

/**
 * Verifies a captured unit. Damage to its files is a finding, not an error: everything else is compared, and the report names the files. A
 * verification without differences leaves a mark; any other revokes it.
 *
 * @throws LtoError for units that cannot be replayed, Cancelled; mere differences are in the report
 */
export function verifyUnit(core: CoreContext, source: UnitSource, options: VerifyOptions, hooks: RunHooks = {}): Promise<VerifyReport> {
  return whileInUse(core.layout, { making: true }, () => verifyAndMark(core, source, options, hooks));
}

async function verifyAndMark(core: CoreContext, source: UnitSource, options: VerifyOptions, hooks: RunHooks): Promise<VerifyReport> {
  const marks = new Marks(core.layout);
  try {
    return await verify(core, source, marks, { ...options, hooks });
  } catch (error) {
    if (!isLtoError(error) || OF_THE_UNIT.has(errorRow(error.report.name).cause)) await marks.revoke(null, source.unit);
    throw error;
  }
}

async function verify(
  core: CoreContext,
  source: UnitSource,
  marks: Marks,
  { llvm, machineCode = true, hooks }: VerifyOptions & { readonly hooks: RunHooks },
): Promise<VerifyReport> {
  const { unit } = source;
  hooks.progress?.({ kind: "opening" });
  const { open, damaged } = await openDespiteDamage(core, source, llvm, hooks.signal);
  if (open === undefined) {
    const report = await reportUnreplayed(core, source, llvm, damaged);
    return { ...report, warnings: [...report.warnings, ...(await marks.revoke(null, unit))] };
  }
  try {
    const { report, compared } = await new Verification({ core, unit, open, damaged, machineCode, hooks }).run();
    const verified = outcomeOf(report) === "verified";
    const told = verified
      ? (await core.work.keeps())
        ? await marks.note(open, unit, report, compared)
        : []
      : await marks.revoke(damaged.length > 0 ? null : open.identity, unit);
    const unproven = unprovenRules(unit.toolchain.release);
    const warnings = verified ? report.warnings.filter((warning) => warning !== unproven) : report.warnings;
    return { ...report, warnings: [...warnings, ...told, ...core.work.takeWarning()] };
  } finally {
    await open.close();
  }
}
