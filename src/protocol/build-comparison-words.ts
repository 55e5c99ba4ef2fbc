/** A comparison of two builds in words, for the terminal and the page. */
import { cguCount, signedInstructions } from "./counts.js";
import * as l10n from "./l10n.js";
import type { BuildCompareReport, DifferingModule } from "./build-comparison.js";
import { bytes, number, percent } from "./words.js";

/** "5 of 84 CGUs differ: 4 in verdict, 3 in size, 2 in imports." */
export function differenceWords({ modules, different, differ }: BuildCompareReport["counts"]): string {
  const parts = [
    differ.presence > 0 ? l10n.t("{0} on one side only", number(differ.presence)) : "",
    differ.verdict > 0 ? l10n.t("{0} in verdict", number(differ.verdict)) : "",
    differ.size > 0 ? l10n.t("{0} in size", number(differ.size)) : "",
    differ.imports > 0 ? l10n.t("{0} in imports", number(differ.imports)) : "",
  ].filter((part) => part !== "");
  const all = Math.max(modules.from, modules.to);
  if (parts.length === 0) return l10n.t("{0}: no difference in verdict, size or imports.", cguCount(all));
  const list = parts.join(", ");
  return different === 1
    ? l10n.t("1 of {0} differs: {1}.", cguCount(all), list)
    : l10n.t("{0} of {1} differ: {2}.", number(different), cguCount(all), list);
}

/** "re-used → re-compiled", "re-used", "only before: re-used"; empty: no verdict is known. */
export function verdictWords({ verdict, only }: Pick<DifferingModule, "verdict" | "only">): string {
  const { from, to } = verdict;
  if (only !== null) {
    const side = only === "from" ? l10n.t("only before") : l10n.t("only after");
    return [side, verdict[only] ?? ""].filter((part) => part !== "").join(": ");
  }
  if (from === to || from === null || to === null) return to ?? from ?? "";
  return `${from} → ${to}`;
}

/** "+12 instructions (+3.1 %)", "+120 B", "same size"; empty: not known on both sides. The last stage that both have decides. */
export function sizeWords({ stages }: Pick<DifferingModule, "stages">): string {
  for (const { bytes: size, instructions } of stages.toReversed()) {
    if (instructions.from !== null && instructions.to !== null) {
      const by = instructions.to - instructions.from;
      if (by !== 0) {
        return grown(signedInstructions(by), instructions.from, instructions.to);
      }
    }
    if (size.from !== null && size.to !== null) {
      const by = size.to - size.from;
      return by === 0 ? l10n.t("same size") : grown(`${by > 0 ? "+" : "−"}${bytes(Math.abs(by))}`, size.from, size.to);
    }
  }
  return "";
}

function grown(text: string, before: number, after: number): string {
  const share = percent({ before, after });
  return share === "" ? text : `${text} (${share})`;
}
