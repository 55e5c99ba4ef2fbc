/** What the bytes of a run's linked output belong to. */
import { isLtoError } from "../../core/base/errors.js";
import { outputSizes } from "../../core/explain/size/unit-sizes.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import type { UnitSource } from "../../core/replay/producer.js";
import { sizeView } from "../../core/views/size-view.js";
import * as l10n from "../../protocol/l10n.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { requests } from "../../protocol/requests/all.js";
import type { CaptureRow } from "../../protocol/requests/builds.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { OutputSizes } from "../../protocol/size.js";
import { listCaptures } from "./build-comparisons.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import type { ServerState } from "./state.js";

type Sizes = typeof requests.sizes;

/** The most captures to offer; more are hardly kept. */
const MOST_BUILDS = 50;

export function sizes(state: ServerState, { run, against, ...options }: ParamsOf<Sizes>, { signal }: Call): Promise<ResultOf<Sizes>> {
  const { workbench } = state;
  return workbench.use(async () => {
    const { core } = workbench;
    const { source, choice } = await replayedRun(workbench, run);
    const none = { builds: [], against: null, output: null };
    if (source.kind !== "unit") return { ...none, because: l10n.t("This run is not of a captured build, so no output is known.") };
    const own = formatCaptureRef(source.unit);
    const measured = async (one: UnitSource): Promise<OutputSizes | string> => {
      try {
        return await state.sizes.of(one.unit, () => outputSizes(core, one, choice.llvm, signal));
      } catch (error) {
        if (isLtoError(error, "IncompleteUnit")) return error.message;
        throw error;
      }
    };
    const after = await measured(source);
    if (typeof after === "string") return { ...none, because: after };
    const builds = (await listCaptures(state, { unit: own })).captures.filter(({ ref }) => ref !== own);
    const chosen = against === undefined ? previous(builds, source.unit.capture) : against;
    const before = chosen === null ? null : await measured(PRODUCERS.sourceOf(await PRODUCERS.unitNamed(core.layout, chosen)));
    const compared = typeof before === "string" ? null : before;
    return {
      builds: builds.slice(0, MOST_BUILDS),
      against: compared === null ? null : chosen,
      output: sizeView(after, compared, options),
      because: typeof before === "string" ? before : null,
    };
  });
}

/** The latest capture before a capture. */
function previous(builds: readonly CaptureRow[], capture: number): string | null {
  return builds.find((build) => build.capture < capture)?.ref ?? null;
}
