/** Import and inline decisions at the functions and lines of source files: an index of a unit's decisions, and what it knows of one file. */
import { isAbsolute, resolve } from "node:path";
import type { CallRow, CallsReport, ImportRow } from "../../protocol/calls.js";
import { importReason, importSentence, inlineNumbers, inlineSentence, mergedSentence } from "../../protocol/call-words.js";
import type { CallDecision, FunctionCalls, LineCalls, SourceCalls } from "../../protocol/requests/calls.js";
import { shortModuleName } from "../../protocol/module-names.js";
import * as l10n from "../../protocol/l10n.js";
import { number } from "../../protocol/words.js";
import type { InlinedBefore } from "../explain/calls/gone-before.js";
import { rustFunctions, type RustFunction } from "../language/rust-functions.js";
import { pathOfName, type FunctionPath } from "../language/rust-paths.js";
import { crateOf, type SourceCrate } from "./source-crate.js";

/** The most decisions that are listed of a function or a line. */
const LISTED = 20;

/** What is known of one function. */
interface Known {
  readonly path: FunctionPath;
  readonly symbols: Set<string>;
  readonly imported: ImportRow[];
  readonly refused: ImportRow[];
  /** Calls of it. */
  readonly calls: CallRow[];
}

/** A unit's decisions by function and by source line. */
export class CallIndex {
  readonly #limit: number | null;
  readonly #byName = new Map<string, Known[]>();
  readonly #known = new Map<string, Known>();
  /** "file:line" → calls there. */
  readonly #byLine = new Map<string, CallRow[]>();
  /** "file:line" → the functions that have code there. */
  readonly #functionsAt = new Map<string, Set<string>>();
  readonly #workspace: string;
  /** File → functions that were inlined before LTO. */
  readonly #before = new Map<string, InlinedBefore[]>();

