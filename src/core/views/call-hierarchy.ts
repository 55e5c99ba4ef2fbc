/** The call hierarchy of a unit: which functions call a function and which it calls, with what LTO decided about these calls. */
import type { CallRow, CallsReport, ImportRow, SourcePlace } from "../../protocol/calls.js";
import { importReason, inlineNumbers } from "../../protocol/call-words.js";
import { instructionCount } from "../../protocol/counts.js";
import * as l10n from "../../protocol/l10n.js";
import type { CallLine, CallDirection, FunctionCalls, HierarchyCall, HierarchyItem } from "../../protocol/requests/calls.js";
import { columnOfByte } from "../../protocol/source-columns.js";
import type { Stage } from "../../protocol/stages.js";
import { number } from "../../protocol/words.js";
import { rustFunctions } from "../language/rust-functions.js";
import { pathOfName } from "../language/rust-paths.js";
import { FunctionPlaces, type PlacedFunction } from "./function-places.js";
import type { CallIndex } from "./source-calls.js";
import { openablePlace } from "./source-place.js";

/** The most callers of a function, or functions that one calls. */
const MOST_CALLS = 500;

interface Position {
  /** From 0. */
  readonly line: number;
  readonly column: number;
}

/** All that is known of one function. */
interface Node {
  readonly name: string;
  readonly incoming: CallRow[];
  readonly outgoing: CallRow[];
  readonly imports: ImportRow[];
}

/** The calls of one function in another. */
interface Edge {
  readonly key: string;
  readonly rows: CallRow[];
}

export interface HierarchyParts {
  readonly calls: CallsReport;
  readonly index: CallIndex;
  /** The folder that relative paths of debug info start at; empty: not known. */
  readonly workspace: string;
  /** The stage before the passes, which shows functions whose source is not known. */
  readonly stage: Stage;
}

export class CallHierarchy {
  readonly #parts: HierarchyParts;
  /** Made by the first question. */
  #nodes: ReadonlyMap<string, Node> | undefined;

  constructor(parts: HierarchyParts) {
    this.#parts = parts;
  }

