/** Words of `advise`, on the command line and on its page. */
import type { BenchmarkResult } from "./advise.js";
import { percent } from "./words.js";

/** "faster: −5.2 % to −3.1 %", "no difference"; empty for the first setting. */
export function verdictText({ verdict, ratio }: BenchmarkResult): string {
  switch (verdict) {
    case "baseline":
      return "";
    case "faster":
    case "slower":
      return `${verdict}: ${ratioText(ratio)}`;
    case "no-difference":
      return "no difference";
    case "too-noisy":
      return "too noisy to tell";
    case "too-few-runs":
      return "too few runs to tell";
    case "failed":
      return "failed";
  }
}

/** "−5.2 % to −3.1 %" */
export function ratioText(ratio: BenchmarkResult["ratio"]): string {
  return (ratio ?? []).map((after) => percent({ before: 1, after })).join(" to ");
}
