/** Why modules were re-used or compiled anew. */
import { cascadeRows, causeRow, explainSubject, explanationOf } from "../../core/explain/explain-subject.js";
import { pageOf } from "../../core/runs/module-rows.js";
import { excerpt } from "../../core/runs/run-view.js";
import type { ParamsOf, requests, ResultOf } from "../../protocol/requests.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";

type Causes = typeof requests.causes;
type Cascade = typeof requests.cascade;
type Explain = typeof requests.explain;
type MainCause = typeof requests.mainCause;

/** A name in it can be kilobytes long. */
const LONGEST_CAUSE = 300;

/** Findings and warnings that one message carries. */
const SHOWN_NOTES = 20;

export async function causes({ bench }: ServerState, params: ParamsOf<Causes>, { signal }: Call): Promise<ResultOf<Causes>> {
  const report = await bench.use(() => explainSubject(bench.core, params.subject, signal));
  const { build, against, counts, rustc, findings, warnings } = report;
  return {
    ...pageOf(report.causes.map(causeRow), params),
    ...{ build: build.name, against: against?.name ?? null, counts, rustc },
    ...{ findings: excerpt(findings, SHOWN_NOTES), warnings: excerpt(warnings, SHOWN_NOTES) },
  };
}

export async function cascade({ bench }: ServerState, params: ParamsOf<Cascade>, { signal }: Call): Promise<ResultOf<Cascade>> {
  const report = await bench.use(() => explainSubject(bench.core, params.subject, signal));
  return pageOf(cascadeRows(report, params.cause), params);
}

export async function mainCause(
  { bench, mainCauses }: ServerState,
  { subject, module }: ParamsOf<MainCause>,
): Promise<ResultOf<MainCause>> {
  // Others may want the same report: it is not ended when one of them is cancelled.
  const cause = await mainCauses.of(subject, module, () => bench.use(() => explainSubject(bench.core, subject)));
  return { cause: cause !== null && cause.length > LONGEST_CAUSE ? `${cause.slice(0, LONGEST_CAUSE)}…` : cause };
}

export function explain({ bench }: ServerState, params: ParamsOf<Explain>, { signal }: Call): Promise<ResultOf<Explain>> {
  const { subject, module, filters } = params;
  return bench.use(() => explanationOf(bench.core, { subject, module, filters }, signal));
}
