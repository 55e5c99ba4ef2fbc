/**
 * The decisive fact about a module: one sentence, made only of what the two builds show. Names are LLVM's identifiers and rustc's names of modules
 * between backticks, which the report makes readable.
 */
import type { DecisiveFact, Difference, ExplainKind } from "../../../protocol/explain.js";
import { counted, number } from "../../../protocol/words.js";
import type { Trace } from "./cascade.js";
import type { BuildComparison, Pair, RawDifference } from "./compare.js";
import { allowedSizes, importLimit, summarySize } from "./import-limit.js";
import { symbolOf, type IndexedModule } from "./key-index.js";
import type { Root } from "./roots.js";
import { DETAILS } from "./verdict.js";

/** What is known about one module. */
export interface KnownOfModule {
  readonly pair: Pair;
  readonly kind: ExplainKind;
  /** Differences of its symbols, most relevant first. */
  readonly raw: readonly RawDifference[];
  /** The way of the main cause. */
  readonly main: Trace | undefined;
}

/** An import that came or went. */
interface Imported {
  readonly symbol: string;
  /** The source module. */
  readonly module: string;
  readonly change: Difference["change"];
}

/** What changed in the code of each module. */
type OwnChanges = ReadonlyMap<string, readonly Difference[]>;

/** The fact about a module without a build to compare it with. */
export function factAlone(): DecisiveFact {
  return unknown("There is no earlier build of this unit to compare with, so what changed is unknown.");
}

export class DecisiveFacts {
  readonly #comparison: BuildComparison;
  readonly #own: OwnChanges;
  /** Without certainty about either build, no sentence names the limit. */
  readonly #limit: number | null;

  constructor(comparison: BuildComparison, own: OwnChanges) {
    this.#comparison = comparison;
    this.#own = own;
    const [before, after] = [importLimit(comparison.before.keys.settings), importLimit(comparison.after.keys.settings)];
    this.#limit = before === after ? after : null;
  }

  of(known: KnownOfModule): DecisiveFact {
    const { kind, main } = known;
    switch (kind) {
      case "own-code-changed":
        return this.#ownCode(known);
      case "imports-changed":
        return this.#imports(known);
      case "exports-changed":
        return this.#exports(known);
      case "liveness-changed":
      case "linkage-changed":
      case "visibility-changed":
      case "flags-changed":
        return stateFact(known);
      case "llvm-changed":
      case "settings-changed":
      case "key-equal-but-not-green":
        return main === undefined ? fact(DETAILS[kind]) : fact(ended(main.root.title));
      case "nothing-to-compare":
        return factAlone();
      case "other-build-between":
      case "not-available":
        return unknown(DETAILS[kind]);
      case "key-equal":
        return fact("Its key is that of the previous session: nothing that it depends on changed.");
      default:
        return fact(DETAILS[kind]);
    }
  }

