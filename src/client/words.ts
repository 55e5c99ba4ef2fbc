/** The texts for runs and units in trees, the status bar and quick picks. Numbers are written out by src/protocol/words.ts. */
import * as l10n from "../protocol/l10n.js";
import { DEFAULT_COMMAND, pipelineOf, type LtoMode } from "../protocol/pipelines.js";
import type { RunView, UnitView } from "../protocol/views.js";

/** The name of a mode in the commands' titles. Thin-local LTO is thin LTO over fewer modules. */
export function ltoName(mode: LtoMode | null): string {
  return pipelineOf(mode ?? DEFAULT_COMMAND).title;
}

/** "textstats-bin · release · thin" */
export function unitLine(unit: Pick<UnitView, "profile" | "mode" | "incremental">): string {
  return [unit.profile, unit.mode, ...(unit.incremental ? [l10n.t("incremental")] : [])].join(" · ");
}

/** "LTO 4 changed · 51 never cached · 29 re-used", "Fat LTO 84 linked" */
export function statusLine(run: RunView, headline: string): string {
  return `${pipelineOf(run.unit.mode).statusTitle} ${headline}`;
}

/** "4 changed · 51 never cached · 29 re-used", "first build of 84 CGUs"; for fat LTO "84 linked" */
export function countsLine(run: RunView): string {
  return run.headline;
}
