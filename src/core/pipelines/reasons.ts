/** Reasons in words. */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { Reason, ReasonKind } from "../../protocol/runs.js";

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
  return { kind: module.reason, detail: DETAILS[module.reason] };
}

export const FAILED_REASON: Reason = { kind: "failed", detail: DETAILS.failed };