  #ownCode({ pair, main }: KnownOfModule): DecisiveFact {
    const step = main?.steps.at(-1);
    // Nothing was edited in the module itself.
    if (main?.how === "other" && step !== undefined) return fact(ended(step.text));
    const own = this.#own.get(pair.name) ?? [];
    const change = tellingChange(own, main?.root);
    if (change === undefined) {
      return unknown("Its own bitcode changed; which of its functions did is unknown, because the bitcode of one of the builds is gone.");
    }
    return fact(ended(`${this.#changeWords(change, pair)}${this.#consequence(change, pair)}`));
  }

  /** "`f` grew from 99 to 104 instructions" */
  #changeWords(change: Difference, pair: Pair): string {
    const { what, name, parts = [], symbol = "" } = change;
    const shown = code(name);
    if (what === "order" || what === "metadata") return `No function changed, only ${name}`;
    if (change.change === "renamed") return `${code(change.before ?? "")} became ${shown}`;
    const [before, after] = [this.#size(pair.before, change.previousSymbol ?? symbol), this.#size(pair.after, symbol)];
    if (change.change === "came") return `${shown} is new${after === undefined ? "" : ` (${counted(after, "instruction")})`}`;
    if (change.change === "went") return `${shown} is gone${before === undefined ? "" : ` (${counted(before, "instruction")})`}`;
    if (what !== "function") return `${what === "type" ? "The type" : "The variable"} ${shown} changed`;
    if (!parts.includes("body") && !parts.includes("symbol")) {
      const which = parts.includes("header") ? "linkage, visibility or attributes" : "debug info or metadata";
      return `The code of ${shown} is the same; its ${which} changed`;
    }
    return before === undefined || after === undefined ? `${shown} changed` : sizeWords(shown, before, after);
  }

  /** What a change of a function's size means for those that import it. */
  #consequence({ what, change, symbol, previousSymbol }: Difference, pair: Pair): string {
    if (what !== "function" || change !== "changed" || symbol === undefined || this.#limit === null) return "";
    const [left, right] = [identifierOf(pair.before, previousSymbol ?? symbol), identifierOf(pair.after, symbol)];
    const [before, after] = [this.#size(pair.before, left), this.#size(pair.after, right)];
    if (before === undefined || after === undefined || before > this.#limit === after > this.#limit) return "";
    const importers = (side: "before" | "after", identifier: string): number =>
      this.#comparison[side].importersOf(identifier, pair.name).length;
    const [old, now] = [importers("before", left), importers("after", right)];
    return old === now ? "" : `; the import limit is ${number(this.#limit)}`;
  }

  #imports({ pair, raw, main }: KnownOfModule): DecisiveFact {
    const found = main?.import ?? raw.find(({ what }) => what === "import");
    if (found?.module === undefined) return fact(DETAILS["imports-changed"]);
    const { symbol, module, change } = found;
    if (change === "source-changed") return fact(ended(this.#changedSource(symbol, module, main?.root)));
    const verb = change === "came" ? "now imports" : "no longer imports";
    const why = this.#whyImported(pair, "this module", { symbol, module, change });
    if (why !== undefined) return fact(ended(`${why}, so this module ${verb} it from ${code(module)}`));
    const size = this.#sizeChange(symbol, module);
    const known = `This module ${verb} ${code(symbol)} from ${code(module)}${size === undefined ? "" : `; ${size}`}`;
    return fact(ended(`${known}. Why LLVM decided so is not recorded`));
  }

  /** An import stays, and its module has another hash. */
  #changedSource(symbol: string, module: string, root: Root | undefined): string {
    const own = this.#own.get(module) ?? [];
    const itself = own.find((change) => change.what === "function" && change.symbol === symbolOf(symbol));
    const pair = this.#comparison.pairs.get(module);
    const from = `from ${code(module)}`;
    if (itself !== undefined && pair !== undefined) return `${this.#changeWords(itself, pair)}, and this module imports it ${from}`;
    const other = tellingChange(own, root);
    const hashes = `the key of this module contains the hash of all of ${code(module)}, from which this module imports ${code(symbol)}`;
    if (other === undefined || pair === undefined) return `${code(module)} changed, and ${hashes}`;
    return `${this.#changeWords(other, pair)}, and ${hashes}`;
  }

  /**
   * Why a module began or ceased to import a function, if the builds prove it.
   *
   * @param it the importing module, in words
   */
  #whyImported({ before, after }: Pair, it: string, { symbol, module, change }: Imported): string | undefined {
    const [old, now] = [this.#comparison.before, this.#comparison.after];
    const [left, right] = [old.modules.get(module), now.modules.get(module)];
    const [had, has] = [summarySize(left, symbol), summarySize(right, symbol)];
    const gone = change === "went";
    if (gone && left?.globals.has(symbol) === true && right?.globals.has(symbol) !== true) {
      return `${code(module)} no longer has ${code(symbol)}`;
    }
    if (!gone && right?.globals.has(symbol) === true && left?.globals.has(symbol) !== true) {
      return `${code(symbol)} is new in ${code(module)}`;
    }
    if (before === undefined || after === undefined || had === undefined || has === undefined) return undefined;
    const limit = this.#limit ?? Infinity;
    const [allowedBefore, allowedAfter] = [allowedSizes(before, old, limit).get(symbol), allowedSizes(after, now, limit).get(symbol)];
    const [user, noUser] = gone ? [allowedBefore, allowedAfter] : [allowedAfter, allowedBefore];
    if (user !== undefined && noUser === undefined) {
      return gone
        ? `nothing in ${it} refers to ${code(symbol)} any more`
        : `${newUser(after, before, symbol) ?? it} now refers to ${code(symbol)}`;
    }
    if (this.#limit === null || user === undefined || noUser === undefined) return undefined;
    const [small, large] = gone ? [had, has] : [has, had];
    // Only what exceeds even the upper bound is certain.
    if (large <= noUser || small > user) return undefined;
    if (had !== has && noUser === this.#limit) return `${sizeWords(code(symbol), had, has)}; the import limit is ${number(this.#limit)}`;
    const sizes = had === has ? `${code(symbol)} has ${counted(has, "instruction")}` : sizeWords(code(symbol), had, has);
    const when = gone ? "now that only imported functions call it" : "as long as only imported functions called it";
    return `${sizes}; ${when}, the import limit ${gone ? "is" : "was"} ${number(noUser)}`;
  }

  #exports({ pair, raw }: KnownOfModule): DecisiveFact {
    const found = raw.find(({ what }) => what === "export");
    if (found === undefined) return fact(DETAILS["exports-changed"]);
    const { symbol } = found;
    const came = found.change === "came";
    const [there, away] = came ? [this.#comparison.after, this.#comparison.before] : [this.#comparison.before, this.#comparison.after];
    const others = new Set(away.importersOf(symbol, pair.name).map(({ name }) => name));
    const importer = there.importersOf(symbol, pair.name).find(({ name }) => !others.has(name));
    const verb = came ? "now imports" : "no longer imports";
    if (importer === undefined) return fact(`Other modules ${came ? "now refer" : "no longer refer"} to its ${code(symbol)}.`);
    const its = this.#comparison.pairs.get(importer.name);
    const change = came ? "came" : "went";
    const why = its === undefined ? undefined : this.#whyImported(its, code(importer.name), { symbol, module: pair.name, change });
    const importing = `${code(importer.name)} ${verb}`;
    return fact(ended(why === undefined ? `${importing} ${code(symbol)} from this module` : `${why}, so ${importing} it from this module`));
  }

  #sizeChange(symbol: string, module: string): string | undefined {
    const [before, after] = [this.#comparison.before, this.#comparison.after].map((side) => summarySize(side.modules.get(module), symbol));
    return before === undefined || after === undefined || before === after ? undefined : sizeWords(code(symbol), before, after);
  }

  /** By symbol or identifier. */
  #size(module: IndexedModule | undefined, symbol: string): number | undefined {
    return summarySize(module, identifierOf(module, symbol));
  }
}

/** The change that shows the edit best: one that the cause names, first of all a changed body. */
function tellingChange(own: readonly Difference[], root: Root | undefined): Difference | undefined {
  const key = ({ what, change, symbol, name }: Difference): string => `${what} ${change} ${symbol ?? name}`;
  const mine = new Map(own.map((change) => [key(change), change]));
  const named = (root?.changes ?? []).flatMap((change) => mine.get(key(change)) ?? []);
  const body = (change: Difference): boolean => change.what === "function" && change.parts?.includes("body") === true;
  return named.find(body) ?? own.find(body) ?? named[0] ?? own[0];
}

function stateFact({ raw, main }: KnownOfModule): DecisiveFact {
  const [first] = raw;
  if (first === undefined) return unknown("What LLVM knows about one of its symbols changed; which one is unknown.");
  const { symbol, what, before = "", after = "" } = first;
  const state =
    what === "liveness"
      ? `${code(symbol)} is ${after} now, and was ${before}`
      : `${what} of ${code(symbol)} changed from ${before} to ${after}`;
  const because = main?.steps.filter(({ leads }) => leads.startsWith("refers to")).at(-1)?.text;
  return fact(ended(because === undefined ? sentence(state) : `${sentence(state)}: ${because}`));
}

/** LLVM's identifier of a symbol in a module: a local one has its source file before it. */
function identifierOf(module: IndexedModule | undefined, symbol: string): string {
  if (module === undefined || module.globals.has(symbol)) return symbol;
  return [...module.globals.keys()].find((identifier) => symbolOf(identifier) === symbol) ?? symbol;
}

/** The module's own function that refers to a symbol only now. */
function newUser(now: IndexedModule, before: IndexedModule, symbol: string): string | undefined {
  const found = [...now.globals.values()].find(
    ({ symbol: user, uses }) => uses.includes(symbol) && before.globals.get(user)?.uses.includes(symbol) !== true,
  );
  return found === undefined ? undefined : code(found.symbol);
}

/** "`f` grew from 99 to 104 instructions" */
function sizeWords(shown: string, before: number, after: number): string {
  if (before === after) return `The body of ${shown} changed; it still has ${counted(after, "instruction")}`;
  return `${shown} ${after > before ? "grew" : "shrank"} from ${number(before)} to ${counted(after, "instruction")}`;
}

function code(name: string): string {
  return `\`${name}\``;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function ended(text: string): string {
  return `${sentence(text)}.`;
}

function fact(text: string): DecisiveFact {
  return { text, known: true };
}

function unknown(text: string): DecisiveFact {
  return { text, known: false };
}
