/** Changes that concern every module: another LLVM or rustc, other settings. */
import type { Difference } from "../../../protocol/explain.js";
import type { UnitKeys } from "../../../protocol/keys.js";
import type { Root } from "./roots.js";
import { andMore, quoted } from "./titles.js";

/** @returns undefined when the same compiler made both builds with the same settings */
export function wholeChange(before: UnitKeys, after: UnitKeys): Root | undefined {
  const compiler = compilerChanges(before, after);
  if (compiler.length > 0) return rootOf("llvm-changed", compiler.map(words).join(", "), compiler);
  const settings = settingChanges(before.settings, after.settings);
  if (settings.length === 0) return undefined;
  return rootOf(
    "settings-changed",
    settings.map(({ name, before: old, after: now }) => `${quoted(name)} changed from ${shown(old)} to ${shown(now)}`).join(", "),
    settings,
  );
}

function rootOf(kind: "llvm-changed" | "settings-changed", title: string, changes: readonly Difference[]): Root {
  const brief = andMore(changes.map(({ name, before, after }) => `${name} ${shown(before)} → ${shown(after)}`));
  return { id: kind, kind, title, brief, crates: [], changes, modules: [] };
}

function compilerChanges({ llvm: old, release: oldRelease }: UnitKeys, { llvm: now, release }: UnitKeys): Difference[] {
  const changed: Difference[] = [];
  const add = (what: "llvm" | "rustc", name: string, left: string, right: string): void => {
    if (left !== right) changed.push({ what, change: "changed", name, before: left, after: right });
  };
  add("llvm", "LLVM", old.version, now.version);
  if (old.version === now.version) add("llvm", "LLVM's revision", old.revision, now.revision);
  add("rustc", "rustc", oldRelease ?? "", release ?? "");
  return changed;
}

function words({ name, before, after }: Difference): string {
  return `${name} ${shown(before)} became ${shown(after)}`;
}

function settingChanges(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name): Difference[] => {
    const [left, right] = [before[name] ?? "", after[name] ?? ""];
    return left === right ? [] : [{ what: "setting", change: "changed", name, before: left, after: right }];
  });
}

function shown(value: string | undefined): string {
  return value === undefined || value === "" ? "(default)" : value;
}
