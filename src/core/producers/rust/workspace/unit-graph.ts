/**
 * What Cargo would build, with every profile's inheritance, overrides and configuration resolved: its unit graph. The option is unstable, so this
 * sets RUSTC_BOOTSTRAP; Cargo only prints the graph and builds nothing.
 *
 * Source: `src/cargo/core/compiler/unit_graph.rs` (cargo 1.95).
 */
import type { output } from "zod/mini";
import { messageOf } from "../../../base/errors.js";
import { cargoUnitGraph } from "../../../machine/cargo.js";
import { parseJson } from "../../../base/parse.js";
import { runProcess } from "../../../base/process.js";
import type { CargoProgram } from "../../../machine/programs.js";

export interface PlannedTarget {
  /** "bin", "cdylib", "example", "test", … */
  readonly kind: readonly string[];
  readonly crateTypes: readonly string[];
  readonly name: string;
  readonly srcPath: string;
  /** "build", "test", "check", … */
  readonly mode: string;
  readonly packageId: string;
  /** It was requested, and is not only a dependency. */
  readonly root: boolean;
  readonly profile: PlannedProfile;
}

export interface PlannedProfile {
  readonly name: string;
  readonly optLevel: string;
  /** As Cargo spells it: "false" (thin-local), "true" (fat), "thin", "fat", "off". */
  readonly lto: string;
  readonly incremental: boolean;
  /** null: the profile does not say. */
  readonly codegenUnits: number | null;
  /** As profiles spell it: "none", "line-directives-only", "line-tables-only", "limited", "full". */
  readonly debugInfo: string;
}

export type UnitGraph = { readonly targets: readonly PlannedTarget[] } | { readonly failure: string };

/**
 * Asks Cargo for the graph of a build.
 *
 * @param args the arguments after `cargo build`
 * @returns the graph, or Cargo's own error
 */
export async function unitGraph(folder: string, program: CargoProgram, args: readonly string[], signal?: AbortSignal): Promise<UnitGraph> {
  const result = await runProcess(program.cargo, ["build", "--unit-graph", "-Zunstable-options", ...args], {
    cwd: folder,
    env: { ...program.environment, RUSTC_BOOTSTRAP: "1", CARGO_TERM_COLOR: "never" },
    signal,
  });
  if (result.code !== 0) return { failure: result.stderr.trim() };
  try {
    return { targets: targetsOf(parseJson(cargoUnitGraph, result.stdout, { what: "The unit graph", file: folder, help: "" })) };
  } catch (error) {
    return { failure: `Cargo's unit graph could not be read. ${messageOf(error)}` };
  }
}

/** @param written a level or its name: Cargo writes either (`TomlDebugInfo` of `crates/cargo-util-schemas/src/manifest/mod.rs`) */
function debugInfoName(written: number | string): string {
  return typeof written === "string" ? written : (["none", "limited", "full"][written] ?? String(written));
}

function targetsOf(graph: output<typeof cargoUnitGraph>): PlannedTarget[] {
  const roots = new Set(graph.roots);
  return graph.units.map((unit, index) => ({
    kind: unit.target.kind,
    crateTypes: unit.target.crate_types,
    name: unit.target.name,
    srcPath: unit.target.src_path,
    mode: unit.mode,
    packageId: unit.pkg_id,
    root: roots.has(index),
    profile: {
      name: unit.profile.name,
      optLevel: unit.profile.opt_level,
      lto: unit.profile.lto,
      incremental: unit.profile.incremental,
      codegenUnits: unit.profile.codegen_units ?? null,
      debugInfo: debugInfoName(unit.profile.debuginfo ?? 0),
    },
  }));
}
