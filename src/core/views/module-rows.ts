/** Modules as rows for trees and tables, derived from a run's report; filtered, sorted and grouped. Pure functions. */
import { CRATE_PLACES } from "../../protocol/crate-places.js";
import { ALL_GROUPS, groupOf, MODULE_GROUPS } from "../../protocol/module-groups.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { ModuleReport, RunReport, Verdict } from "../../protocol/runs.js";
import type { CratePlace } from "../../protocol/units.js";
import {
  MOST_ROWS,
  type CrateRow,
  type GroupRow,
  type ModuleFilter,
  type ModuleRow,
  type ModuleSort,
  type Page,
  type Range,
  type WorkTime,
} from "../../protocol/views.js";
import { crateLine, groupLine } from "./row-lines.js";

export function rowsOfReport(report: RunReport): ModuleRow[] {
  return report.modules.map(rowOf);
}

function rowOf(module: ModuleReport): ModuleRow {
  const [first, last] = [module.stages[0], module.stages.at(-1)];
  const made = first !== undefined && last !== undefined;
  return {
    name: module.name,
    shortName: shortModuleName(module.name),
    readable: module.readable ?? null,
    crate: module.crate,
    origin: module.origin,
    place: module.place ?? "dependency",
    verdict: module.verdict,
    reason: module.reason,
    key: module.key,
    previousKey: module.previousKey,
    source: module.source,
    bytes: module.bytes,
    stageBytes: made ? { before: first.bytes, after: last.bytes } : null,
    instructions: made ? { before: first.instructions, after: last.instructions } : null,
    millis: module.stages.reduce((sum, stage) => sum + stage.millis, 0),
    fromStore: module.fromStore,
    error: module.error ?? null,
  };
}

