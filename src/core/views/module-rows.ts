/** Modules as rows for trees and tables, derived from a run's report; filtered, sorted and grouped. Pure functions. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { ModuleReport, RunReport, Verdict } from "../../protocol/runs.js";
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
  const { verdicts, crates, reasons } = filter;
  if (words.length === 0 && verdicts === undefined && crates === undefined && reasons === undefined) return rows;
  return rows.filter((row) => {
    if (verdicts?.includes(row.verdict) === false || crates?.includes(row.crate) === false) return false;
    if (reasons !== undefined && (row.reason === null || !reasons.includes(row.reason.kind))) return false;
    if (words.length === 0) return true;
    const text =
      `${row.name} ${row.shortName} ${row.crate} ${row.verdict ?? ""} ${row.reason?.kind ?? ""} ${row.reason?.detail ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const VERDICT_ORDER: readonly (Verdict | null)[] = ["failed", "re-compiled", "re-used", "linked", null];

type Value = number | string;

const VALUES: Readonly<Record<ModuleSort, (row: ModuleRow) => Value>> = {
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

/** Sorts stably: equal rows stay in the order of the run. */
export function sortRows(rows: readonly ModuleRow[], sort: ModuleSort | undefined, descending = false): readonly ModuleRow[] {
  if (sort === undefined) return descending ? rows.toReversed() : rows;
  const sign = descending ? -1 : 1;
  const valued = rows.map((row) => ({ row, value: VALUES[sort](row) }));
  return valued.toSorted((left, right) => sign * compare(left.value, right.value)).map(({ row }) => row);
}

function compare(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One row per verdict that occurs; failed comes first, because it matters most. */
export function groupRows(rows: readonly ModuleRow[]): GroupRow[] {
  return VERDICT_ORDER.flatMap((verdict) => {
    const own = rows.filter((row) => row.verdict === verdict);
    return own.length === 0 ? [] : [{ verdict, ...totals(own), crates: new Set(own.map(({ crate }) => crate)).size }];
  });
}

/** One row per crate; its verdict is that of all its modules, or null where they differ. */
export function crateRows(rows: readonly ModuleRow[], sort: ModuleSort = "crate", descending = false): CrateRow[] {
  const byCrate = new Map<string, ModuleRow[]>();
  for (const row of rows) {
    const own = byCrate.get(row.crate);
    if (own === undefined) byCrate.set(row.crate, [row]);
    else own.push(row);
  }
  const crates = [...byCrate].map(([crate, own]): CrateRow => ({ crate, verdict: commonVerdict(own), ...totals(own) }));
  const value = crateValue(sort);
  const sign = descending ? -1 : 1;
  return crates.sort((left, right) => compare(left.crate, right.crate)).sort((left, right) => sign * compare(value(left), value(right)));
}

/** If an order does not apply to crates, they are sorted by name. */
function crateValue(sort: ModuleSort): (row: CrateRow) => Value {
  if (sort === "bytes") return (row) => row.bytes;
  if (sort === "time") return (row) => row.time.millis;
  if (sort === "verdict") return (row) => VERDICT_ORDER.indexOf(row.verdict);
  return (row) => row.crate;
}

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
