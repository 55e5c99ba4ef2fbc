/** Counted things in the display language, for lists of facts; a sentence has a text of its own for each number. */
import * as l10n from "./l10n.js";
import { number, signed } from "./words.js";

/** "1 module", "3,000 modules" */
export function moduleCount(count: number): string {
  return count === 1 ? l10n.t("1 module") : l10n.t("{0} modules", number(count));
}

export function crateCount(count: number): string {
  return count === 1 ? l10n.t("1 crate") : l10n.t("{0} crates", number(count));
}

export function upstreamCrateCount(count: number): string {
  return count === 1 ? l10n.t("1 upstream crate") : l10n.t("{0} upstream crates", number(count));
}

export function functionCount(count: number): string {
  return count === 1 ? l10n.t("1 function") : l10n.t("{0} functions", number(count));
}

export function instructionCount(count: number): string {
  return count === 1 ? l10n.t("1 instruction") : l10n.t("{0} instructions", number(count));
}

/** "+1 instruction", "−83 instructions" */
export function signedInstructions(delta: number): string {
  return Math.abs(delta) === 1 ? l10n.t("{0} instruction", signed(delta)) : l10n.t("{0} instructions", signed(delta));
}

export function cguCount(count: number): string {
  return count === 1 ? l10n.t("1 CGU") : l10n.t("{0} CGUs", number(count));
}

export function runCount(count: number): string {
  return count === 1 ? l10n.t("1 run") : l10n.t("{0} runs", number(count));
}

export function captureCount(count: number): string {
  return count === 1 ? l10n.t("1 capture") : l10n.t("{0} captures", number(count));
}

export function deviationCount(count: number): string {
  return count === 1 ? l10n.t("1 deviation") : l10n.t("{0} deviations", number(count));
}

export function decisionCount(count: number): string {
  return count === 1 ? l10n.t("1 decision") : l10n.t("{0} decisions", number(count));
}
