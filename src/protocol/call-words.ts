/** Import and inline decisions in words, the same on all surfaces. */
import type { CallPlace, CallRow, ImportReason, ImportRow } from "./calls.js";
import { instructionCount } from "./counts.js";
import * as l10n from "./l10n.js";
import { shortModuleName } from "./module-names.js";
import { number } from "./words.js";

/** "100 → 70 → 49" */
function limitsOf({ chain }: ImportRow): string {
  return chain.map(({ limit }) => number(limit)).join(" → ");
}

/** "a → b": the functions over which a symbol is reached, the module's own first. */
function wayTo({ chain }: ImportRow): string {
  return chain.map(({ caller }) => `\`${caller}\``).join(" → ");
}

function overLimit(row: ImportRow): string {
  const { size, threshold, level, chain } = row;
  const instructions = size === null ? l10n.t("it is too large") : instructionCount(size);
  const limit = number(threshold ?? 0);
  const reason =
    level === null || level === 0
      ? l10n.t("{0}, the limit is {1}", instructions, limit)
      : l10n.t("{0}, the limit at level {1} is {2} ({3}) via {4}", instructions, level, limit, limitsOf(row), wayTo(row));
  const profile = chain.some(({ hotness }) => hotness === "hot" || hotness === "critical" || hotness === "cold");
  return profile ? l10n.t("{0}; the profile says that the call is {1}", reason, chain.at(-1)?.hotness ?? "unknown") : reason;
}

function refusedBecause(reason: ImportReason): string {
  switch (reason) {
    case "no-inline":
      return l10n.t("it is marked noinline, as `#[inline(never)]` does, and LLVM does not import what it cannot inline");
    case "no-bitcode":
      return l10n.t("no module of this LTO has bitcode of it");
    case "interposable":
      return l10n.t("the linker may replace it by another definition");
    case "local-elsewhere":
      return l10n.t("it is local to a module, and several modules have a local function of this name");
    case "not-live":
      return l10n.t("nothing needs it");
    case "not-eligible":
      return l10n.t("it refers to something that only its own module can see");
    case "variable":
      return l10n.t("it is a variable");
    default:
      return reason;
  }
}

/** Why a symbol is imported or not: a clause. */
export function importReason(row: ImportRow): string {
  const { reason, size, threshold } = row;
  if (reason === "too-large") return overLimit(row);
  if (reason === "within-limit") return l10n.t("{0} of at most {1}", instructionCount(size ?? 0), number(threshold ?? 0));
  if (reason === "always-inline") {
    return l10n.t("{0}, imported whatever its size because of `#[inline(always)]`", instructionCount(size ?? 0));
  }
  if (reason === "referenced") return l10n.t("a variable that the module's code refers to");
  return refusedBecause(reason);
}

/** "`a::f` was not imported into `app::run`'s unit: …" */
export function importSentence(row: ImportRow): string {
  const { callee, importer, from, verdict } = row;
  if (verdict === "imported") {
    const [into, origin] = [shortModuleName(importer), shortModuleName(from ?? "")];
    return l10n.t("`{0}` was imported into {1} from {2}: {3}", callee, into, origin, importReason(row));
  }
  return l10n.t("`{0}` was not imported into {1}: {2}", callee, intoUnit(row), importReason(row));
}

/** The importing module, by the function that calls from it. */
function intoUnit({ importer, chain }: ImportRow): string {
  const caller = chain[0]?.caller;
  return caller === undefined ? shortModuleName(importer) : l10n.t("`{0}`'s unit ({1})", caller, shortModuleName(importer));
}

/** What stands for a remark where LLVM has none. */
const WITHOUT_REMARK: readonly string[] = ["Indirect", "NoDefinition", "NoRemark"];

function remarkWords(remark: string): string {
  switch (remark) {
    case "Indirect":
      return l10n.t("it goes through a pointer, so the callee is not known");
    case "NoDefinition":
      return l10n.t("its unit has no definition of the callee");
    case "NoRemark":
      return l10n.t("LLVM does not say why");
    default:
      return remark;
  }
}

