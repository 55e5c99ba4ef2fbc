/** The page of one function, from a unit's decisions and fates. */
import type { CallRow, CallsReport, ImportRow } from "../../protocol/calls.js";
import { importReason, importSentence, inlineNumbers, inlineSentence, mergedSentence } from "../../protocol/call-words.js";
import type { FateKind, FateReport, FateRow } from "../../protocol/fate.js";
import type { FunctionCopy, FunctionDecision, FunctionView } from "../../protocol/function-page.js";
import { cguCount, instructionCount } from "../../protocol/counts.js";
import * as l10n from "../../protocol/l10n.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { Pipeline } from "../../protocol/pipelines.js";
import type { Excerpt } from "../../protocol/views.js";
import { number } from "../../protocol/words.js";
import { withoutPromotionSuffix } from "../ir/stage-changes.js";
import { openablePlace } from "./source-place.js";

/** The most copies in the picture, and decisions in a list. */
const MOST_COPIES = 12;
const MOST_DECISIONS = 100;

export interface FunctionParts {
  readonly calls: CallsReport;
  readonly fates: FateReport;
  /** The folder that relative paths of debug info start at. */
  readonly workspace: string;
}

export class FunctionLives {
  readonly #parts: FunctionParts;
  /** Symbol without `.llvm.<n>` → readable name. */
  #names: ReadonlyMap<string, string> | undefined;

  constructor(parts: FunctionParts) {
    this.#parts = parts;
  }

  /** Functions whose name has all words of a text, the shortest names first. */
  named(text: string, limit: number): Excerpt<{ readonly name: string; readonly symbol: string }> {
    const words = text.toLowerCase().split(/\s+/);
    const found = new Map<string, string>();
    for (const [symbol, name] of this.#known()) {
      const lower = name.toLowerCase();
      if (!found.has(name) && words.every((word) => lower.includes(word))) found.set(name, symbol);
    }
    const sorted = [...found].sort(([left], [right]) =>
      left.length === right.length ? (left < right ? -1 : 1) : left.length - right.length,
    );
    return { total: sorted.length, shown: sorted.slice(0, limit).map(([name, symbol]) => ({ name, symbol })) };
  }

