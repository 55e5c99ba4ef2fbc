/** Rows of the Calls view in words: icon, description and the text for screen readers. */
import type { SourcePlace } from "../../protocol/calls.js";
import type { CallGroup, CallsBy } from "../../protocol/call-tree.js";
import type { CratePlace } from "../../protocol/units.js";
import type { RowLine } from "../../protocol/views.js";
import { functionCount } from "../../protocol/counts.js";
import * as l10n from "../../protocol/l10n.js";
import { number } from "../../protocol/words.js";
import { pathOfName } from "../language/rust-paths.js";

export function groupLabel(group: CallGroup): string {
  switch (group) {
    case "not-inlined":
      return l10n.t("Not inlined");
    case "not-imported":
      return l10n.t("Not imported");
    case "in-vain":
      return l10n.t("Imported in vain");
    case "inlined":
      return l10n.t("Inlined");
  }
}

export function groupText(group: CallGroup): string {
  switch (group) {
    case "not-inlined":
      return l10n.t("Calls that LTO's inliner left as calls.");
    case "not-imported":
      return l10n.t("Functions of other modules that a module calls but did not import, so that it cannot inline them.");
    case "in-vain":
      return l10n.t("Functions that modules imported and none of them inlined.");
    case "inlined":
      return l10n.t("Calls that LTO's inliner replaced by the callee's body.");
  }
}

/** A shape for each: the colour only repeats it. */
const SIGNS: Readonly<Record<CallGroup, Pick<RowLine, "icon" | "color">>> = {
  "not-inlined": { icon: "circle-slash", color: "charts.orange" },
  "not-imported": { icon: "error", color: "charts.red" },
  "in-vain": { icon: "warning", color: "charts.yellow" },
  inlined: { icon: "pass", color: "charts.green" },
};

/** What is counted in each group. */
function many(group: CallGroup, count: number): string {
  switch (group) {
    case "not-inlined":
    case "inlined":
      return count === 1 ? l10n.t("1 call") : l10n.t("{0} calls", number(count));
    case "not-imported":
      return count === 1 ? l10n.t("1 import") : l10n.t("{0} imports", number(count));
    case "in-vain":
      return count === 1 ? l10n.t("1 copy") : l10n.t("{0} copies", number(count));
  }
}

export function callGroupLine(group: CallGroup, decisions: number, functions: number): RowLine {
  const description = l10n.t("{0} of {1}", many(group, decisions), functionCount(functions));
  return { ...SIGNS[group], description, words: `${l10n.t("{0}, {1}.", groupLabel(group), description)} ${groupText(group)}` };
}

const PLACES: Readonly<Record<CratePlace, string>> = { workspace: "repo", dependency: "package", std: "library" };

function crateWords(place: CratePlace | null, crate: string, description: string): string {
  switch (place) {
    case "workspace":
      return l10n.t("crate of the workspace {0}, {1}", crate, description);
    case "dependency":
      return l10n.t("crate {0}, {1}", crate, description);
    case "std":
      return l10n.t("crate of the standard library {0}, {1}", crate, description);
    case null:
      return l10n.t("functions {0}, {1}", crate, description);
  }
}

export interface CallCrate {
  readonly group: CallGroup;
  readonly crate: string;
  /** null: no crate of the run. */
  readonly place: CratePlace | null;
  readonly decisions: number;
  readonly functions: number;
}

export function callCrateLine({ group, crate, place, decisions, functions }: CallCrate): RowLine {
  const description = `${many(group, decisions)} · ${functionCount(functions)}`;
  const icon = place === null ? "symbol-misc" : PLACES[place];
  return { icon, color: null, description, words: crateWords(place, crate, description) };
}

export interface CallFunction {
  readonly name: string;
  readonly decisions: number;
  /** What differs in the decision that missed its limit by the least; empty: none missed one. */
  readonly nearest: string;
}

export function callFunctionLine(group: CallGroup, { name, decisions, nearest }: CallFunction): RowLine {
  const description = [nearest, many(group, decisions)].filter((part) => part !== "").join(" · ");
  return { icon: "symbol-function", color: null, description, words: l10n.t("function {0}, {1}", name, description) };
}

export interface CallDecisionParts {
  readonly by: CallsBy;
  readonly other: string;
  /** What differs. */
  readonly facts: string;
  readonly place: SourcePlace | null;
}

/** The row is labelled by what differs, since a narrow side bar cuts off the end of long names. */
export function decisionLine(group: CallGroup, { by, other, facts, place }: CallDecisionParts): RowLine {
  const line = place === null ? "" : `${place.file.split("/").at(-1) ?? place.file}:${place.line}`;
  const short = pathOfName(other)?.slice(-2).join("::") ?? other;
  const side = (name: string): string => (by === "callee" ? l10n.t("in {0}", name) : l10n.t("of {0}", name));
  const description = [side(short), line].filter((part) => part !== "").join(" · ");
  return {
    ...SIGNS[group],
    description,
    words: `${groupLabel(group)}, ${[facts, side(other), line].filter((part) => part !== "").join(", ")}`,
  };
}
