/** The LLVM that ran, the fidelity of its results, and the differences from the user's build. */
import type { Fidelity, UnitSummary, UsedLlvm } from "../../protocol/runs.js";
import type { Deviation } from "../../protocol/units.js";
import type { Colors } from "../styles.js";

export function unitLine(unit: UnitSummary, colors: Colors): string {
  const parts = [unit.crateTypes.join(", "), unit.profile === "none" ? "" : `profile ${unit.profile}`, unit.mode].filter(
    (part) => part !== "",
  );
  return `${colors.bold(unit.name)}  ${parts.join(" · ")}  ${colors.dim(unit.id)}`;
}

export function llvmLines(llvm: UsedLlvm, fidelity: Fidelity | null, colors: Colors): string[] {
  const said = fidelity === null ? "" : `  fidelity: ${fidelity === "other LLVM" ? colors.yellow(fidelity) : fidelity}`;
  const lines = [`LLVM ${llvm.version}${said}`, colors.dim(`  ${llvm.path}`)];
  if (!llvm.matchesProducer) {
    lines.push(colors.yellow("  This is not the LLVM that wrote the bitcode: text may match, but bytes and keys do not."));
  }
  return lines;
}

export function deviationLines(deviations: readonly Deviation[], colors: Colors): string[] {
  if (deviations.length === 0) return ["Deviations from your build: none"];
  return [
    "Deviations from your build:",
    ...deviations.map(({ setting, build, used }) => `  ${colors.yellow(setting)}: your build ${shown(build)}, here ${shown(used)}`),
  ];
}

function shown(value: string): string {
  return value === "" ? "(none)" : value;
}

/** Crates that rustc leaves out of LTO. compiler_builtins is always one of them, and is not listed alone. */
export function outsideLines(crates: readonly string[]): string[] {
  return crates.every((crate) => crate === "compiler_builtins") ? [] : [`outside LTO, linked as they are: ${crates.join(", ")}`];
}

export function warningLines(warnings: readonly string[], colors: Colors): string[] {
  return warnings.map((warning) => `${colors.yellow("warning")}: ${warning}`);
}