/** LLVM's words in ours, where these say more. */
function reasonWords(reason: string): string {
  switch (reason) {
    case "noinline function attribute":
      return l10n.t("the callee is marked noinline (`#[inline(never)]`)");
    case "conflicting attributes":
      return l10n.t("caller and callee have conflicting attributes, such as target features");
    case "always inline attribute":
      return "`#[inline(always)]`";
    case "noinline call site attribute":
      return l10n.t("the call is marked noinline");
    default:
      return reason;
  }
}

/** Whether the inliner itself said something about a call. */
export function hasRemark({ remark }: Pick<CallRow, "remark">): boolean {
  return !WITHOUT_REMARK.includes(remark);
}

/** Why a call is inlined or not: a clause. */
export function inlineReason(row: CallRow): string {
  const { verdict, cost, threshold, remark, reason } = row;
  const words = reasonWords(reason);
  if (cost === null || threshold === null) return words === "" ? remarkWords(remark) : words;
  const compared = costWords({ ...row, cost, threshold });
  return words === "" || verdict === "inlined" ? compared : `${compared}: ${words}`;
}

function costWords({ verdict, cost, costIsLeast, threshold }: CallRow & { readonly cost: number; readonly threshold: number }): string {
  const [ours, limit] = [number(cost), number(threshold)];
  if (verdict === "inlined" || cost < threshold) return l10n.t("cost {0}, threshold {1}", ours, limit);
  // LLVM inlines what costs less than the threshold.
  if (cost === threshold) return l10n.t("cost {0} is not below threshold {1}", ours, limit);
  if (costIsLeast) return l10n.t("cost of at least {0} > threshold {1}", ours, limit);
  return l10n.t("cost {0} > threshold {1} (by {2})", ours, limit, number(cost - threshold));
}

/** In short: "cost 785 > 250", or the reason where LLVM decided without them. */
export function inlineNumbers(row: CallRow): string {
  const { cost, costIsLeast, threshold } = row;
  if (cost === null || threshold === null) return inlineReason(row);
  const sign = cost > threshold ? ">" : costIsLeast ? "≥" : cost === threshold ? "=" : "<";
  return l10n.t("cost {0}", `${number(cost)} ${sign} ${number(threshold)}`);
}

/** "at src/main.rs:12:5", "in call 3 of `app::run`", or "". */
export function placeText({ at, ordinal }: Pick<CallRow, "at" | "ordinal">): string {
  if (at !== null) return l10n.t("at {0}", `${at.file}:${at.line}${at.column === 0 ? "" : `:${at.column}`}`);
  return ordinal === null ? "" : l10n.t("in call {0} of `{1}`", number(ordinal.call), ordinal.function);
}

/** "src/main.rs:12:5", "call 3 of `app::run`" */
export function possiblePlace({ function: name, at, ordinal }: CallPlace): string {
  if (at !== null) return `${at.file}:${at.line}${at.column === 0 ? "" : `:${at.column}`}`;
  return l10n.t("call {0} of `{1}`", number(ordinal ?? 0), name);
}

/** The most calls in a sentence. */
const MOST_MERGED = 5;

/** " The passes made it of several calls: src/main.rs:12:5, src/main.rs:14:5."; empty: it is one call. */
export function mergedSentence({ oneOf }: Pick<CallRow, "oneOf">): string {
  if (oneOf.length === 0) return "";
  const places = oneOf.slice(0, MOST_MERGED).map(possiblePlace).join(", ");
  const more = oneOf.length - MOST_MERGED;
  const text =
    more > 0
      ? l10n.t("The passes made it of several calls: {0} and {1} more.", places, number(more))
      : l10n.t("The passes made it of several calls: {0}.", places);
  return ` ${text}`;
}

/** "not inlined at src/main.rs:12:5: cost 265 > threshold 225 (by 40)" */
export function inlineSentence(row: CallRow): string {
  const place = placeText(row);
  const verdict = row.verdict === "inlined" ? l10n.t("inlined") : l10n.t("not inlined");
  const what = place === "" ? verdict : `${verdict} ${place}`;
  const copies = row.times > 1 ? l10n.t("{0} ({1} copies)", what, number(row.times)) : what;
  return l10n.t("{0}: {1}", copies, inlineReason(row));
}
