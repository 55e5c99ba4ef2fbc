/** Names of units and target directories: the same for every capture of a build, different for different builds. */
import { createHash } from "node:crypto";
import { VARIANT } from "../../../../protocol/refs.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { Toolchain } from "../../../../protocol/units.js";

/** What identifies a unit. */
export interface UnitIdentity {
  readonly workspace: string;
  readonly packageName: string;
  readonly crateName: string;
  /** Cargo's target kind: "bin", "example", "test", "bench", "cdylib", … */
  readonly kind: string;
  readonly targetName: string;
  /** A unit test of a library or a program (`--test` over its own source). */
  readonly unitTest: boolean;
  readonly profile: string;
  readonly toolchain: Toolchain;
  readonly target: string | null;
  /** Cargo's feature options, as given. */
  readonly features: readonly string[];
  /** Flags for rustc (RUSTFLAGS and its like), and what else overrides the profile. */
  readonly flags: readonly string[];
  /** Set only if an option overrides the profile. */
  readonly lto: LtoMode | undefined;
  readonly incremental: boolean | undefined;
  readonly lineTables: boolean;
  /** Built by `advise`, with other settings than the user's. */
  readonly variant: boolean;
}

/** The first eight hex digits of a digest of words. */
export function shortHash(words: readonly (string | null)[], digits = 8): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, digits);
}

/** `<crate name>-<target kind>-<8 hex>`, and "-variant" for one with other settings than the user's */
export function unitId(identity: UnitIdentity): string {
  const {
    workspace,
    packageName,
    crateName,
    kind,
    targetName,
    unitTest,
    profile,
    toolchain,
    target,
    features,
    flags,
    lto,
    incremental,
    lineTables,
    variant,
  } = identity;
  const label = unitTest ? "test" : kind;
  const digest = shortHash([
    ...[workspace, packageName, kind, targetName, unitTest ? "unit-test" : "", profile],
    ...[toolchain.release, toolchain.commitHash, target, lto ?? null, incremental === undefined ? null : String(incremental)],
    ...features,
    ...(flags.length === 0 ? [] : ["rustflags", ...flags]),
    ...(lineTables ? ["line-tables"] : []),
  ]);
  return `${crateName}-${label}-${digest}${variant ? VARIANT : ""}`;
}

/** "demo-cli (bin)", "text-core (unit test of lib)" */
export function unitName(identity: UnitIdentity): string {
  return `${identity.targetName} (${identity.unitTest ? `unit tests of the ${identity.kind}` : identity.kind})`;
}

/** The kind in a unit's name; Cargo lists several kinds for a library with several crate types. */
export function mainKind(kinds: readonly string[]): string {
  const final = kinds.find((kind) => kind === "cdylib" || kind === "staticlib" || kind === "dylib");
  return final ?? kinds[0] ?? "bin";
}

/** The name of the target directory that all captures of a workspace with one toolchain share; variants have one of their own. */
export function targetHash(workspace: string, toolchain: Toolchain, variant = false): string {
  return shortHash([workspace, toolchain.release, toolchain.commitHash, ...(variant ? ["variants"] : [])], 16);
}