/** The rows that match a filter, in the same order. */
export function filterRows(rows: readonly ModuleRow[], filter: ModuleFilter = {}): readonly ModuleRow[] {
  const words = (filter.text ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const { verdicts, crates, reasons, groups } = filter;
  if (words.length === 0 && [verdicts, crates, reasons, groups].every((choice) => choice === undefined)) return rows;
  return rows.filter((row) => {
    if (verdicts?.includes(row.verdict) === false || crates?.includes(row.crate) === false) return false;
    if (reasons !== undefined && (row.reason === null || !reasons.includes(row.reason.kind))) return false;
    if (groups?.includes(groupOf(row)) === false) return false;
    if (words.length === 0) return true;
    const text =
      `${row.name} ${row.shortName} ${row.crate} ${row.verdict ?? ""} ${row.reason?.kind ?? ""} ${row.reason?.detail ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const VERDICT_ORDER: readonly (Verdict | null)[] = ["failed", "re-compiled", "re-used", "linked", null];

type Value = number | string;

const VALUES: Readonly<Record<Exclude<ModuleSort, "run">, (row: ModuleRow) => Value>> = {
  name: (row) => row.shortName,
  crate: (row) => row.crate,
  verdict: (row) => VERDICT_ORDER.indexOf(row.verdict),
  reason: (row) => row.reason?.kind ?? "",
  bytes: (row) => row.bytes ?? -1,
  instructions: (row) => row.instructions?.after ?? -1,
  growth: (row) => (row.instructions === null ? 0 : row.instructions.after - row.instructions.before),
  // Times of earlier runs do not count here.
  time: (row) => (row.fromStore ? -1 : row.millis),
};

/** Sorts stably: equal rows stay in the order of the run. The default order is described at `ModuleQuery`. */
export function sortRows(rows: readonly ModuleRow[], sort: ModuleSort | undefined, descending = false): readonly ModuleRow[] {
  if (sort === "run") return descending ? rows.toReversed() : rows;
  if (sort === undefined) {
    const ranked = rows.map((row) => ({
      row,
      rank: [CRATE_PLACES.indexOf(row.place), ALL_GROUPS.indexOf(groupOf(row)), -(row.bytes ?? 0)],
    }));
    const sorted = ranked.toSorted((left, right) => compareAll(left.rank, right.rank)).map(({ row }) => row);
    return descending ? sorted.toReversed() : sorted;
  }
  const sign = descending ? -1 : 1;
  const valued = rows.map((row) => ({ row, value: VALUES[sort](row) }));
  return valued.toSorted((left, right) => sign * compare(left.value, right.value)).map(({ row }) => row);
}

function compare(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareAll(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One row per group that occurs; failed comes first, because it matters most. */
export function groupRows(rows: readonly ModuleRow[]): GroupRow[] {
  const grouped = rows.map((row) => ({ row, group: groupOf(row) }));
  return ALL_GROUPS.flatMap((group) => {
    const own = grouped.flatMap((one) => (one.group === group ? one.row : []));
    if (own.length === 0) return [];
    const { label, detail } = MODULE_GROUPS[group];
    const facts = { ...totals(own), crates: new Set(own.map(({ crate }) => crate)).size };
    return [{ group, label, detail, ...facts, line: groupLine(group, own[0]?.verdict ?? null, facts) }];
  });
}

/**
 * One row per crate; its verdict is that of all its modules, or null where they differ. By default, crates of the workspace come first and the standard
 * library's last, then those of which more was re-compiled, then the largest.
 */
export function crateRows(rows: readonly ModuleRow[], sort?: ModuleSort, descending = false): CrateRow[] {
  const byCrate = new Map<string, ModuleRow[]>();
  for (const row of rows) {
    const own = byCrate.get(row.crate);
    if (own === undefined) byCrate.set(row.crate, [row]);
    else own.push(row);
  }
  const crates = [...byCrate].map(([crate, own]): CrateRow => {
    const facts = { place: placeOf(own), ...totals(own) };
    return { crate, verdict: commonVerdict(own), ...facts, line: crateLine(crate, facts, sort) };
  });
  const value = sort === undefined ? undefined : CRATE_VALUES[sort];
  if (value === undefined) {
    const ranked = crates.map((row) => ({
      row,
      rank: [CRATE_PLACES.indexOf(row.place), firstGroup(byCrate.get(row.crate) ?? []), -row.bytes],
    }));
    const sorted = ranked.toSorted((left, right) => {
      const order = compareAll(left.rank, right.rank);
      return order === 0 ? compare(left.row.crate, right.row.crate) : order;
    });
    const rows = sorted.map(({ row }) => row);
    return descending && sort === undefined ? rows.reverse() : rows;
  }
  const sign = descending ? -1 : 1;
  return crates.sort((left, right) => compare(left.crate, right.crate)).sort((left, right) => sign * compare(value(left), value(right)));
}

/** Two crates can have one name; the user's counts. */
function placeOf(rows: readonly ModuleRow[]): CratePlace {
  return CRATE_PLACES.find((place) => rows.some((row) => row.place === place)) ?? "dependency";
}

function firstGroup(rows: readonly ModuleRow[]): number {
  return Math.min(...rows.map((row) => ALL_GROUPS.indexOf(groupOf(row))));
}

/** Orders that do not apply to crates are absent: then crates are in their default order. */
const CRATE_VALUES: Readonly<Partial<Record<ModuleSort, (row: CrateRow) => Value>>> = {
  bytes: (row) => row.bytes,
  time: (row) => row.time.millis,
  verdict: (row) => VERDICT_ORDER.indexOf(row.verdict),
  crate: (row) => row.crate,
  name: (row) => row.crate,
};

function commonVerdict(rows: readonly ModuleRow[]): Verdict | null {
  const verdict = rows[0]?.verdict ?? null;
  return rows.every((row) => row.verdict === verdict) ? verdict : null;
}

function totals(rows: readonly ModuleRow[]): { modules: number; bytes: number; time: WorkTime } {
  let [bytes, millis, kept] = [0, 0, 0];
  for (const row of rows) {
    bytes += row.bytes ?? 0;
    if (row.fromStore) kept += 1;
    else millis += row.millis;
  }
  return { modules: rows.length, bytes, time: { millis, kept } };
}

/** The rows of a range, at most as many as one message may carry. */
export function pageOf<Row>(rows: readonly Row[], { offset, limit }: Range): Page<Row> {
  const from = whole(offset);
  return { total: rows.length, offset: from, rows: rows.slice(from, from + Math.min(whole(limit), MOST_ROWS)) };
}

function whole(number: number): number {
  return Number.isFinite(number) ? Math.max(0, Math.trunc(number)) : number > 0 ? MOST_ROWS : 0;
}
