/** Where the time and the memory of a run's LTO go. */
import { writeFileWhole } from "../../core/base/atomic-file.js";
import { foldedStacks, traceEvents } from "../../core/explain/passes/exports.js";
import { profileUnit, type Profile } from "../../core/explain/passes/profile.js";
import { COSTLY_ROWS, profileView } from "../../core/views/profile-view.js";
import * as l10n from "../../protocol/l10n.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { ProfileFormat } from "../../protocol/requests/profile.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

type Requests = typeof requests;

export async function profile(
  state: ServerState,
  { run, module }: ParamsOf<Requests["profile"]>,
  call: Call,
): Promise<ResultOf<Requests["profile"]>> {
  return profileView(await profiled(state, run, module ?? null, call));
}

export async function exportProfile(
  state: ServerState,
  { run, uri, as }: ParamsOf<Requests["exportProfile"]>,
  call: Call,
): Promise<ResultOf<Requests["exportProfile"]>> {
  const found = await profiled(state, run, null, call);
  // Others may read the file.
  await writeFileWhole(
    pathOf(uri),
    l10n.inEnglish(() => TEXTS[as](found)),
  );
  return {};
}

const TEXTS: Readonly<Record<ProfileFormat, (found: Profile) => string>> = {
  perfetto: ({ modules, nameOf }) => traceEvents(modules, nameOf),
  folded: ({ modules, nameOf }) => foldedStacks(modules, nameOf),
  json: ({ report }) => `${JSON.stringify(report, null, 2)}\n`,
};

function profiled({ workbench }: ServerState, run: string, module: string | null, call: Call): Promise<Profile> {
  return workbench.use(async () => {
    const { core, openUnits } = workbench;
    const { source, choice } = await replayedRun(workbench, run);
    const hooks = { signal: call.signal, progress: progressOf(call) };
    return profileUnit(core, openUnits.use, { source, ...choice }, { module, top: COSTLY_ROWS }, hooks);
  });
}
