/** This machine and the store: toolchains, libraries, sizes. */
import { freeBytes } from "../../core/base/disk-space.js";
import { examine } from "../../core/views/doctor.js";
import { clearStore as clear } from "../../core/store/clear-store.js";
import { inventory } from "../../core/store/store-inventory.js";
import { llvmCandidates as candidatesOf } from "../../core/views/llvm-candidates.js";
import type { DoctorReport } from "../../protocol/reports.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { StoreView } from "../../protocol/requests/machine.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

export async function doctor(state: ServerState, { folder }: ParamsOf<typeof requests.doctor>, call: Call): Promise<DoctorReport> {
  const { workbench } = state;
  call.report("Loading each libLLVM");
  // A server only runs in trusted workspaces.
  return workbench.use(() => examine(workbench.core, folderOf(state, folder), { runToolchain: true, signal: call.signal }));
}

export async function llvmCandidates(
  state: ServerState,
  params: ParamsOf<typeof requests.llvmCandidates>,
  call: Call,
): Promise<ResultOf<typeof requests.llvmCandidates>> {
  const { workbench, settings } = state;
  const report = await doctor(state, params, call);
  return { candidates: await workbench.use(() => candidatesOf(workbench.core, report, settings.libLLVM)) };
}

function folderOf({ workbench }: ServerState, uri: string | undefined): string {
  return uri === undefined ? (workbench.catalog.folders[0] ?? process.cwd()) : pathOf(uri);
}

export async function storeView({ workbench, settings }: ServerState): Promise<StoreView> {
  const { root, totalBytes, quotaBytes, parts, captures, runs } = await inventory(workbench.core.layout, settings.store.quota * 1e9);
  return {
    ...{ root, totalBytes, quotaBytes, parts },
    freeBytes: await freeBytes(root),
    captures: captures.length,
    runs: runs.length,
  };
}

export async function clearStore(state: ServerState, { what }: ParamsOf<typeof requests.clearStore>): Promise<{ bytes: number }> {
  const { workbench } = state;
  await workbench.abandonBegun();
  await workbench.stopMeanwhile();
  const bytes = await clear(workbench.core.layout, workbench.history, what);
  workbench.forgetOpen();
  workbench.refresh();
  state.changed({ units: true, runs: true });
  return { bytes };
}
