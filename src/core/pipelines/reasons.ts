/** Reasons in words, and the reason for a decision of which only the compiler's record is known. */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { Reason, ReasonKind, Verdict } from "../../protocol/runs.js";
import type { ModuleOrigin, RustcDecisions, UnitManifest } from "../../protocol/units.js";

const DETAILS: Readonly<Record<ReasonKind, string>> = {
  "key-equal": "rustc had this module in its incremental cache, and its key equals the previous session's.",
  "both-keys-absent": "rustc had this module in its incremental cache, and neither session has a key for it.",
  "key-equal-but-not-cached":
    "The key equals the previous session's, but rustc never caches upstream and allocator modules and compiles them every time.",
  "key-equal-but-not-green": "The key equals the previous session's, but rustc re-compiled the module, so nothing was cached to re-use.",
  "key-changed": "The key differs from the previous session's: the module, or something that it imports or exports, has changed.",
  "new-module": "The previous session did not have this module.",
  "no-previous-keys": "There is no previous session with keys to compare with.",
  "no-session": "The build is not incremental, so there is no cache to re-use anything from.",
  "base-module": "Fat LTO links all modules into one: the others are linked into this module.",
  "linked-into-base": "Fat LTO links all modules into one: this module became part of the base module.",
  failed: "The engine failed on this module.",
};

export function reasonFor(module: AnalyzedModule): Reason {
  return withDetail(module.reason);
}

export const FAILED_REASON: Reason = withDetail("failed");

/** What a build's record says of one module. */
export interface RecordedModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  /** rustc took it from its cache; null: not known. */
  readonly green: boolean | null;
}

/**
 * The reason for rustc's decision on a module, from what rustc itself recorded: the same rule as the engine's `decide` (addon/lto/rustc/thin_lto.cpp), which mirrors
 * `thin_lto` of rustc's back/lto.rs. null: the record does not say, or the decision that it contains is another one.
 */
export function recordedReason(
  module: RecordedModule,
  build: { readonly incremental: boolean; readonly decisions: RustcDecisions },
): Reason | null {
  const verdict: Verdict | undefined = build.decisions.verdicts[module.name];
  if (verdict === undefined) return null;
  const green = module.green ?? verdict === "re-used";
  const kind = build.incremental ? sessionReason({ ...module, green }, build.decisions) : "no-session";
  const reuses = kind === "key-equal" || kind === "both-keys-absent";
  return reuses === (verdict === "re-used") ? withDetail(kind) : null;
}

/** rustc's decision on a module and its reason; of fat LTO, which decides nothing, how rustc linked the module. null: not known. */
export function recordedDecision(
  { incremental, decisions }: Pick<UnitManifest, "incremental" | "decisions">,
  module: RecordedModule,
): { readonly verdict: Verdict | null; readonly reason: Reason | null } {
  const linked = decisions?.linked?.indexOf(module.name) ?? -1;
  if (linked >= 0) return { verdict: "linked", reason: linkedReason(linked === 0) };
  const verdict = decisions?.verdicts[module.name] ?? null;
  return { verdict, reason: decisions === null ? null : recordedReason(module, { incremental, decisions }) };
}

function sessionReason({ name, origin, green }: RecordedModule, { previousKeys, currentKeys }: RustcDecisions): ReasonKind {
  if (previousKeys === null) return "no-previous-keys";
  const [before, now] = [previousKeys[name], currentKeys[name]];
  if (before !== now) return before === undefined ? "new-module" : "key-changed";
  if (origin !== "local") return "key-equal-but-not-cached";
  if (green !== true) return "key-equal-but-not-green";
  return now === undefined ? "both-keys-absent" : "key-equal";
}

/** Reasons that need no analysis: fat LTO's modules, by rustc's own order of linking. */
function linkedReason(isBase: boolean): Reason {
  return withDetail(isBase ? "base-module" : "linked-into-base");
}

function withDetail(kind: ReasonKind): Reason {
  return { kind, detail: DETAILS[kind] };
}
