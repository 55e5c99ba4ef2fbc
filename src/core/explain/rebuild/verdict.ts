/** The verdict on one module: a word and a sentence. */
import type { ExplainKind } from "../../../protocol/explain.js";
import type { Pair, RawDifference } from "./compare.js";
import type { Root } from "./roots.js";

export const DETAILS: Readonly<Record<ExplainKind, string>> = {
  "key-equal": "rustc had it in its incremental cache, and its key is the previous session's.",
  "nothing-to-compare": "There is no earlier build of this unit to compare it with.",
  "new-module": "The earlier build did not have this module.",
  "gone-module": "The earlier build had this module, and this one does not.",
  "llvm-changed": "Another LLVM or rustc compiled it, and rustc re-uses no output of another compiler.",
  "settings-changed": "Build settings changed; rustc starts a new cache for other settings.",
  "own-code-changed": "Its own bitcode changed.",
  "imports-changed": "What it imports changed, or a module that it imports from changed: its key contains the hashes of those modules.",
  "exports-changed": "Other modules import other things from it now.",
  "liveness-changed": "One of its symbols became used or unused because of other modules.",
  "linkage-changed": "The linkage of one of its symbols was resolved differently because of other modules.",
  "visibility-changed": "The visibility of one of its symbols was resolved differently because of other modules.",
  "flags-changed":
    "What LLVM knows about one of its symbols (read-only, write-only, auto-hide, dso_local) changed because of other modules.",
  "key-equal-but-not-cached":
    "Its key is as before, but upstream and allocator modules are never in rustc's cache: they are compiled every time.",
  "key-equal-but-not-green": "Its key is as before, but rustc's front end re-compiled the module, so there was no output to re-use.",
  "output-missing": "Its key is as before, but the incremental session with its output is gone.",
  "other-build-between": "Its key equals that of the build compared here, but rustc compared it with another build in between.",
  "not-incremental": "The build is not incremental: there is no cache to re-use anything from.",
  "not-available": "No explanation is available for this LLVM: it builds its keys from other parts than this version knows.",
};

/** Facts about the whole comparison. */
export interface Whole {
  readonly roots: readonly Root[];
  /** LLVM or settings changed, which explains everything. */
  readonly everything: Root | undefined;
  /** rustc had no keys of a previous session. */
  readonly sessionGone: boolean;
}

/** @param differences of its symbols, most relevant first */
export function kindOf(pair: Pair, differences: readonly RawDifference[], { everything, sessionGone }: Whole): ExplainKind {
  const { before, after } = pair;
  if (after === undefined) return "gone-module";
  const { verdict, reason, origin } = after.stored;
  if (verdict === "re-used") return "key-equal";
  const cacheable = origin === "local";
  if (everything !== undefined && (pair.keysDiffer || cacheable)) {
    return everything.kind === "llvm-changed" ? "llvm-changed" : "settings-changed";
  }
  if (before === undefined) return "new-module";
  if (!after.stored.exact || !before.stored.exact) {
    return pair.keysDiffer && !pair.own ? "not-available" : equalOrOwn(pair, cacheable, sessionGone, reason);
  }
  if (!pair.keysDiffer) return equalOrOwn(pair, cacheable, sessionGone, reason);
  return pair.own ? "own-code-changed" : changedElsewhere(differences);
}

function equalOrOwn(pair: Pair, cacheable: boolean, sessionGone: boolean, reason: string): ExplainKind {
  if (pair.keysDiffer) return "own-code-changed";
  if (!cacheable) return "key-equal-but-not-cached";
  if (sessionGone) return "output-missing";
  if (reason === "no-session") return "not-incremental";
  return reason === "key-equal-but-not-green" ? "key-equal-but-not-green" : "other-build-between";
}

function changedElsewhere(differences: readonly RawDifference[]): ExplainKind {
  switch (differences[0]?.what) {
    case "import":
      return "imports-changed";
    case "export":
      return "exports-changed";
    case "liveness":
      return "liveness-changed";
    case "linkage":
      return "linkage-changed";
    case "visibility":
      return "visibility-changed";
    default:
      return "flags-changed";
  }
}
