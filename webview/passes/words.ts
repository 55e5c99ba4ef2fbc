/** What runs of passes are called. */
import * as l10n from "../../src/protocol/l10n.js";
import type { PassChange, PassRunRow, PassSubject } from "../../src/protocol/passes.js";
import { micros, number, signed } from "../../src/protocol/words.js";

export const SUBJECTS: Readonly<Record<PassSubject, string>> = {
  module: l10n.t("module"),
  scc: l10n.t("call graph"),
  function: l10n.t("function"),
  loop: l10n.t("loop"),
};

const CHANGES: Readonly<Record<PassChange, string>> = {
  code: l10n.t("code"),
  header: l10n.t("header"),
  created: l10n.t("created"),
  removed: l10n.t("removed"),
};

/** "code, header"; empty: nothing */
export function changedWords({ changed }: PassRunRow): string {
  return changed.map((one) => CHANGES[one]).join(", ");
}

/** "−3 instructions"; empty: as many as before */
export function instructionWords({ instructions }: PassRunRow): string {
  if (instructions === 0) return "";
  return Math.abs(instructions) === 1 ? l10n.t("{0} instruction", signed(instructions)) : l10n.t("{0} instructions", signed(instructions));
}

/** "InstCombinePass, run 1,204" */
export function runWords(pass: string, run: number): string {
  return l10n.t("{0}, run {1}", pass, number(run));
}

export function timeWords({ millis }: PassRunRow): string {
  return micros(1000 * millis);
}