  /** @returns undefined: LTO decided about no function of this symbol */
  of(symbol: string, pipeline: Pipeline): FunctionView | undefined {
    const name = this.#known().get(withoutPromotionSuffix(symbol));
    if (name === undefined) return undefined;
    const isIt = (other: string | null): boolean => other !== null && plainName(other) === name;
    const { calls, fates } = this.#parts;
    const copies = fates.functions
      .filter((row) => isIt(row.name))
      .sort((left, right) => COPIES.indexOf(left.copy) - COPIES.indexOf(right.copy));
    const imports = calls.imports.filter((row) => isIt(row.callee));
    const incoming = calls.calls.filter((row) => isIt(row.callee));
    const outgoing = calls.calls.filter((row) => isIt(row.caller));
    return {
      name,
      symbol,
      headline: headlineOf(copies, imports, incoming),
      stages: pipeline.stages.map(({ tag, label }) => ({ stage: tag, label })),
      copies: excerptOf(copies.map(copyOf), MOST_COPIES),
      imports: excerptOf(imports.map(ofImport).sort(byVerdict), MOST_DECISIONS),
      incoming: excerptOf(incoming.map((row) => this.#ofCall(row, "caller")).sort(byVerdict), MOST_DECISIONS),
      outgoing: excerptOf(outgoing.map((row) => this.#ofCall(row, "callee")).sort(byVerdict), MOST_DECISIONS),
    };
  }

  #known(): ReadonlyMap<string, string> {
    if (this.#names !== undefined) return this.#names;
    const names = new Map<string, string>();
    const { calls, fates } = this.#parts;
    const add = (symbol: string | null, name: string | null): void => {
      if (symbol !== null && name !== null) names.set(withoutPromotionSuffix(symbol), plainName(name));
    };
    for (const { kind, symbol, name } of fates.functions) if (kind === "function") add(symbol, name);
    for (const { kind, symbol, callee } of calls.imports) if (kind === "function") add(symbol, callee);
    for (const { callerSymbol, caller, calleeSymbol, callee } of calls.calls) {
      add(callerSymbol, caller);
      add(calleeSymbol, callee);
    }
    return (this.#names = names);
  }

  #ofCall(row: CallRow, side: "caller" | "callee"): FunctionDecision {
    const callee = row.callee ?? "a pointer";
    return {
      verdict: row.verdict,
      other: side === "caller" ? row.caller : callee,
      otherSymbol: side === "caller" ? row.callerSymbol : row.calleeSymbol,
      short: inlineNumbers(row),
      text: `In \`${row.caller}\`, \`${callee}\` was ${inlineSentence(row)}.${mergedSentence(row)}`,
      help: row.help,
      shown: { module: row.module, function: row.callerSymbol },
      source: openablePlace(row.at, this.#parts.workspace),
    };
  }
}

const COPIES: readonly FateRow["copy"][] = ["own", "not-prevailing", "imported"];

/** Without what tells promoted copies apart. */
function plainName(name: string): string {
  return name.replace(/ \(\.llvm\.\d+\)$/, "");
}

function excerptOf<T>(rows: readonly T[], most: number): Excerpt<T> {
  return { total: rows.length, shown: rows.slice(0, most) };
}

const VERDICTS: readonly FunctionDecision["verdict"][] = ["not-imported", "not-inlined", "in-vain", "imported", "inlined"];

function byVerdict(left: FunctionDecision, right: FunctionDecision): number {
  return VERDICTS.indexOf(left.verdict) - VERDICTS.indexOf(right.verdict);
}

function ofImport(row: ImportRow): FunctionDecision {
  const { importer, symbol, verdict, size, threshold, reason, help } = row;
  const large = reason === "too-large" && size !== null && threshold !== null;
  return {
    verdict: verdict === "imported" ? "imported" : "not-imported",
    other: shortModuleName(importer),
    otherSymbol: null,
    short: large ? l10n.t("{0} of {1}", number(size), instructionCount(threshold)) : importReason(row),
    text: `${importSentence(row)}.`,
    help,
    shown: { module: importer, function: symbol },
    source: null,
  };
}

function fateLabel(fate: FateKind): string {
  switch (fate) {
    case "kept":
      return l10n.t("Kept");
    case "kept-local":
      return l10n.t("Kept, local to its module");
    case "kept-copy":
      return l10n.t("Kept as a copy that is not emitted");
    case "dropped":
      return l10n.t("Body dropped");
    case "new-signature":
      return l10n.t("Replaced, with another signature");
    case "merged":
      return l10n.t("Merged");
    case "inlined":
      return l10n.t("Gone after inlining");
    case "unneeded":
      return l10n.t("Gone: nothing used it");
    case "lost-uses":
      return l10n.t("Gone: its uses went away");
  }
}

function originText(copy: FateRow["copy"], from: string | null): string {
  switch (copy) {
    case "own":
      return l10n.t("its own");
    case "imported":
      return l10n.t("imported from {0}", shortModuleName(from ?? ""));
    case "not-prevailing":
      return l10n.t("a copy of another module's");
  }
}

function copyOf({ module, symbol, copy, from, fate, cause, inlined }: FateRow): FunctionCopy {
  const origin = originText(copy, from);
  return { ...{ module, shortName: shortModuleName(module), symbol, copy, origin, fate }, label: fateLabel(fate), cause, inlined };
}

/** "Defined in textstats::bars; imported into 3 CGUs, refused by 1; 4 calls of it inlined, 2 not." */
function headlineOf(copies: readonly FateRow[], imports: readonly ImportRow[], incoming: readonly CallRow[]): string {
  const own = [...new Set(copies.filter(({ copy }) => copy === "own").map(({ module }) => shortModuleName(module)))];
  const importers = (verdict: ImportRow["verdict"]): number => imports.filter((row) => row.verdict === verdict).length;
  const times = (verdict: CallRow["verdict"]): number =>
    incoming.filter((row) => row.verdict === verdict).reduce((sum, row) => sum + row.times, 0);
  const list = own.slice(0, 3).join(", ");
  const more = own.length - 3;
  const parts = [
    own.length === 0
      ? l10n.t("No module defines it when LTO's passes begin")
      : more > 0
        ? l10n.t("Defined in {0} and {1} more", list, more)
        : l10n.t("Defined in {0}", list),
    imports.length === 0 ? "" : l10n.t("imported into {0}, refused by {1}", cguCount(importers("imported")), number(importers("refused"))),
    incoming.length === 0
      ? l10n.t("no direct calls")
      : l10n.t("{0} calls of it inlined, {1} not", number(times("inlined")), number(times("not-inlined"))),
  ];
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}
