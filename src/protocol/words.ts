/**
 * Numbers, bytes, durations, verdicts and reasons for display, in the same form on the command line, in trees, tooltips and quick picks, and on the
 * dashboard. Nothing else formats a number.
 */
import * as l10n from "./l10n.js";
import type { Fidelity, Reason, ReasonKind, VerifiedCode } from "./runs.js";
import type { BeforeAfter, ModuleRow, RunView, RunViewState, WorkTime } from "./views.js";

/** Shared, because making a formatter takes longer than a thousand uses. */
const NUMBERS = new Intl.NumberFormat("en-US");

/** "1,234,567" */
export function number(value: number): string {
  return NUMBERS.format(value);
}

/** "1 CGU", "3,000 CGUs" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

const SPELLED = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** "three", "13": a small number in a sentence. */
export function spelled(count: number): string {
  return SPELLED[count] ?? number(count);
}

/** "+83", "−1,204", "0" */
export function signed(delta: number): string {
  return `${delta > 0 ? "+" : delta < 0 ? "−" : ""}${number(Math.abs(delta))}`;
}

/** "1,204 → 980 (−224)" */
export function change(before: number, after: number): string {
  return `${number(before)} → ${number(after)} (${before === after ? "±0" : signed(after - before)})`;
}

/** "−24 %"; empty if there is nothing to compare with */
export function percent({ before, after }: BeforeAfter): string {
  if (before === 0) return "";
  const share = (100 * (after - before)) / before;
  if (Math.abs(share) < 0.05) return "0 %";
  const digits = Math.abs(share) < 10 ? share.toFixed(1) : share.toFixed(0);
  return `${share > 0 ? "+" : ""}${digits.replace("-", "−")} %`;
}

