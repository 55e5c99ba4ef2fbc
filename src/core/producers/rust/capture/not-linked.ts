/**
 * Builds that fail during or after LTO: rustc had written its stages before the linker (or LTO itself) failed. Cargo names no artifact for such a
 * crate, so the artifact is derived from rustc's own command line and Cargo's plan.
 */
import path from "node:path";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import { pipelineOf } from "../../../../protocol/pipelines.js";
import { stageShort } from "../../../../protocol/stages.js";
import type { UnitManifest, UpstreamArchive } from "../../../../protocol/units.js";
import { multiplyDefined } from "../../../engine/llvm-said.js";
import { LIMITS, readTextFile } from "../../../base/read-file.js";
import type { Artifact } from "./cargo-build.js";
import type { Prepared } from "./prepare.js";
import { recordOf, type FoundRecord } from "./records.js";
import { parseRustcLog } from "../../../pipelines/rustc-log.js";
import { LOG_FILE } from "../../../store/captured-files.js";

/** Whether a failed run of rustc had begun its LTO: then it left something to inspect. */
export async function beganLto({ folder }: FoundRecord): Promise<boolean> {
  const log = parseRustcLog(await readTextFile(path.join(folder, LOG_FILE), LIMITS.log));
  return log !== null && log.localModules.length + log.upstreamOrCachedModules.length + log.linked.length + log.addedBitcode.length > 0;
}

/** The artifact that Cargo would have named if the run had succeeded; undefined: no target of the workspace is compiled like this. */
export function artifactWanted({ planned, workspace }: Prepared, found: FoundRecord): Artifact | undefined {
  const rest = { filenames: [], executable: null, fresh: false };
  const fromPlan = (planned ?? [])
    .filter(({ root }) => root)
    .map(({ packageId, name, kind, crateTypes, srcPath, mode }) => ({
      packageId,
      name,
      kind,
      crateTypes,
      srcPath,
      test: mode === "test",
      ...rest,
    }));
  const fromWorkspace = workspace.packages.flatMap(({ id, targets }) =>
    targets.map(({ name, kind, crateTypes, srcPath }) => ({
      packageId: id,
      name,
      kind,
      crateTypes,
      srcPath,
      test: found.args.isTest,
      ...rest,
    })),
  );
  const candidates = fromPlan.length > 0 ? fromPlan : fromWorkspace;
  return candidates.find((artifact) => recordOf(artifact, [found]) !== undefined);
}

/** The most linker errors to repeat. */
const REPEATED = 3;

/** @param unit the unit's id, for commands in the help */
export function notLinkedBecause(
  { problems: _, ...failure }: LtoErrorReport,
  unit: Pick<UnitManifest, "id" | "name" | "mode">,
): LtoErrorReport {
  const lines = (failure.output ?? "").split("\n").map((line) => line.trim());
  const first = lines.find((line) => line.startsWith("error"));
  const complaints = [...new Set(lines.flatMap((line) => complaintOf(line) ?? []))];
  const more = complaints.length > REPEATED ? ` and ${complaints.length - REPEATED} more` : "";
  const said = [...(first === undefined ? [] : [first]), ...complaints.slice(0, REPEATED)].join("; ") + more;
  const missed = lines.flatMap((line) => UNDEFINED.exec(line)?.[1]?.replace(/::h[0-9a-f]{16}$/, "") ?? []);
  // If a crate is outside LTO, many of the standard library's symbols are missing; those of the user's crates say more.
  const symbol = missed.find((name) => !/^<?(?:__rustc|alloc|core|std)::/.test(name)) ?? missed[0];
  const stage = stageShort(pipelineOf(unit.mode).internalized);
  const twice = multiplyDefined(failure.output ?? "");
  return {
    ...failure,
    message: `${unit.name} was not linked: its build failed during or after LTO${said === "" ? "" : ` (${said})`}.`,
    help:
      twice !== undefined
        ? `Rename one of the two definitions of ${twice.symbol}: \`lto-inspector fat ${unit.id}\` names both modules.`
        : `Find the stage that removed the symbol: \`lto-inspector find ${unit.id} ${symbol === undefined ? "SYMBOL" : shellWord(symbol)} --stage ${stage}\`.`,
  };
}

/**
 * For a build that failed because a crate has no bitcode: rustc names neither crate nor file, but its log ends with the member at which it stopped
 * (`each_linked_rlib_for_lto` and `prepare_lto`, rustc 1.95).
 *
 * @param upstream with the files that the build read as `source`
 * @returns undefined if the build failed for another reason
 */
export function withoutBitcode(
  { notLinked }: { readonly notLinked?: LtoErrorReport | undefined },
  upstream: readonly UpstreamArchive[],
  added: readonly string[],
): LtoErrorReport | undefined {
  const member = added.at(-1);
  const lacking = notLinked?.output?.includes(NO_BITCODE) === true;
  if (member === undefined || !lacking) return undefined;
  const archive = upstream.find(({ members }) => members?.includes(member) === true);
  if (archive === undefined) return undefined;
  return {
    name: "NoBitcode",
    message: `LTO needs the bitcode of every crate, but ${archive.source} was built without it (member ${member}).`,
    file: archive.source,
    help: `Build ${archive.crate} with \`-C embed-bitcode=yes\`, then capture again.`,
  };
}

/** `LtoBitcodeFromRlib` (`compiler/rustc_codegen_llvm/messages.ftl`, rustc 1.95). */
const NO_BITCODE = "failed to get bitcode from object file for LTO";

/** GNU ld, gold, lld and mold. */
const UNDEFINED = /undefined (?:symbol: |reference to [`'])([^'\n]+)/;
const COMPLAINT =
  /(?:Linking globals named '[^']*': symbol multiply defined|undefined (?:symbol|reference)|duplicate symbol|multiple definition|multiply defined).*/;

function complaintOf(line: string): string | undefined {
  return COMPLAINT.exec(line)?.[0];
}

function shellWord(word: string): string {
  return /^[\w:.$-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
