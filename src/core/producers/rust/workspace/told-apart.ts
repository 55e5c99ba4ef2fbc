/** Distinguishes units that would look alike in a list, because name, profile and LTO mode are the same. */
import path from "node:path";
import type { FoundUnit } from "../../../../protocol/discovery.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { UnitManifest } from "../../../../protocol/units.js";

type Compared = Pick<UnitManifest, "id" | "name" | "profile" | "mode" | "toolchain" | "workspace" | "incremental" | "commandLine">;

/**
 * @returns for each such unit, the facts that not all of them share, in words ("nightly 1.97.0", "incremental", "--cfg feature=\"fast\""). Leaves
 * out what Cargo and the capture add to every command line (hashes, folders).
 */
export function toldApart(units: readonly Compared[]): ReadonlyMap<string, readonly string[]> {
  return new Map([...differing(units, factsOf)].map(([unit, facts]) => [unit.id, facts]));
}

/**
 * Like `toldApart`, for what builds left: for units of one kind that would look alike, names the parts of the path that differ (the target's
 * folder, the crate's hash), and the time of writing.
 */
export function leftoversToldApart(units: readonly FoundUnit[]): FoundUnit[] {
  const apart = differing(units, ({ path: file }) => file.split(path.sep));
  return units.map((unit) => {
    const facts = apart.get(unit);
    const { toldApart: known, ...rest } = unit;
    return facts === undefined ? rest : { ...rest, toldApart: [...(known ?? []), ...facts, unit.modifiedAt] };
  });
}

interface Row {
  readonly name: string;
  readonly profile: string | null;
  readonly mode: LtoMode | null;
}

/** For each unit that looks like another one: its facts that not all of these units share. */
function differing<Unit extends Row>(units: readonly Unit[], factsOf: (unit: Unit) => readonly string[]): Map<Unit, readonly string[]> {
  const alike = new Map<string, Unit[]>();
  for (const unit of units) {
    const row = JSON.stringify([unit.name, unit.profile, unit.mode]);
    alike.set(row, [...(alike.get(row) ?? []), unit]);
  }
  const found = new Map<Unit, readonly string[]>();
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    const facts = group.map((unit) => factsOf(unit));
    group.forEach((unit, index) => {
      found.set(
        unit,
        (facts[index] ?? []).filter((fact) => !facts.every((others) => others.includes(fact))),
      );
    });
  }
  return found;
}

function factsOf({ toolchain, workspace, incremental, commandLine }: Compared): string[] {
  return [
    `rustc ${toolchain.release}`,
    incremental ? "incremental" : "not incremental",
    `in ${workspace}`,
    ...[...new Set(optionsOf(commandLine))],
  ];
}

/** Options whose value is a separate word. */
const WITH_VALUE: ReadonlySet<string> = new Set(["-C", "-Z", "--cfg", "--target"]);

/** Options that differ in every build, or that are covered above. */
const OWN_TO_EACH = /^(?:metadata|extra-filename|incremental|save-temps|linker|link-arg|link-args|embed-bitcode|strip|debuginfo=0)\b/;

function optionsOf(commandLine: readonly string[]): string[] {
  const options: string[] = [];
  for (let at = 0; at < commandLine.length; at += 1) {
    const word = commandLine[at] ?? "";
    const joined = /^(?<name>-C|-Z)(?<value>\S.*)$/.exec(word)?.groups;
    const name = joined?.["name"] ?? word;
    if (!WITH_VALUE.has(name)) continue;
    const value = joined?.["value"] ?? commandLine[(at += 1)] ?? "";
    if (!OWN_TO_EACH.test(value)) options.push(`${name} ${value}`);
  }
  return options;
}