  /**
   * The function at a place of a Rust file: the one whose name or call is there, otherwise the one around it.
   *
   * @returns undefined: the build has none there
   */
  async at(file: string, text: string, position: Position): Promise<HierarchyItem | undefined> {
    const [{ functions }, written] = await Promise.all([this.#parts.index.of(file, text), rustFunctions(text)]);
    const around = written.filter(({ firstLine, lastLine }) => firstLine - 1 <= position.line && position.line <= lastLine - 1).at(-1);
    const view = functions.find(({ line, column }) => line === around?.line && column === around.column);
    if (around === undefined || view === undefined) return undefined;
    const lines = text.split("\n");
    const word = wordAt(lines[position.line] ?? "", position.column);
    const called = word === around.path.at(-1) ? undefined : this.#called(view, word);
    if (called !== undefined) return this.#item(called, this.#verdict(called, view.name), new FunctionPlaces(this.#parts.workspace));
    // It was inlined before LTO, so LTO saw no call of it, and none in it.
    if (!this.#known().has(keyOf(view.name))) return undefined;
    return this.#asItem(view.name, `${view.title} · ${FOUND[view.foundBy]()}`, { file, found: around, lines });
  }

  /** The calls of a function, or in it. @returns undefined: the build does not have it */
  async of(key: string, direction: CallDirection): Promise<readonly HierarchyCall[] | undefined> {
    const node = this.#known().get(key);
    if (node === undefined) return undefined;
    const places = new FunctionPlaces(this.#parts.workspace);
    const own = await this.#placeOf(key, places);
    const edges = direction === "incoming" ? this.#callers(node) : edgesOf(node.outgoing, ({ callee }) => callee);
    const calls: HierarchyCall[] = [];
    for (const { key: other, rows } of edges.slice(0, MOST_CALLS)) {
      const verdict = verdictOf(rows, this.#imports(direction === "incoming" ? node : this.#known().get(other), rows));
      const place = await this.#placeOf(other, places);
      const caller = direction === "incoming" ? place : own;
      const at = caller === undefined ? [] : this.#linesIn(caller.file, rows.map(placeInCaller), caller.lines);
      const item = this.#asItem(other, verdict, place);
      const written = direction === "incoming" && place === undefined ? await this.#written(rows, places) : undefined;
      calls.push(written === undefined ? { item, at } : { item: { ...item, source: written.source }, at: written.at });
    }
    return calls;
  }

  #known(): ReadonlyMap<string, Node> {
    if (this.#nodes !== undefined) return this.#nodes;
    const nodes = new Map<string, Node>();
    const of = (name: string): Node => {
      const key = keyOf(name);
      const known = nodes.get(key);
      if (known !== undefined) return known;
      const made: Node = { name, incoming: [], outgoing: [], imports: [] };
      nodes.set(key, made);
      return made;
    };
    const { calls, imports } = this.#parts.calls;
    for (const row of calls) {
      of(row.caller).outgoing.push(row);
      if (row.callee !== null) of(row.callee).incoming.push(row);
    }
    for (const row of imports) if (row.kind === "function") of(row.callee).imports.push(row);
    return (this.#nodes = nodes);
  }

  /** A function that another one calls, by the last part of its path. @returns undefined: there is none, or several */
  #called({ name }: FunctionCalls, word: string): string | undefined {
    const keys = new Set((this.#known().get(name)?.outgoing ?? []).flatMap(({ callee }) => (callee === null ? [] : keyOf(callee))));
    const [only, ...others] = [...keys].filter((key) => word !== "" && key.split("::").at(-1) === word);
    return others.length === 0 ? only : undefined;
  }

  #verdict(callee: string, caller: string): string {
    const node = this.#known().get(callee);
    const rows = (node?.incoming ?? []).filter((row) => keyOf(row.caller) === caller);
    return verdictOf(rows, this.#imports(node, rows));
  }

  /** The functions that call it, also those that only a refusal names. */
  #callers({ incoming, imports }: Node): Edge[] {
    const edges = edgesOf(incoming, ({ caller }) => caller);
    const known = new Set(edges.map(({ key }) => key));
    const refused = imports.filter(({ verdict }) => verdict === "refused").flatMap(({ callers }) => callers.map(keyOf));
    return [...edges, ...[...new Set(refused)].filter((key) => !known.has(key)).map((key): Edge => ({ key, rows: [] }))];
  }

  /** What the modules that have these calls decided about importing the callee; without calls, what all modules did. */
  #imports(callee: Node | undefined, rows: readonly CallRow[]): readonly ImportRow[] {
    const modules = new Set(rows.map(({ module }) => module));
    return (callee?.imports ?? []).filter(({ importer }) => rows.length === 0 || modules.has(importer));
  }

  async #item(key: string, detail: string, places: FunctionPlaces): Promise<HierarchyItem> {
    return this.#asItem(key, detail, await this.#placeOf(key, places));
  }

  #asItem(key: string, detail: string, place: PlacedFunction | undefined): HierarchyItem {
    const node = this.#known().get(key);
    const name = node?.name ?? key;
    return {
      key,
      name: pathOfName(name)?.slice(-2).join("::") ?? name,
      detail,
      source: place === undefined ? null : sourceOf(place),
      shown: { ...shownOf(node), stage: this.#parts.stage },
    };
  }

  /** By a line of a call in it, otherwise by its path. */
  async #placeOf(key: string, places: FunctionPlaces): Promise<PlacedFunction | undefined> {
    const path = pathOfName(key);
    const last = path?.at(-1);
    if (path === undefined || last === undefined) return undefined;
    const line = this.#known()
      .get(key)
      ?.outgoing.map(placeInCaller)
      .find((place) => place !== null);
    const at = openablePlace(line ?? null, this.#parts.workspace);
    return (at === null ? undefined : await places.around(at, last)) ?? places.named(path);
  }

  /** Calls in a function whose source is not here, such as one of the standard library into which a closure was inlined: the lines of the calls. */
  async #written(
    rows: readonly CallRow[],
    places: FunctionPlaces,
  ): Promise<{ readonly source: HierarchyItem["source"]; readonly at: readonly CallLine[] } | undefined> {
    const written = rows.map(({ at }) => at);
    for (const place of written) {
      const file = openablePlace(place, this.#parts.workspace)?.file;
      const at = file === undefined ? [] : this.#linesIn(file, written, await places.linesOf(file));
      const [first] = at;
      if (file !== undefined && first !== undefined) return { source: { file, ...first, firstLine: first.line, lastLine: first.line }, at };
    }
    return undefined;
  }

  /** The places that are in a file, as they are written there. */
  #linesIn(file: string, places: readonly (SourcePlace | null)[], lines: readonly string[]): CallLine[] {
    const found = new Map<string, CallLine>();
    for (const place of places) {
      const at = openablePlace(place, this.#parts.workspace);
      const text = lines[(at?.line ?? 0) - 1];
      if (at?.file !== file || text === undefined) continue;
      const [line, column] = [at.line - 1, columnOfByte(text, at.column)];
      const name = /^[\p{L}\p{N}_:]+/u.exec(text.slice(column))?.[0] ?? " ";
      found.set(`${line}:${column}`, { line, column, endColumn: column + name.length });
    }
    return [...found.values()];
  }
}

/** How a function was found in the build, as its lens says. */
const FOUND: Readonly<Record<FunctionCalls["foundBy"], () => string>> = {
  lines: () => l10n.t("Found in the build by the lines of debug info."),
  name: () => l10n.t("Found in the build by its path, as the build has no line tables for it."),
};

/** A function's path; copies and instances of a generic function have one. */
function keyOf(name: string): string {
  return pathOfName(name)?.join("::") ?? name.replace(/ \(\.llvm\.\d+\)$/, "");
}

/** The line in the function that has the call, not in one that was inlined into it. */
function placeInCaller({ at, inlinedAt }: CallRow): SourcePlace | null {
  return inlinedAt.length === 0 ? at : (inlinedAt.at(-1)?.at ?? null);
}

/** The calls by function, those with a call that was not inlined first. */
function edgesOf(rows: readonly CallRow[], nameOf: (row: CallRow) => string | null): Edge[] {
  const edges = new Map<string, CallRow[]>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name === null) continue;
    const known = edges.get(keyOf(name));
    if (known === undefined) edges.set(keyOf(name), [row]);
    else known.push(row);
  }
  const inlined = ({ rows: of }: Edge): number => Number(of.every(({ verdict }) => verdict === "inlined"));
  return [...edges]
    .map(([key, of]): Edge => ({ key, rows: of }))
    .sort((left, right) => (inlined(left) === inlined(right) ? (left.key < right.key ? -1 : 1) : inlined(left) - inlined(right)));
}

/** "inlined 3× · not inlined: cost 265 > 225 · not imported: 140 instructions, limit 100" */
function verdictOf(rows: readonly CallRow[], imports: readonly ImportRow[]): string {
  const inlined = rows.filter(({ verdict }) => verdict === "inlined").reduce((sum, { times }) => sum + times, 0);
  const importers = new Set(imports.filter(({ verdict }) => verdict === "imported").map(({ importer }) => importer)).size;
  const refused = imports.find(({ verdict }) => verdict === "refused");
  const notInlined = rows.filter(
    ({ verdict, remark }) => verdict === "not-inlined" && (refused === undefined || remark !== "NoDefinition"),
  );
  const stays = notInlined.find(({ cost, threshold }) => cost !== null && threshold !== null) ?? notInlined[0];
  return [
    inlined === 0 ? "" : l10n.t("inlined {0}×", number(inlined)),
    stays === undefined ? "" : l10n.t("not inlined: {0}", inlineNumbers(stays)),
    importers === 0 ? "" : importers === 1 ? l10n.t("imported into 1 CGU") : l10n.t("imported into {0} CGUs", number(importers)),
    refused === undefined ? "" : refusal(refused),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function refusal(row: ImportRow): string {
  const { reason, size, threshold } = row;
  if (reason !== "too-large" || size === null || threshold === null) return l10n.t("not imported: {0}", importReason(row));
  return l10n.t("not imported: {0}, limit {1}", instructionCount(size), number(threshold));
}

/** A module that has the function, or at least refers to it. */
function shownOf(node: Node | undefined): Pick<HierarchyItem["shown"], "module" | "function"> {
  const [own] = node?.outgoing ?? [];
  if (own !== undefined) return { module: own.module, function: own.callerSymbol };
  const imported = node?.imports.find(({ from }) => from !== null);
  if (imported !== undefined) return { module: imported.from ?? "", function: imported.symbol };
  const [call] = node?.incoming ?? [];
  return { module: call?.module ?? "", function: call?.calleeSymbol ?? "" };
}

function sourceOf({ file, found: { line, column, endColumn, firstLine, lastLine } }: PlacedFunction): NonNullable<HierarchyItem["source"]> {
  return { file, line, column, endColumn, firstLine: firstLine - 1, lastLine: lastLine - 1 };
}

/** The identifier at a column. */
function wordAt(line: string, column: number): string {
  const before = /[\p{L}\p{N}_]*$/u.exec(line.slice(0, column))?.[0] ?? "";
  return `${before}${/^[\p{L}\p{N}_]*/u.exec(line.slice(column))?.[0] ?? ""}`;
}
