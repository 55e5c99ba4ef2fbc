/** Words and numbers of the page; what trees and tooltips say as well comes from the extension's own. */
import type { Reason, ReasonKind, Verdict } from "../src/protocol/runs.js";
import type { BeforeAfter } from "../src/protocol/views.js";
import type { IconName } from "./icons.js";

export { bytes, counted, duration, FIDELITY, moduleTime, moduleTimeWords, moment, workTime } from "../src/client/words.js";

/** Every verdict has a word and a sign of its own; the colour only repeats it. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, IconName>> = {
  "re-used": "check",
  "re-compiled": "sync",
  linked: "link",
  failed: "error",
};

const REASONS: Readonly<Record<ReasonKind, string>> = {
  "key-equal": "key equal",
  "both-keys-absent": "no keys",
  "key-equal-but-not-cached": "key equal, not cached",
  "key-equal-but-not-green": "key equal, re-compiled",
  "key-changed": "key changed",
  "new-module": "new module",
  "no-previous-keys": "no previous keys",
  "no-session": "no session",
  "base-module": "base module",
  "linked-into-base": "into the base",
  failed: "failed",
};

export function reasonWords({ kind }: Reason): string {
  return REASONS[kind];
}

/** "1,204" */
export function number(count: number): string {
  return count.toLocaleString("en");
}

/** "+83", "−1,204", "0" */
export function signed(delta: number): string {
  return `${delta > 0 ? "+" : delta < 0 ? "−" : ""}${number(Math.abs(delta))}`;
}

/** "−24 %"; empty where there is nothing to compare with. */
export function percent({ before, after }: BeforeAfter): string {
  if (before === 0) return "";
  const share = (100 * (after - before)) / before;
  if (Math.abs(share) < 0.05) return "0 %";
  const digits = Math.abs(share) < 10 ? share.toFixed(1) : share.toFixed(0);
  return `${share > 0 ? "+" : ""}${digits.replace("-", "−")} %`;
}

/** Three digits at most before or after the point, and never an exponent. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** "1.20 M", "34.1 k", "980": for labels in charts. */
export function short(count: number): string {
  const units = ["", " k", " M", " G"];
  let [value, unit] = [count, 0];
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return unit === 0 ? String(count) : `${threeDigits(value)}${units[unit] ?? ""}`;
}

/** "12 µs", "1.53 ms", "2.04 s" */
export function micros(count: number): string {
  if (count < 1000) return `${Math.round(count)} µs`;
  if (count < 999_500) return `${threeDigits(count / 1000)} ms`;
  return `${threeDigits(count / 1_000_000)} s`;
}

/**
 * Says places on a time axis in one unit, with as many digits as neighbours need to differ.
 *
 * @param step micros between neighbours
 * @param end the last place
 */
export function clockOf(step: number, end: number): (at: number) => string {
  const [size, unit] = end < 1000 ? [1, "µs"] : end < 1_000_000 ? [1000, "ms"] : [1_000_000, "s"];
  const digits = Math.max(0, Math.ceil(Math.log10(size / Math.max(1, step)) - 1e-9));
  return (at) => `${(at / size).toFixed(digits)} ${unit}`;
}
