/** The rows of the Calls view, from a unit's decisions: grouped, filtered, sorted and in words. */
import { setImmediate } from "node:timers/promises";
import type { CallRow, CallsReport, ImportRow, SourcePlace } from "../../protocol/calls.js";
import { importReason, importSentence, inlineNumbers, inlineSentence, mergedSentence } from "../../protocol/call-words.js";
import { CALL_GROUPS, type CallGroup, type CallParent, type CallsBy, type CallTreeRow } from "../../protocol/call-tree.js";
import { instructionCount } from "../../protocol/counts.js";
import type { FateReport, ImportedInVain } from "../../protocol/fate.js";
import * as l10n from "../../protocol/l10n.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { CratePlace } from "../../protocol/units.js";
import type { Page, Range } from "../../protocol/views.js";
import { number } from "../../protocol/words.js";
import { crateOfReadable } from "../pipelines/readable-crate.js";
import { pageOf } from "./module-rows.js";
import { openablePlace } from "./source-place.js";
import { callGroupLine, callCrateLine, callFunctionLine, decisionLine, groupLabel, groupText } from "./call-lines.js";

/** Texts made before other work has its turn: about a millisecond. A question waits for several turns. */
const AT_ONCE = 200;

/** One decision, and what it is listed under. */
interface Listed {
  readonly group: CallGroup;
  /** Readable names. */
  readonly callee: string;
  readonly caller: string;
  readonly symbol: string | null;
  /** By how much a limit was missed; infinite if no limit decided. */
  readonly miss: number;
  readonly times: number;
  readonly of: CallRow | ImportRow | VainRow;
}

/** A copy that was imported in vain. */
interface VainRow extends ImportedInVain {
  readonly importer: string;
}

/** What a tree is asked for. */
export interface CallQuery {
  readonly by: CallsBy;
  /** Words that all have to be in a decision's callee, caller, module or reason. */
  readonly text: string;
}

/** Names and decisions of a row with children. */
interface Branch {
  readonly name: string;
  readonly decisions: readonly Listed[];
}

export interface CallTreeParts {
  readonly calls: CallsReport;
  readonly fates: FateReport;
  /** The folder that relative paths of debug info start at. */
  readonly workspace: string;
  /** Crates of the run. */
  readonly places: ReadonlyMap<string, CratePlace>;
}

export class CallTree {
  readonly #all: readonly Listed[];
  readonly #places: ReadonlyMap<string, CratePlace>;
  readonly #workspace: string;
  /** Texts to search, of the first decisions; the rest are made when they are needed. */
  readonly #texts: string[] = [];
  /** The last answer to a query: a view asks for the children of many rows with the same one. */
  #found: { readonly key: string; readonly groups: ReadonlyMap<CallGroup, Group> } | undefined;

  constructor({ calls, fates, workspace, places }: CallTreeParts) {
    this.#all = listed(calls, fates);
    this.#places = places;
    this.#workspace = workspace;
  }

