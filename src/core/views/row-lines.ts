/** Rows of VS Code's trees in words: icon, description and the text for screen readers. */
import { MODULE_GROUPS, reasonInList, REASON_ICONS, VERDICT_COLORS, VERDICT_ICONS } from "../../protocol/module-groups.js";
import type { ModuleGroup, ReasonKind, Verdict } from "../../protocol/runs.js";
import type { CratePlace } from "../../protocol/units.js";
import type { BeforeAfter, CrateRow, GroupRow, ModuleFilter, ModuleRow, ModuleSort, RowLine } from "../../protocol/views.js";
import { bytes, counted, moduleTime, shortReason, signed, workTime } from "../../protocol/words.js";

/** Parts of a description; empty and repeated ones are left out. */
function joined(...parts: readonly string[]): string {
  return [...new Set(parts)].filter((part) => part !== "").join(" · ");
}

/** The icon of a reason; if that is not known, of the verdict. */
function signOf(reason: ReasonKind | null, verdict: Verdict | null): Pick<RowLine, "icon" | "color"> {
  const icon = reason !== null ? REASON_ICONS[reason] : verdict === null ? "question" : VERDICT_ICONS[verdict];
  return { icon, color: verdict === null ? null : (VERDICT_COLORS[verdict] ?? null) };
}

/** @param verdict that of all its modules */
export function groupLine(group: ModuleGroup, verdict: Verdict | null, { modules, crates, time }: GroupTotals): RowLine {
  const { label, reason, detail } = MODULE_GROUPS[group];
  const description = joined(`${counted(modules, "CGU")} in ${counted(crates, "crate")}`, workTime(time));
  return { ...signOf(reason, verdict), description, words: `${label}, ${description}. ${detail}` };
}

type GroupTotals = Pick<GroupRow, "modules" | "crates" | "time">;

const PLACES: Readonly<Record<CratePlace, { readonly icon: string; readonly words: string }>> = {
  workspace: { icon: "repo", words: "crate of the workspace" },
  dependency: { icon: "package", words: "crate" },
  std: { icon: "library", words: "crate of the standard library" },
};

export function crateLine(crate: string, { place, modules, bytes: size, time }: CrateTotals, sort?: ModuleSort): RowLine {
  const [count, taken] = [counted(modules, "CGU"), workTime(time)];
  const value = sort === "bytes" ? bytes(size) : sort === "time" ? taken : "";
  const description = joined(value, count, bytes(size), taken);
  const { icon, words } = PLACES[place];
  return { icon, color: null, description, words: `${words} ${crate}, ${description}` };
}

type CrateTotals = Pick<CrateRow, "place" | "modules" | "bytes" | "time">;

/** The list that a module is in. */
export interface ListOfModules {
  readonly filter?: ModuleFilter | undefined;
  readonly sort?: ModuleSort | undefined;
}

/** What the list is sorted by comes first, and what all of its rows have in common is left out. */
export function moduleLine(row: ModuleRow, { filter = {}, sort }: ListOfModules): RowLine {
  const description = joined(
    sortedBy(row, sort),
    reasonInList(row, { grouped: filter.groups?.length === 1 }),
    filter.crates?.length === 1 ? "" : row.crate,
    row.origin === "allocator" && row.readable === null ? "allocator" : "",
    bytes(row.bytes),
    timeOf(row),
  );
  const verdict = row.verdict ?? "no decision known";
  const words = joined(`codegen unit ${row.shortName}, ${verdict}`, row.reason?.detail ?? "", description);
  return { ...signOf(row.reason?.kind ?? null, row.verdict), description, words };
}

function timeOf(row: ModuleRow): string {
  return row.stageBytes === null ? "" : moduleTime(row);
}

function growthWords({ before, after }: BeforeAfter): string {
  const growth = after - before;
  return `${signed(growth)} ${Math.abs(growth) === 1 ? "instruction" : "instructions"}`;
}

/** The value that a list is sorted by, where it is not the name. */
function sortedBy(row: ModuleRow, sort: ModuleSort | undefined): string {
  switch (sort) {
    case "reason":
      return shortReason(row.reason?.kind);
    case "verdict":
      return row.verdict ?? "";
    case "crate":
      return row.crate;
    case "bytes":
      return bytes(row.bytes);
    case "time":
      return timeOf(row);
    case "instructions":
      return row.instructions === null ? "" : counted(row.instructions.after, "instruction");
    case "growth":
      return row.instructions === null ? "" : growthWords(row.instructions);
    default:
      return "";
  }
}
