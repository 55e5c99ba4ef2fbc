/** Words and numbers as people read them; the same in trees, tooltips, status bar and quick picks. */
import type { Fidelity, ReasonKind } from "../protocol/runs.js";
import type { LtoMode } from "../protocol/stages.js";
import type { ModuleRow, RunView, UnitView, WorkTime } from "../protocol/views.js";

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "12.3 kB"; empty where no size is known */
export function bytes(count: number | null): string {
  if (count === null) return "";
  let [value, unit] = [count, 0];
  // From here on three digits would be written with an exponent.
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toPrecision(3)} ${UNITS[unit] ?? "B"}`;
}

/** "35 ms", "2.1 s", "1 min 5 s"; empty where no time is known */
export function duration(millis: number | null): string {
  if (millis === null) return "";
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  return `${Math.floor(millis / 60_000)} min ${Math.round((millis % 60_000) / 1000)} s`;
}

/** "35 ms", "35 ms · 12 kept", "12 kept", nothing where no stage was made: what an earlier run spent on what was kept is none of this run's time. */
export function workTime({ millis, kept }: WorkTime): string {
  return [millis === 0 ? "" : duration(millis), kept > 0 ? `${kept.toLocaleString("en")} kept` : ""]
    .filter((part) => part !== "")
    .join(" · ");
}

/** "35 ms", "kept, 35 ms" */
export function moduleTime({ millis, fromStore }: Pick<ModuleRow, "millis" | "fromStore">): string {
  return fromStore ? `kept, ${duration(millis)}` : duration(millis);
}

/** "made by this run in 35 ms", "kept from an earlier run, which made them in 35 ms" */
export function moduleTimeWords({ millis, fromStore }: Pick<ModuleRow, "millis" | "fromStore">): string {
  return fromStore ? `kept from an earlier run, which made them in ${duration(millis)}` : `made by this run in ${duration(millis)}`;
}

export { counted } from "../protocol/counted.js";

/** "1,204 → 980 (−224)" */
export function change(before: number, after: number): string {
  const delta = after - before;
  const sign = delta > 0 ? "+" : delta < 0 ? "−" : "±";
  return `${before.toLocaleString("en")} → ${after.toLocaleString("en")} (${sign}${Math.abs(delta).toLocaleString("en")})`;
}

/** What can be relied on, in words and with a sign of its own. */
export const FIDELITY: Readonly<Record<Fidelity, { readonly label: string; readonly icon: string; readonly detail: string }>> = {
  verified: {
    label: "verified",
    icon: "verified-filled",
    detail: "Every stage, key and decision was compared with rustc's own files, and nothing differs.",
  },
  "same LLVM, not verified": {
    label: "same LLVM, not verified",
    icon: "unverified",
    detail: "The LLVM that wrote the bitcode made these stages. Run “LTO: Verify Against rustc” to compare them with rustc's own.",
  },
  "other LLVM": {
    label: "other LLVM",
    icon: "warning",
    detail: "Another LLVM than the one that wrote the bitcode made these stages: text may match, bytes and keys will not.",
  },
};

/** What is run, as the commands call it. Thin-local LTO is thin LTO over fewer modules. */
export function ltoName(mode: LtoMode | null): string {
  return mode === "fat" ? "Fat LTO" : "Thin LTO";
}

/** "textstats-bin · release · thin" */
export function unitLine(unit: Pick<UnitView, "profile" | "mode" | "incremental">): string {
  return [unit.profile, unit.mode, ...(unit.incremental ? ["incremental"] : [])].join(" · ");
}

/** "LTO 29 re-used · 55 re-compiled", "Fat LTO 84 linked" */
export function statusLine(run: RunView): string {
  return `${run.unit.mode === "fat" ? ltoName("fat") : "LTO"} ${countsLine(run)}`;
}

/** "29 re-used · 55 re-compiled"; of fat LTO "84 linked" */
export function countsLine(run: RunView): string {
  const { modules, reused, recompiled, failed } = run.counts;
  const done = run.unit.mode === "fat" ? [`${modules - failed} linked`] : [`${reused} re-used`, `${recompiled} re-compiled`];
  return [...done, ...(failed > 0 ? [`${failed} failed`] : [])].join(" · ");
}

/** The part of a reason that tells it from the others, short enough for a row; the filter finds it as it is written here. */
const SHORT_REASONS: Readonly<Partial<Record<ReasonKind, string>>> = {
  "key-equal-but-not-cached": "not-cached",
  "key-equal-but-not-green": "not-green",
  "both-keys-absent": "keys-absent",
  "linked-into-base": "into-base",
};

/** "key-changed", "not-cached"; empty where no reason is known */
export function shortReason(kind: ReasonKind | undefined): string {
  return kind === undefined ? "" : (SHORT_REASONS[kind] ?? kind);
}

/** "Nov 22, 18:53" */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString("en", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
}
