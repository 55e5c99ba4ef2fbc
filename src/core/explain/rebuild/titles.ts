/** Titles of causes: what changed, in words. */
import type { Difference } from "../../../protocol/explain.js";

/** Names that a title spells out. */
export const MOST_NAMES = 2;

/** "`a` came and `b` changed in crate `c`" */
export function titleOf(changes: readonly Difference[], crates: readonly string[]): string {
  const [first] = changes;
  const where = inCrates(crates);
  if (first === undefined) return `The code${where} changed`;
  if (first.what === "order" || first.what === "metadata") return `${capital(first.name)}${where} changed`;
  const alike = distinctNames(changes.filter(({ what }) => (what === "function") === (first.what === "function")));
  const shown = alike.slice(0, MOST_NAMES);
  const more = alike.length - shown.length;
  const same = shown.every((change) => verbOf(change) === verbOf(first) && change.change !== "renamed");
  const listed = same
    ? `${shown.map(({ name }) => quoted(name)).join(" and ")}${where} ${verbOf(first)}`
    : `${shown.map(clause).join(" and ")}${where}`;
  return more > 0 ? `${listed}, and ${more} more` : listed;
}

/** "`a` and 2 more" */
export function andMore(names: readonly string[]): string {
  const [first = "the code"] = names;
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first;
}

export function inCrates(crates: readonly string[]): string {
  return crates.length === 0 ? "" : ` in ${crates.length === 1 ? "crate" : "crates"} ${crates.map(quoted).join(", ")}`;
}

function distinctNames(changes: readonly Difference[]): Difference[] {
  return [...new Map(changes.map((change) => [`${change.name} ${change.change}`, change])).values()];
}

function clause(change: Difference): string {
  if (change.change === "renamed") return `${quoted(change.before ?? "")} became ${quoted(change.name)}`;
  return `${quoted(change.name)} ${verbOf(change)}`;
}

function verbOf(change: Difference): string {
  const verb = { came: "came", went: "went", changed: "changed", renamed: "was renamed", "source-changed": "changed" }[change.change];
  return `${verb}${partOf(change)}`;
}

/** What changed in a function besides its body. */
function partOf({ what, change, parts = [] }: Difference): string {
  if (what !== "function" || change !== "changed" || parts.includes("body")) return "";
  return parts.includes("header")
    ? " (linkage, visibility or attributes)"
    : parts.includes("symbol")
      ? " (its symbol)"
      : " (debug info or metadata only)";
}

export function quoted(name: string): string {
  return `\`${name}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How significant a change of a function is: the most significant ones show the edit. */
export const WEIGHT = { code: 0, header: 1, metadata: 2 } as const;

export function weightOf({ what, change, parts = [] }: Difference): number {
  if (what === "order" || what === "metadata") return WEIGHT.metadata;
  if (what !== "function" || change !== "changed" || parts.includes("body") || parts.includes("symbol")) return WEIGHT.code;
  return parts.includes("header") ? WEIGHT.header : WEIGHT.metadata;
}

/** Only the most significant changes: changed code also changes headers and metadata. */
export function strongest(changes: readonly Difference[]): Difference[] {
  const most = Math.min(...changes.map(weightOf));
  return changes.filter((change) => weightOf(change) === most);
}

/** One row for each symbol and kind of change. */
export function distinct(changes: readonly Difference[]): Difference[] {
  return [...new Map(changes.map((change) => [`${change.what} ${change.change} ${change.symbol ?? change.name}`, change])).values()];
}
