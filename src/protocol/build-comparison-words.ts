/** A comparison of two builds in words, for the terminal and the page. */
import type { BuildCompareReport, DifferingModule } from "./build-comparison.js";
import { bytes, counted, number, percent, signed } from "./words.js";

/** "5 of 84 CGUs differ: 4 in verdict, 3 in size, 2 in imports." */
export function differenceWords({ modules, different, differ }: BuildCompareReport["counts"]): string {
  const parts = [
    differ.presence > 0 ? `${number(differ.presence)} on one side only` : "",
    differ.verdict > 0 ? `${number(differ.verdict)} in verdict` : "",
    differ.size > 0 ? `${number(differ.size)} in size` : "",
    differ.imports > 0 ? `${number(differ.imports)} in imports` : "",
  ].filter((part) => part !== "");
  const all = Math.max(modules.from, modules.to);
  if (parts.length === 0) return `${counted(all, "CGU")}: no difference in verdict, size or imports.`;
  return `${number(different)} of ${counted(all, "CGU")} ${different === 1 ? "differs" : "differ"}: ${parts.join(", ")}.`;
}

/** "re-used → re-compiled", "re-used", "only before: re-used"; empty: no verdict is known. */
export function verdictWords({ verdict, only }: Pick<DifferingModule, "verdict" | "only">): string {
  const { from, to } = verdict;
  if (only !== null) return [only === "from" ? "only before" : "only after", verdict[only] ?? ""].filter((part) => part !== "").join(": ");
  if (from === to || from === null || to === null) return to ?? from ?? "";
  return `${from} → ${to}`;
}

/** "+12 instructions (+3.1 %)", "+120 B", "same size"; empty: not known on both sides. The last stage that both have decides. */
export function sizeWords({ stages }: Pick<DifferingModule, "stages">): string {
  for (const { bytes: size, instructions } of stages.toReversed()) {
    if (instructions.from !== null && instructions.to !== null) {
      const by = instructions.to - instructions.from;
      if (by !== 0) {
        return grown(`${signed(by)} ${Math.abs(by) === 1 ? "instruction" : "instructions"}`, instructions.from, instructions.to);
      }
    }
    if (size.from !== null && size.to !== null) {
      const by = size.to - size.from;
      return by === 0 ? "same size" : grown(`${by > 0 ? "+" : "−"}${bytes(Math.abs(by))}`, size.from, size.to);
    }
  }
  return "";
}

function grown(text: string, before: number, after: number): string {
  const share = percent({ before, after });
  return share === "" ? text : `${text} (${share})`;
}