  /** The children of a row, in the order of the view. */
  page(query: CallQuery, { group, crate, function: name }: CallParent, range: Range): Page<CallTreeRow> {
    const groups = this.#groups(query);
    if (group === undefined) {
      return shownPage(
        CALL_GROUPS.flatMap((one) => groups.get(one) ?? []),
        range,
        groupRow,
      );
    }
    const found = groups.get(group);
    if (found === undefined) return shownPage([], range, groupRow);
    if (crate === undefined) return shownPage(found.crates(), range, (branch) => this.#crateRow(group, branch, query.by));
    if (name === undefined) return shownPage(found.functions(crate), range, (branch) => functionRow({ group, crate }, branch, query.by));
    return shownPage(found.decisions(crate, name), range, (one) => this.#decisionRow(one, query.by));
  }

  #groups(query: CallQuery): ReadonlyMap<CallGroup, Group> {
    const key = JSON.stringify([query.by, query.text]);
    if (this.#found?.key === key) return this.#found.groups;
    const groups = new Map<CallGroup, Group>();
    for (const one of this.#matching(query.text)) {
      const known = groups.get(one.group);
      if (known === undefined) groups.set(one.group, new Group(one.group, query.by, this.#places, [one]));
      else known.all.push(one);
    }
    this.#found = { key, groups };
    return groups;
  }

  #matching(text: string): readonly Listed[] {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return this.#all;
    this.#prepareTo(this.#all.length);
    return this.#all.filter((_, index) => words.every((word) => this.#texts[index]?.includes(word)));
  }

  /**
   * Makes the texts to search between other work, so that the first search does not wait for those of 80,000 decisions.
   *
   * @param isShown whether anybody still asks for this tree
   */
  async prepare(isShown: () => boolean): Promise<void> {
    while (this.#texts.length < this.#all.length && isShown()) {
      await setImmediate();
      this.#prepareTo(this.#texts.length + AT_ONCE);
    }
  }

  #prepareTo(end: number): void {
    for (const one of this.#all.slice(this.#texts.length, end)) this.#texts.push(textOf(one));
  }

  #crateRow(group: CallGroup, { name, decisions }: Branch, by: CallsBy): CallTreeRow {
    const functions = new Set(decisions.map((one) => one[by])).size;
    const place = this.#places.get(name) ?? null;
    const line = callCrateLine({ group, crate: name, place, decisions: total(decisions), functions });
    return { ...branchRow("crate", name, decisions), below: { group, crate: name }, line, symbol: null };
  }

  #decisionRow(one: Listed, by: CallsBy): CallTreeRow {
    const { group, of } = one;
    const other = by === "callee" ? one.caller : one.callee;
    const facts = factsOf(of);
    return {
      kind: "decision",
      key: "",
      below: null,
      label: facts.description,
      line: decisionLine(group, { by, other, facts: facts.description, place: facts.at }),
      text: facts.text,
      help: facts.help,
      count: 1,
      symbol: one.symbol,
      shown: facts.shown,
      source: openablePlace(facts.at, this.#workspace),
    };
  }
}

const PLACE_ORDER: readonly (CratePlace | null)[] = ["workspace", "dependency", "std", null];

/** The decisions of one group, sorted when they are needed. */
class Group {
  readonly name: CallGroup;
  readonly all: Listed[];
  readonly #by: CallsBy;
  readonly #places: ReadonlyMap<string, CratePlace>;
  #crates: readonly Branch[] | undefined;
  readonly #functions = new Map<string, readonly Branch[]>();

  constructor(name: CallGroup, by: CallsBy, places: ReadonlyMap<string, CratePlace>, all: Listed[]) {
    this.name = name;
    this.#by = by;
    this.#places = places;
    this.all = all;
  }

  crates(): readonly Branch[] {
    const order = ({ name }: Branch): number => PLACE_ORDER.indexOf(this.#places.get(name) ?? null);
    return (this.#crates ??= branches(this.all, (one) => crateOf(one[this.#by], one)).sort((left, right) =>
      first(order(left) - order(right), right.decisions.length - left.decisions.length, compare(left.name, right.name)),
    ));
  }

  functions(crate: string): readonly Branch[] {
    const known = this.#functions.get(crate);
    if (known !== undefined) return known;
    const decisions = this.crates().find(({ name }) => name === crate)?.decisions ?? [];
    const found = branches(decisions, (one) => one[this.#by]);
    const nearest = new Map(
      found.map(({ name, decisions: of }) => [name, of.reduce((least, { miss }) => Math.min(least, miss), Infinity)]),
    );
    found.sort((left, right) =>
      first(
        compareNumbers(nearest.get(left.name) ?? Infinity, nearest.get(right.name) ?? Infinity),
        total(right.decisions) - total(left.decisions),
        compare(left.name, right.name),
      ),
    );
    this.#functions.set(crate, found);
    return found;
  }

  decisions(crate: string, name: string): readonly Listed[] {
    const found = this.functions(crate).find((branch) => branch.name === name)?.decisions ?? [];
    const other = this.#by === "callee" ? "caller" : "callee";
    return [...found].sort((left, right) => first(compareNumbers(left.miss, right.miss), compare(left[other], right[other])));
  }
}

function branches(decisions: readonly Listed[], nameOf: (one: Listed) => string): Branch[] {
  const found = new Map<string, Listed[]>();
  for (const one of decisions) {
    const name = nameOf(one);
    const known = found.get(name);
    if (known === undefined) found.set(name, [one]);
    else known.push(one);
  }
  return [...found].map(([name, of]) => ({ name, decisions: of }));
}

/** The first difference that is one. */
function first(...differences: readonly number[]): number {
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Infinity − Infinity is no order. */
function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left - right;
}

/** By code unit: many times as fast as by locale, and names are ASCII. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The crate that a readable name starts with; of a name without a path, what it is. */
export function crateOf(name: string, { of }: Pick<Listed, "of">): string {
  if (name === pointer()) return l10n.t("through pointers");
  const crate = crateOfReadable(name);
  if (crate !== undefined) return crate;
  return "importer" in of && name === shortModuleName(of.importer) ? (name.split(/[-.:]/, 1)[0] ?? name) : l10n.t("without a crate");
}

/** The callee of a call through a pointer. */
function pointer(): string {
  return l10n.t("a pointer");
}

function listed({ calls, imports }: CallsReport, { inVain }: FateReport): Listed[] {
  return [
    ...calls.map((row): Listed => {
      const { cost, threshold, verdict } = row;
      const missed = verdict === "not-inlined" && cost !== null && threshold !== null && cost >= threshold;
      return {
        group: verdict,
        ...{ callee: row.callee ?? pointer(), caller: row.caller, symbol: row.calleeSymbol },
        ...{ miss: missed ? cost - threshold : Infinity, times: row.times, of: row },
      };
    }),
    ...imports
      .filter(({ verdict }) => verdict === "refused")
      .map((row): Listed => {
        const { size, threshold, reason, callee, symbol, chain, importer } = row;
        const missed = reason === "too-large" && size !== null && threshold !== null;
        return {
          group: "not-imported",
          ...{ callee, caller: chain.at(-1)?.caller ?? shortModuleName(importer), symbol },
          ...{ miss: missed ? size - threshold : Infinity, times: 1, of: row },
        };
      }),
    ...inVain.flatMap((row) =>
      row.importers.map((importer): Listed => {
        return {
          group: "in-vain",
          ...{ callee: row.name, caller: shortModuleName(importer), symbol: row.symbol },
          ...{ miss: Infinity, times: 1, of: { ...row, importer } },
        };
      }),
    ),
  ];
}

/** What a filter looks at. */
function textOf(one: Listed): string {
  const { description } = factsOf(one.of);
  return `${one.callee} ${one.caller} ${moduleOf(one.of)} ${groupLabel(one.group)} ${description}`.toLowerCase();
}

function moduleOf(of: Listed["of"]): string {
  return shortModuleName("importer" in of ? of.importer : of.module);
}

interface Facts {
  /** "cost 265 > 225"; "104 of 100 instructions". */
  readonly description: string;
  readonly text: string;
  readonly help: readonly string[];
  readonly shown: CallTreeRow["shown"];
  readonly at: SourcePlace | null;
}

function factsOf(of: Listed["of"]): Facts {
  if ("importers" in of) {
    const { name, symbol, from, importer } = of;
    const [into, origin] = [shortModuleName(importer), shortModuleName(from)];
    const text = l10n.t("{0} imported `{1}` from {2} and inlined it nowhere, as no other module did.", into, name, origin);
    return { description: l10n.t("from {0}", origin), text, help: [], shown: { module: importer, function: symbol }, at: null };
  }
  if ("importer" in of) {
    const { reason, size, threshold, importer, help } = of;
    const large = reason === "too-large" && size !== null && threshold !== null;
    return {
      description: large ? l10n.t("{0} of {1}", number(size), instructionCount(threshold)) : importReason(of),
      text: `${importSentence(of)}.`,
      help,
      shown: { module: importer, function: of.symbol },
      at: null,
    };
  }
  const text = l10n.t("In `{0}`, `{1}` was {2}.", of.caller, of.callee ?? pointer(), inlineSentence(of)) + mergedSentence(of);
  return {
    description: inlineNumbers(of),
    text,
    help: of.help,
    shown: { module: of.module, function: of.callerSymbol },
    at: of.at,
  };
}

function total(decisions: readonly Listed[]): number {
  return decisions.reduce((sum, { times }) => sum + times, 0);
}

/** A part of a list; only its rows are put into words. */
function shownPage<T>(list: readonly T[], range: Range, rowOf: (one: T) => CallTreeRow): Page<CallTreeRow> {
  const page = pageOf(list, range);
  return { ...page, rows: page.rows.map(rowOf) };
}

function groupRow({ name: group, all }: Group): CallTreeRow {
  const functions = new Set(all.map(({ callee }) => callee)).size;
  const line = callGroupLine(group, total(all), functions);
  return { ...branchRow("group", group, all), below: { group }, label: groupLabel(group), line, text: groupText(group), symbol: null };
}

function functionRow(
  { group, crate }: { readonly group: CallGroup; readonly crate: string },
  { name, decisions }: Branch,
  by: CallsBy,
): CallTreeRow {
  const nearest = decisions.reduce((best, one) => (one.miss < best.miss ? one : best));
  const description = Number.isFinite(nearest.miss) ? factsOf(nearest.of).description : "";
  const line = callFunctionLine(group, { name, decisions: total(decisions), nearest: description });
  return {
    ...branchRow("function", name, decisions),
    below: { group, crate, function: name },
    line,
    symbol: by === "callee" ? (decisions[0]?.symbol ?? null) : callerSymbol(decisions[0]),
  };
}

/** A function that calls others has its symbol in their decisions, but not in those about imports. */
function callerSymbol(one: Listed | undefined): string | null {
  return one !== undefined && "callerSymbol" in one.of ? one.of.callerSymbol : null;
}

function branchRow(kind: CallTreeRow["kind"], name: string, decisions: readonly Listed[]): Omit<CallTreeRow, "line" | "symbol" | "below"> {
  return { kind, key: name, label: name, text: name, help: [], count: decisions.length, shown: null, source: null };
}
