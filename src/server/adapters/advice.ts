/** A captured build under other settings, and the comparisons that were saved. */
import { adviseUnit } from "../../core/advise/advise.js";
import { adviceChoices as choicesOf, planAdvice as planOf, ROUNDS } from "../../core/advise/plan.js";
import { readReport, removeReport, savedReports, saveReport } from "../../core/advise/saved.js";
import { writeFileWhole } from "../../core/base/atomic-file.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import { advisePage } from "../../core/views/advise-page.js";
import * as l10n from "../../protocol/l10n.js";
import { parseCaptureRef } from "../../protocol/refs.js";
import type { SavedAdvice } from "../../protocol/requests/advice.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

type Requests = typeof requests;

/** The most saved comparisons in one message. */
const SHOWN = 200;

export async function adviceChoices(
  { workbench }: ServerState,
  { unit, settings }: ParamsOf<Requests["adviceChoices"]>,
): Promise<ResultOf<Requests["adviceChoices"]>> {
  return choicesOf(await PRODUCERS.unitNamed(workbench.core.layout, unit), settings);
}

export async function planAdvice(
  { workbench, settings: { toolchain } }: ServerState,
  { unit: named, ...choice }: ParamsOf<Requests["planAdvice"]>,
): Promise<ResultOf<Requests["planAdvice"]>> {
  const { layout } = workbench.core;
  const unit = await PRODUCERS.unitNamed(layout, named);
  const lastRun = (await workbench.history.list()).find(
    ({ source, millis }) => "unit" in source && parseCaptureRef(source.unit)?.id === unit.id && millis !== null,
  );
  return planOf(layout, unit, choice, { lastRunMillis: lastRun?.millis ?? null, toolchain });
}

export function advise(
  { workbench, settings: { libLLVM, toolchain } }: ServerState,
  { unit, settings, bench, inlined }: ParamsOf<Requests["advise"]>,
  { signal, report }: Call,
): Promise<ResultOf<Requests["advise"]>> {
  return workbench.use(async () => {
    await workbench.stopMeanwhile();
    const { core } = workbench;
    const source = PRODUCERS.sourceOf(await PRODUCERS.unitNamed(core.layout, unit));
    const benchmark = bench === null ? null : { command: bench, rounds: ROUNDS, folder: source.unit.workspace };
    try {
      const made = await adviseUnit(
        core,
        source,
        { llvm: libLLVM, settings, inlined, bench: benchmark, ...(toolchain === "" ? {} : { toolchain }) },
        { signal, progress: (text) => report(text) },
      );
      return await saveReport(core.layout, made);
    } finally {
      // Builds were added, even if it was cancelled.
      void workbench.keepQuota(Infinity);
    }
  });
}

export async function savedAdvice({ workbench }: ServerState): Promise<ResultOf<Requests["savedAdvice"]>> {
  return { saved: (await savedReports(workbench.core.layout)).slice(0, SHOWN).map(({ saved }) => saved) };
}

export async function adviceView(
  { workbench }: ServerState,
  { id }: ParamsOf<Requests["adviceView"]>,
): Promise<ResultOf<Requests["adviceView"]>> {
  const { layout } = workbench.core;
  const read = await readReport(layout, id);
  const ofUnit = await savedReports(layout, idOf(read.saved));
  return {
    ...read,
    others: ofUnit
      .filter(({ saved }) => saved.id !== id)
      .slice(0, SHOWN)
      .map(({ saved }) => saved),
  };
}

function idOf({ unit }: SavedAdvice): string {
  return parseCaptureRef(unit)?.id ?? unit;
}

export async function removeAdvice(
  { workbench }: ServerState,
  { id }: ParamsOf<Requests["removeAdvice"]>,
): Promise<ResultOf<Requests["removeAdvice"]>> {
  await removeReport(workbench.core.layout, id);
  return {};
}

export async function exportAdvice(
  { workbench }: ServerState,
  { id, uri, as }: ParamsOf<Requests["exportAdvice"]>,
): Promise<ResultOf<Requests["exportAdvice"]>> {
  const { report } = await readReport(workbench.core.layout, id);
  // Others may read the file.
  const text = as === "html" ? l10n.inEnglish(() => advisePage(report)) : `${JSON.stringify(report, null, 2)}\n`;
  await writeFileWhole(pathOf(uri), text);
  return {};
}
