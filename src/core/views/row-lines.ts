/** Rows of VS Code's trees in words: icon, description and the text for screen readers. */
import { cguCount, crateCount, instructionCount, signedInstructions } from "../../protocol/counts.js";
import * as l10n from "../../protocol/l10n.js";
import { MODULE_GROUPS, reasonInList, REASON_ICONS, VERDICT_COLORS, VERDICT_ICONS } from "../../protocol/module-groups.js";
import type { ModuleGroup, ReasonKind, Verdict } from "../../protocol/runs.js";
import type { CratePlace } from "../../protocol/units.js";
import type { BeforeAfter, CrateRow, GroupRow, ModuleFilter, ModuleRow, ModuleSort, RowLine } from "../../protocol/views.js";
import { bytes, moduleTime, shortReason, workTime } from "../../protocol/words.js";

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
  const description = joined(l10n.t("{0} in {1}", cguCount(modules), crateCount(crates)), workTime(time));
  return { ...signOf(reason, verdict), description, words: `${l10n.t("{0}, {1}.", label, description)} ${detail}` };
}

type GroupTotals = Pick<GroupRow, "modules" | "crates" | "time">;

const PLACES: Readonly<Record<CratePlace, string>> = { workspace: "repo", dependency: "package", std: "library" };

function crateWords(place: CratePlace, crate: string, description: string): string {
  switch (place) {
    case "workspace":
      return l10n.t("crate of the workspace {0}, {1}", crate, description);
    case "dependency":
      return l10n.t("crate {0}, {1}", crate, description);
    case "std":
      return l10n.t("crate of the standard library {0}, {1}", crate, description);
  }
}

export function crateLine(crate: string, { place, modules, bytes: size, time }: CrateTotals, sort?: ModuleSort): RowLine {
  const [count, taken] = [cguCount(modules), workTime(time)];
  const value = sort === "bytes" ? bytes(size) : sort === "time" ? taken : "";
  const description = joined(value, count, bytes(size), taken);
  return { icon: PLACES[place], color: null, description, words: crateWords(place, crate, description) };
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
    row.origin === "allocator" && row.readable === null ? l10n.t("allocator") : "",
    bytes(row.bytes),
    timeOf(row),
  );
  const verdict = row.verdict ?? l10n.t("no decision known");
  const words = joined(l10n.t("codegen unit {0}, {1}", row.shortName, verdict), row.reason?.detail ?? "", description);
  return { ...signOf(row.reason?.kind ?? null, row.verdict), description, words };
}

function timeOf(row: ModuleRow): string {
  return row.stageBytes === null ? "" : moduleTime(row);
}

function growthWords({ before, after }: BeforeAfter): string {
  return signedInstructions(after - before);
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
      return row.instructions === null ? "" : instructionCount(row.instructions.after);
    case "growth":
      return row.instructions === null ? "" : growthWords(row.instructions);
    default:
      return "";
  }
}