/** At most three significant digits, and never an exponent. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** In the largest fitting unit, where each is a thousand times the previous one. */
function scaled(count: number, units: readonly [string, ...string[]]): string {
  let [value, unit] = [count, 0];
  // From 999.5 on, three digits would round to a thousand.
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : threeDigits(value)}${units[unit] ?? units[0]}`;
}

/** "512 B", "12.3 kB", "4.56 MB"; empty if the size is unknown */
export function bytes(count: number | null): string {
  return count === null ? "" : scaled(count, [" B", " kB", " MB", " GB", " TB"]);
}

/** "4 MB": one significant digit, since it is an estimate */
export function roughBytes(count: number): string {
  return bytes(Number(count.toPrecision(1))).replace(/\.0+ /, " ");
}

/** "1.20 M", "34.1 k", "980": for labels in charts */
export function short(count: number): string {
  return scaled(count, ["", " k", " M", " G"]);
}

/** "0.3 ms", "35 ms", "2.1 s", "1 min 5 s"; empty if the time is unknown */
export function duration(millis: number | null): string {
  if (millis === null) return "";
  if (millis < 10) return `${Number(millis.toFixed(1))} ms`;
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  return `${Math.floor(millis / 60_000)} min ${Math.round((millis % 60_000) / 1000)} s`;
}

/** "12 s", "3 min" */
export function roughDuration(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** Less than that is too little to tell how long the rest takes: seconds, and a share of the work. */
const TELLING = { seconds: 2, share: 0.05 };

/** " · about 12 s left", for the end of a progress message; empty as long as it cannot be told. @param share the work that is done, from 0 to 1 */
export function timeLeft(seconds: number, share: number): string {
  if (seconds < TELLING.seconds || share < TELLING.share || share >= 1) return "";
  return ` · ${l10n.t("about {0} left", roughDuration(Math.ceil((seconds / share) * (1 - share))))}`;
}

/** "8.00 ns", "1.53 µs", "2.04 ms"; empty if the time is unknown */
export function nanoseconds(count: number | null): string {
  if (count === null) return "";
  return count < 999.5 ? `${threeDigits(count)} ns` : micros(count / 1000);
}

/** "12 µs", "1.53 ms", "2.04 s" */
export function micros(count: number): string {
  if (count < 1000) return `${Math.round(count)} µs`;
  if (count < 999_500) return `${threeDigits(count / 1000)} ms`;
  return `${threeDigits(count / 1_000_000)} s`;
}

/**
 * Formats positions on a time axis in one unit, with as many digits as neighbours need to differ.
 *
 * @param step micros between neighbours
 * @param end the last position
 */
export function clockOf(step: number, end: number): (at: number) => string {
  const [size, unit] = end < 1000 ? [1, "µs"] : end < 1_000_000 ? [1000, "ms"] : [1_000_000, "s"];
  const digits = Math.max(0, Math.ceil(Math.log10(size / Math.max(1, step)) - 1e-9));
  return (at) => `${(at / size).toFixed(digits)} ${unit}`;
}

/** "Nov 22, 18:53", as the display language writes it */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(l10n.displayLanguage(), {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}

/** "2026-11-22 21:16:17 UTC" */
export function timeText(iso: string): string {
  return iso.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");
}

/** "35 ms", "35 ms · 12 kept", "12 kept", empty if no stage was made: the time that an earlier run spent on kept stages is not this run's. */
export function workTime({ millis, kept }: WorkTime): string {
  return [millis === 0 ? "" : duration(millis), kept > 0 ? l10n.t("{0} kept", number(kept)) : ""].filter((part) => part !== "").join(" · ");
}

/** "35 ms", "kept, 35 ms" */
export function moduleTime({ millis, fromStore }: Pick<ModuleRow, "millis" | "fromStore">): string {
  return fromStore ? l10n.t("kept, {0}", duration(millis)) : duration(millis);
}

/** "made by this run in 35 ms", "kept from an earlier run, which took 35 ms" */
export function moduleTimeWords({ millis, fromStore }: Pick<ModuleRow, "millis" | "fromStore">): string {
  return fromStore
    ? l10n.t("kept from an earlier run, which took {0}", duration(millis))
    : l10n.t("made by this run in {0}", duration(millis));
}

/** A run's name for people: the user's, or what changed in its build, or the unit's. */
export function runTitle({ name, what, unit }: Pick<RunView, "name" | "what" | "unit">): string {
  return name ?? (what === "" ? unit.name : what);
}

/** A level of fidelity in words, with its icon. */
interface FidelityWords {
  readonly label: string;
  readonly icon: string;
  readonly detail: string;
}

/** The levels of fidelity, each with words and an icon. */
export const FIDELITY: Readonly<Record<Fidelity, FidelityWords>> = {
  get verified() {
    return {
      label: l10n.t("verified"),
      icon: "verified-filled",
      detail: l10n.t("Every stage, key and decision equals rustc's own."),
    };
  },
  get "same LLVM, not verified"() {
    return {
      label: l10n.t("same LLVM, not verified"),
      icon: "unverified",
      detail: l10n.t("The LLVM that wrote the bitcode made these stages. Run “LTO: Verify Against rustc” to compare them with rustc's."),
    };
  },
  get "other LLVM"() {
    return {
      label: l10n.t("other LLVM"),
      icon: "warning",
      detail: l10n.t(
        "These stages were made by a different LLVM from the one that wrote the bitcode: text may match, but bytes and keys do not.",
      ),
    };
  },
};

/** How exact a run is that is shown as rustc recorded it. */
function recordDetail(state: RunViewState): string {
  switch (state) {
    case "running":
      return l10n.t("These are rustc's own decisions and stage files. The replay that verifies them is running.");
    case "cancelled":
      return l10n.t(
        "These are rustc's own decisions and stage files. Nothing verified them, because the replay was cancelled. Run it again to verify them.",
      );
    case "failed":
      return l10n.t(
        "These are rustc's own decisions and stage files. Nothing verified them, because the replay failed. Its error says what to do.",
      );
    case "died":
      return l10n.t(
        "These are rustc's own decisions and stage files. Nothing verified them, because the replay was interrupted. Run it again to verify them.",
      );
    case "done":
      return l10n.t("These are rustc's own decisions and stage files.");
  }
}

/** How exact what is shown of a run is, in words; null: the run has nothing to show. */
export function fidelityOf(run: Pick<RunView, "fidelity" | "verifiedCode" | "recorded" | "state">): FidelityWords | null {
  if (run.fidelity === "verified") {
    const { label, icon, detail } = FIDELITY.verified;
    return { label, icon, detail: `${detail} ${verifiedCodeWords(run.verifiedCode)}` };
  }
  if (run.fidelity !== null) return FIDELITY[run.fidelity];
  if (!run.recorded) return null;
  const running = run.state === "running";
  return {
    label: running ? l10n.t("rustc's own record, being verified") : l10n.t("rustc's own record, not verified"),
    icon: running ? "sync~spin" : "unverified",
    detail: recordDetail(run.state),
  };
}

/** What the verification of a run says of its machine code. */
export function verifiedCodeWords(code: VerifiedCode | undefined): string {
  if (code === undefined) return l10n.t("Objects were not compared; “LTO: Verify Against rustc” compares them too.");
  const objects =
    code.objects === 1
      ? l10n.t("The object is identical to rustc's.")
      : l10n.t("All {0} objects are identical to rustc's.", number(code.objects));
  const output = code.output ? l10n.t("The output is identical to the build's.") : l10n.t("The output was not compared.");
  return `${objects} ${output}`;
}

/** A reason for the column of reasons. */
export function reasonWords({ kind }: Reason): string {
  switch (kind) {
    case "key-equal":
      return l10n.t("key equal");
    case "both-keys-absent":
      return l10n.t("no keys");
    case "key-equal-but-not-cached":
      return l10n.t("key equal, not cached");
    case "key-equal-but-not-green":
      return l10n.t("key equal, re-compiled");
    case "key-changed":
      return l10n.t("key changed");
    case "new-module":
      return l10n.t("new module");
    case "no-previous-keys":
      return l10n.t("no previous keys");
    case "no-session":
      return l10n.t("no session");
    case "base-module":
      return l10n.t("base module");
    case "linked-into-base":
      return l10n.t("into the base");
    case "failed":
      return l10n.t("failed");
  }
}

/** A reason shortened to fit into a row; the filter matches this wording. */
const SHORT_REASONS: Readonly<Partial<Record<ReasonKind, string>>> = {
  "key-equal-but-not-cached": "not-cached",
  "key-equal-but-not-green": "not-green",
  "both-keys-absent": "keys-absent",
  "linked-into-base": "into-base",
};

/** "key-changed", "not-cached"; empty if the reason is unknown */
export function shortReason(kind: ReasonKind | undefined): string {
  return kind === undefined ? "" : (SHORT_REASONS[kind] ?? kind);
}
