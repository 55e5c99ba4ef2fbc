/** Import and inline decisions in words, the same on all surfaces. */
import type { CallRow, ImportReason, ImportRow } from "./calls.js";
import { shortModuleName } from "./module-names.js";
import { counted, number } from "./words.js";

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
  const instructions = size === null ? "it is too large" : counted(size, "instruction");
  const profile = chain.some(({ hotness }) => hotness === "hot" || hotness === "critical" || hotness === "cold");
  const measured = profile ? `; the profile says that the call is ${chain.at(-1)?.hotness ?? "unknown"}` : "";
  if (level === null || level === 0) return `${instructions}, the limit is ${number(threshold ?? 0)}${measured}`;
  return `${instructions}, the limit at level ${level} is ${number(threshold ?? 0)} (${limitsOf(row)}) via ${wayTo(row)}${measured}`;
}

const REFUSED: Readonly<Partial<Record<ImportReason, string>>> = {
  "no-inline": "it is marked noinline, as `#[inline(never)]` does, and LLVM does not import what it cannot inline",
  "no-bitcode": "no module of this LTO has bitcode of it",
  interposable: "the linker may replace it by another definition",
  "local-elsewhere": "it is local to a module, and several modules have a local function of this name",
  "not-live": "nothing needs it",
  "not-eligible": "it refers to something that only its own module can see",
  variable: "it is a variable",
};

/** Why a symbol is imported or not: a clause. */
export function importReason(row: ImportRow): string {
  const { reason, size, threshold } = row;
  if (reason === "too-large") return overLimit(row);
  if (reason === "within-limit") return `${counted(size ?? 0, "instruction")} of at most ${number(threshold ?? 0)}`;
  if (reason === "always-inline") {
    return `${counted(size ?? 0, "instruction")}, imported whatever its size because of \`#[inline(always)]\``;
  }
  if (reason === "referenced") return "a variable that the module's code refers to";
  return REFUSED[reason] ?? reason;
}

/** "`a::f` was not imported into `app::run`'s unit: …" */
export function importSentence(row: ImportRow): string {
  const { callee, importer, from, verdict } = row;
  const where =
    verdict === "imported"
      ? `was imported into ${shortModuleName(importer)} from ${shortModuleName(from ?? "")}`
      : `was not imported into ${into(row)}`;
  return `\`${callee}\` ${where}: ${importReason(row)}`;
}

/** The importing module, by the function that calls from it. */
function into({ importer, chain }: ImportRow): string {
  const caller = chain[0]?.caller;
  return caller === undefined ? shortModuleName(importer) : `\`${caller}\`'s unit (${shortModuleName(importer)})`;
}

/** What stands for a remark where LLVM has none. */
const REMARKS: Readonly<Record<string, string>> = {
  Indirect: "it goes through a pointer, so the callee is not known",
  NoDefinition: "its unit has no definition of the callee",
  NoRemark: "LLVM does not say why",
};

const REASONS: Readonly<Record<string, string>> = {
  "noinline function attribute": "the callee is marked noinline (`#[inline(never)]`)",
  "conflicting attributes": "caller and callee have conflicting attributes, such as target features",
  "always inline attribute": "`#[inline(always)]`",
  "noinline call site attribute": "the call is marked noinline",
};

/** Whether the inliner itself said something about a call. */
export function hasRemark({ remark }: Pick<CallRow, "remark">): boolean {
  return !Object.hasOwn(REMARKS, remark);
}

/** Why a call is inlined or not: a clause. */
export function inlineReason({ verdict, cost, costIsLeast, threshold, remark, reason }: CallRow): string {
  const words = reason === "" ? "" : (REASONS[reason] ?? reason);
  if (cost !== null && threshold !== null) {
    if (verdict === "inlined") return `cost ${number(cost)}, threshold ${number(threshold)}`;
    const why = words === "" ? "" : `: ${words}`;
    if (cost < threshold) return `cost ${number(cost)}, threshold ${number(threshold)}${why}`;
    // LLVM inlines what costs less than the threshold.
    if (cost === threshold) return `cost ${number(cost)} is not below threshold ${number(threshold)}${why}`;
    if (costIsLeast) return `cost of at least ${number(cost)} > threshold ${number(threshold)}${why}`;
    return `cost ${number(cost)} > threshold ${number(threshold)} (by ${number(cost - threshold)})${why}`;
  }
  return words === "" ? (REMARKS[remark] ?? remark) : words;
}

/** In short: "cost 785 > 250", or the reason where LLVM decided without them. */
export function inlineNumbers(row: CallRow): string {
  const { cost, costIsLeast, threshold } = row;
  if (cost === null || threshold === null) return inlineReason(row);
  return `cost ${number(cost)} ${cost > threshold ? ">" : costIsLeast ? "≥" : cost === threshold ? "=" : "<"} ${number(threshold)}`;
}

/** "at src/main.rs:12:5", "in call 3 of `app::run`", or "". */
export function placeText({ at, ordinal }: Pick<CallRow, "at" | "ordinal">): string {
  if (at !== null) return `at ${at.file}:${at.line}${at.column === 0 ? "" : `:${at.column}`}`;
  return ordinal === null ? "" : `in call ${number(ordinal.call)} of \`${ordinal.function}\``;
}

/** "not inlined at src/main.rs:12:5: cost 265 > threshold 225 (by 40)" */
export function inlineSentence(row: CallRow): string {
  const place = placeText(row);
  const copies = row.times > 1 ? ` (${number(row.times)} copies)` : "";
  return `${row.verdict === "inlined" ? "inlined" : "not inlined"}${place === "" ? "" : ` ${place}`}${copies}: ${inlineReason(row)}`;
}
