/** Units as the extension shows them: captures from the store, and what builds left in the target folders. */
import { isAbsolute, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { FoundUnit } from "../../protocol/discovery.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { RunView, UnitView } from "../../protocol/views.js";
import { captureFolder, type UnreadableCapture } from "../store/captures.js";
import { excerpt } from "../store/run-view.js";
import type { StoreLayout } from "../store/store-layout.js";

const SHOWN_WARNINGS = 10;

/** What a unit's view shows besides the unit itself. */
export interface UnitContext {
  /** null: the unit is in none of the workspace folders. */
  readonly workspaceFolder: string | null;
  /** Latest first. */
  readonly runs: readonly RunView[];
  /** Refs of captures that were verified and have not changed since. */
  readonly verified: ReadonlySet<string>;
  /** Unit id → what distinguishes captures that look alike. */
  readonly apart: ReadonlyMap<string, readonly string[]>;
}

export function viewOfCapture(layout: StoreLayout, unit: UnitManifest, context: UnitContext): UnitView {
  const ref = formatCaptureRef(unit);
  const verdicts = unit.decisions === null ? null : Object.values(unit.decisions.verdicts);
  const count = (wanted: string): number => verdicts?.filter((verdict) => verdict === wanted).length ?? 0;
  return {
    ref: unit.id,
    captureRef: ref,
    kind: "capture",
    name: unit.name,
    packageName: unit.packageName,
    crateTypes: unit.crateTypes,
    profile: unit.profile,
    mode: unit.mode,
    incremental: unit.incremental,
    workspaceFolder: asUri(context.workspaceFolder),
    workspace: unit.workspace,
    path: captureFolder(layout.root, unit.id, unit.capture),
    madeAt: unit.capturedAt,
    toldApart: context.apart.get(unit.id) ?? [],
    capture: unit.capture,
    rustc: unit.toolchain.release,
    llvm: unit.toolchain.llvmVersion,
    complete: unit.complete,
    problem: unit.incompleteBecause ?? null,
    notLinked: unit.notLinked ?? null,
    deviations: unit.deviations,
    again: captureAgain(unit, context.workspaceFolder),
    runnable: unit.complete,
    modules: verdicts?.length ?? unit.localModules.length + unit.upstream.reduce((sum, { members }) => sum + (members?.length ?? 1), 0),
    upstreamCrates: unit.upstream.length,
    outsideLto: (unit.outsideLto ?? []).map(({ crate }) => crate),
    decided: verdicts === null ? null : { reused: count("re-used"), recompiled: count("re-compiled") },
    outputBytes: unit.outputBytes,
    verified: context.verified.has(ref),
    lastRun: lastRunOf(ref, context.runs),
    warnings: excerpt(unit.warnings, SHOWN_WARNINGS),
  };
}

export function viewOfFound(found: FoundUnit, workspace: string | null, context: UnitContext): UnitView {
  return {
    ref: found.unit,
    captureRef: found.unit,
    kind: found.kind,
    name: found.name,
    packageName: null,
    crateTypes: [],
    profile: found.profile,
    mode: found.mode,
    incremental: found.kind === "session" ? true : null,
    workspaceFolder: asUri(context.workspaceFolder),
    workspace,
    path: found.path,
    madeAt: found.modifiedAt,
    toldApart: (found.toldApart ?? []).filter((fact) => fact !== found.modifiedAt),
    capture: 0,
    rustc: null,
    llvm: null,
    complete: found.complete,
    problem: found.incompleteBecause ?? null,
    notLinked: found.notLinked ?? null,
    deviations: [],
    again: null,
    runnable: found.complete && (found.kind === "session" || found.kind === "rlib"),
    modules: found.modules,
    upstreamCrates: 0,
    outsideLto: [],
    decided: null,
    outputBytes: null,
    verified: false,
    lastRun: lastRunOf(found.unit, context.runs),
    warnings: excerpt([], 0),
  };
}

/** A capture whose manifest cannot be read, with the reason. */
export function viewOfUnreadable(
  { id, capture, folder, workspace, modifiedAt, problem }: UnreadableCapture,
  context: UnitContext,
): UnitView {
  const found = { kind: "capture", unit: id, name: id, path: folder, profile: null, mode: null, modules: 0, modifiedAt } as const;
  const view = viewOfFound({ ...found, complete: false, incompleteBecause: problem }, workspace, context);
  return { ...view, captureRef: formatCaptureRef({ id, capture }), capture };
}

/** Cargo is started where it was for the capture, unless that is outside of the open folder: anybody may have written the manifest. */
function captureAgain({ workspace, scope }: UnitManifest, open: string | null): UnitView["again"] {
  if (open === null) return null;
  const started = join(workspace, scope?.folder ?? "");
  // The toolchain is the one that the user has set.
  const others = Object.entries(scope ?? {}).filter(([name]) => name !== "folder" && name !== "toolchain");
  return { folder: pathToFileURL(isWithin(started, open) ? started : open).href, ...Object.fromEntries(others) };
}

function isWithin(folder: string, outer: string): boolean {
  const way = relative(outer, folder);
  return way === "" || (!isAbsolute(way) && way.split(sep)[0] !== "..");
}

function lastRunOf(ref: string, runs: readonly RunView[]): RunView | null {
  const uri = ref.startsWith("/") ? asUri(ref) : null;
  const isOf = ({ source }: RunView): boolean =>
    "unit" in source ? source.unit === ref : source.files.length === 1 && source.files[0] === uri;
  return runs.find((run) => isOf(run)) ?? null;
}

function asUri(path: string | null): string | null {
  return path === null ? null : pathToFileURL(path).href;
}
