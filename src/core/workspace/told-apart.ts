/** What tells captures apart that would read alike in a list: they have the name, the profile and the LTO mode in common. */
import type { UnitManifest } from "../../protocol/units.js";

type Compared = Pick<UnitManifest, "id" | "name" | "profile" | "mode" | "toolchain" | "workspace" | "incremental" | "commandLine">;

/**
 * @returns for each unit that another reads like: what not all of these have, in words ("nightly 1.97.0", "incremental", "--cfg feature=\"fast\"").
 *   What Cargo and the capture add to every command line (hashes, folders) is left out.
 */
export function toldApart(units: readonly Compared[]): ReadonlyMap<string, readonly string[]> {
  const alike = new Map<string, Compared[]>();
  for (const unit of units) {
    const row = JSON.stringify([unit.name, unit.profile, unit.mode]);
    alike.set(row, [...(alike.get(row) ?? []), unit]);
  }
  const found = new Map<string, readonly string[]>();
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    const facts = group.map((unit) => factsOf(unit));
    group.forEach((unit, index) => {
      found.set(
        unit.id,
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

/** Options whose value is a word of its own. */
const WITH_VALUE: ReadonlySet<string> = new Set(["-C", "-Z", "--cfg", "--target"]);

/** Of another value in every build, or said otherwise above. */
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