  /**
   * @param workspace the folder that relative paths of debug info start at
   * @param before what line tables say of functions that were inlined before LTO
   */
  constructor({ limits, imports, calls }: CallsReport, workspace: string, before: readonly InlinedBefore[]) {
    this.#workspace = workspace;
    for (const one of before) addTo(this.#before, this.#absolute(one.source.file), one);
    this.#limit = limits?.instructions ?? null;
    for (const row of imports) {
      if (row.kind !== "function") continue;
      const known = this.#of(row.callee, row.symbol);
      (row.verdict === "imported" ? known?.imported : known?.refused)?.push(row);
    }
    for (const row of calls) {
      this.#of(row.caller, row.callerSymbol);
      if (row.callee !== null && row.calleeSymbol !== null) this.#of(row.callee, row.calleeSymbol)?.calls.push(row);
      this.#placed(row);
    }
  }

  /** What is known of the file's functions and lines. @param text its present content */
  async of(file: string, text: string): Promise<SourceCalls> {
    const crate = await crateOf(file);
    const functions: FunctionCalls[] = [];
    for (const found of await rustFunctions(text)) {
      const byLines = this.#atLines(file, found);
      const known = byLines.length > 0 ? byLines : crate === undefined ? [] : this.#named(crate, found.path);
      const view = known.length > 0 ? this.#view(found, known, byLines.length > 0 ? "lines" : "name") : this.#goneBefore(file, found);
      if (view !== undefined) functions.push(view);
    }
    return { functions, lines: this.#lines(file, text.split("\n").length) };
  }

  #of(name: string, symbol: string): Known | undefined {
    const path = pathOfName(name);
    const last = path?.at(-1);
    if (path === undefined || last === undefined) return undefined;
    const key = path.join("::");
    let known = this.#known.get(key);
    if (known === undefined) {
      known = { path, symbols: new Set(), imported: [], refused: [], calls: [] };
      this.#known.set(key, known);
      addTo(this.#byName, last, known);
    }
    known.symbols.add(symbol);
    return known;
  }

  #placed(row: CallRow): void {
    // One that passes made of several can be at any of their lines.
    if (row.at === null) {
      const lines = new Set(row.oneOf.flatMap(({ at }) => (at === null ? [] : `${this.#absolute(at.file)}:${at.line}`)));
      for (const line of lines) addTo(this.#byLine, line, row);
      return;
    }
    const place = `${this.#absolute(row.at.file)}:${row.at.line}`;
    addTo(this.#byLine, place, row);
    // Without a way over other functions, the call is in the function that has it.
    if (row.inlinedAt.length > 0) return;
    const path = pathOfName(row.caller)?.join("::");
    if (path !== undefined) this.#functionsAt.set(place, (this.#functionsAt.get(place) ?? new Set()).add(path));
  }

  #absolute(file: string): string {
    return isAbsolute(file) ? file : resolve(this.#workspace, file);
  }

  /** The functions with the found one's name that have code at its lines. */
  #atLines(file: string, { path, firstLine, lastLine }: RustFunction): Known[] {
    const keys = new Set<string>();
    for (let line = firstLine; line <= lastLine; line += 1) {
      for (const key of this.#functionsAt.get(`${file}:${line}`) ?? []) if (key.endsWith(`::${path.at(-1) ?? ""}`)) keys.add(key);
    }
    return [...keys].flatMap((key) => this.#known.get(key) ?? []);
  }

  /** The functions of a crate with this path, or, as a type can be of another module, the only ones with its end. */
  #named({ names, modules }: SourceCrate, path: readonly string[]): Known[] {
    const alike = (this.#byName.get(path.at(-1) ?? "") ?? []).filter(({ path: [crate = ""] }) => names.has(crate));
    const whole = [...modules, ...path].join("::");
    const exact = alike.filter(({ path: [, ...rest] }) => rest.join("::") === whole);
    if (exact.length > 0 || path.length === 1) return exact;
    const end = path.slice(-2).join("::");
    const sameEnd = alike.filter(({ path: other }) => other.slice(-2).join("::") === end);
    return sameEnd.length === 1 ? sameEnd : [];
  }

  /** A function that the bitcode does not have any more, and into which ones the compiler inlined it. */
  #goneBefore(file: string, { path, line, column, endColumn, firstLine, lastLine }: RustFunction): FunctionCalls | undefined {
    const found = this.#before
      .get(file)
      ?.find(({ name, source }) => firstLine <= source.line && source.line <= lastLine && pathOfName(name)?.at(-1) === path.at(-1));
    if (found === undefined) return undefined;
    const { name, into } = found;
    const [first, ...others] = into.map((holder) => pathOfName(holder.name)?.slice(-2).join("::") ?? holder.name);
    const title =
      others.length === 0
        ? l10n.t("inlined before LTO into {0}", first ?? "")
        : l10n.t("inlined before LTO into {0} and {1} more", first ?? "", number(others.length));
    const decisions = into.map(({ module, symbol, name: holder }): CallDecision => {
      const text = l10n.t("The compiler inlined `{0}` into `{1}` before LTO, as the line tables show.", name, holder);
      return { title: l10n.t("inlined before LTO into {0}", holder), text, help: [], module, function: symbol };
    });
    return {
      ...{ name: pathOfName(name)?.join("::") ?? name, line, column, endColumn, title, foundBy: "lines", symbols: [] },
      ...{ decisions: decisions.slice(0, LISTED), more: Math.max(0, decisions.length - LISTED) },
    };
  }

  #view({ path, line, column, endColumn }: RustFunction, known: readonly Known[], foundBy: FunctionCalls["foundBy"]): FunctionCalls {
    const [imported, refused, calls] = [
      known.flatMap((one) => one.imported),
      known.flatMap((one) => one.refused),
      known.flatMap((one) => one.calls),
    ];
    const notInlined = calls.filter(({ verdict }) => verdict === "not-inlined");
    const decisions = [
      ...notInlined.map(ofCall),
      ...refused.map(ofImport),
      ...imported.map(ofImport),
      ...calls.filter(({ verdict }) => verdict === "inlined").map(ofCall),
    ];
    return {
      ...{ name: known[0]?.path.join("::") ?? path.join("::"), line, column, endColumn, foundBy },
      title: this.#title({ imported, refused, calls, notInlined }),
      symbols: known.flatMap(({ symbols }) => [...symbols]),
      decisions: decisions.slice(0, LISTED),
      more: Math.max(0, decisions.length - LISTED),
    };
  }

  #title({ imported, refused, calls, notInlined }: Counted): string {
    const size = [...imported, ...refused].find((row) => row.size !== null)?.size ?? null;
    const inlined = calls.filter(({ verdict }) => verdict === "inlined").reduce((sum, { times }) => sum + times, 0);
    const stays = notInlined.find(({ cost, threshold }) => cost !== null && threshold !== null) ?? notInlined[0];
    const importers = unitCount(imported);
    const refusers = unitCount(refused);
    const parts = [
      size === null || this.#limit === null ? "" : l10n.t("{0} of {1} instructions of the import limit", number(size), number(this.#limit)),
      imported.length === 0 ? "" : importers === 1 ? l10n.t("imported into 1 CGU") : l10n.t("imported into {0} CGUs", number(importers)),
      refused.length === 0 ? "" : refusers === 1 ? l10n.t("refused by 1 CGU") : l10n.t("refused by {0} CGUs", number(refusers)),
      inlined === 0 ? "" : l10n.t("inlined {0}×", number(inlined)),
      stays === undefined ? "" : callTitle(stays),
    ].filter((part) => part !== "");
    return parts.length === 0 ? l10n.t("no direct calls after LTO") : parts.join(" · ");
  }

  #lines(file: string, count: number): LineCalls[] {
    const lines: LineCalls[] = [];
    for (let line = 1; line <= count; line += 1) {
      const calls = this.#byLine.get(`${file}:${line}`) ?? [];
      if (calls.length === 0) continue;
      const decisions = calls.map((row) => ({ ...ofCall(row), text: lineText(row) }));
      lines.push({ line: line - 1, decisions: decisions.slice(0, LISTED), more: Math.max(0, calls.length - LISTED) });
    }
    return lines;
  }
}

function addTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

interface Counted {
  readonly imported: readonly ImportRow[];
  readonly refused: readonly ImportRow[];
  readonly calls: readonly CallRow[];
  readonly notInlined: readonly CallRow[];
}

/** The type and the name: "Bar::draw"; of a free function, its module and the name. */
function shortName(name: string): string {
  return pathOfName(name)?.slice(-2).join("::") ?? name;
}

/** "`app::run` not inlined at src/main.rs:12:5: …" */
function lineText(row: CallRow): string {
  const callee = row.callee === null ? l10n.t("a pointer") : `\`${row.callee}\``;
  const merged = mergedSentence(row);
  return `${callee} ${inlineSentence(row)}${merged === "" ? "" : `.${merged}`}`;
}

function unitCount(rows: readonly ImportRow[]): number {
  return new Set(rows.map(({ importer }) => importer)).size;
}

/** "not inlined in Map::fold: cost 785 > 250" */
function callTitle(row: CallRow): string {
  const [caller, numbers] = [shortName(row.caller), inlineNumbers(row)];
  return row.verdict === "inlined" ? l10n.t("inlined in {0}: {1}", caller, numbers) : l10n.t("not inlined in {0}: {1}", caller, numbers);
}

function importTitle(row: ImportRow): string {
  const [importer, why] = [shortModuleName(row.importer), importReason(row)];
  return row.verdict === "imported" ? l10n.t("imported into {0}: {1}", importer, why) : l10n.t("not imported into {0}: {1}", importer, why);
}

function ofImport(row: ImportRow): CallDecision {
  return { title: importTitle(row), text: `${importSentence(row)}.`, help: row.help, module: row.importer, function: row.symbol };
}

function ofCall(row: CallRow): CallDecision {
  const text = l10n.t("In `{0}` {1}.", row.caller, inlineSentence(row)) + mergedSentence(row);
  return { title: callTitle(row), text, help: row.help, module: row.module, function: row.callerSymbol };
}
