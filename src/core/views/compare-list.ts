/** Lists the pairs of stage documents to compare: for one function, for a whole module, or for every function that a stage changed. */
import { noFunctionWords } from "../../protocol/change-words.js";
import { inEnglish } from "../../protocol/l10n.js";
import type { FunctionsResult } from "../../protocol/engine/ir.js";
import type { FunctionChange } from "../../protocol/ir.js";
import { isNewer } from "../../protocol/llvm-versions.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import type { CompareChoice } from "../../protocol/requests/documents.js";
import { stageLabel } from "../../protocol/stages.js";
import { besideOf, formatStageUri, type OtherSide, type StageAddress } from "../../protocol/uris.js";
import type { ComparedPair, FunctionChangeRow, FunctionCounts } from "../../protocol/views.js";
import { LtoError } from "../base/errors.js";
import { identifyLibrary } from "../engine/library-identity.js";
import type { OpenSubject } from "./open-subject.js";
import { stageChanges } from "../ir/stage-changes.js";
import { functionNamed } from "./stage-document.js";

/** The two sides of a comparison: one subject at two stages, two runs, or two builds. */
export interface ComparedSides {
  readonly left: OpenSubject;
  readonly right: OpenSubject;
  /** One of the two: its LLVM reads both sides. */
  readonly reader: OpenSubject;
}

/** Two stages of one subject. */
export function sidesOf(open: OpenSubject): ComparedSides {
  return { left: open, right: open, reader: open };
}

/** Two runs: the newer LLVM reads both sides, because it reads what the older one wrote. */
export function sidesOfRuns(left: OpenSubject, right: OpenSubject): ComparedSides {
  return { left, right, reader: isNewer(llvmOf(left), llvmOf(right)) ? left : right };
}

/** Two builds, which can have different LLVMs and other names of the module. */
export async function sidesOfBuilds(left: OpenSubject, right: OpenSubject): Promise<ComparedSides> {
  const [older, newer] = await Promise.all([left, right].map((open) => loadedLlvm(open)));
  return { left, right, reader: isNewer(older ?? "", newer ?? "") ? left : right };
}

async function loadedLlvm(open: OpenSubject): Promise<string> {
  const { spec } = await open.stages.engine();
  return (await identifyLibrary(spec.library)).version;
}

function llvmOf({ report }: OpenSubject): string {
  return report?.llvm.version ?? "";
}

export interface ComparedStages {
  readonly changes: readonly FunctionChangeRow[];
  readonly counts: FunctionCounts;
  readonly unchanged: number;
  readonly globals: number;
}

/** Functions that differ between two stages, in the order of {@link stageChanges}. @throws LtoError UnknownModule, UnknownStage, and what making stages can throw */
export async function changedFunctions(
  sides: ComparedSides,
  choice: Pick<CompareChoice, "module" | "from" | "to" | "other">,
  signal?: AbortSignal,
): Promise<ComparedStages> {
  const [before, after] = await bothSides(sides, choice, signal);
  const { functions, unchanged, globals } = stageChanges(before, after);
  const count = (change: FunctionChange["change"]): number => functions.filter((one) => one.change === change).length;
  return {
    changes: functions.map(rowOf),
    counts: { changed: count("changed"), added: count("added"), removed: count("removed") },
    unchanged,
    globals: globals.length,
  };
}

function rowOf({ demangled, change, before, after, parts }: FunctionChange): FunctionChangeRow {
  return {
    left: before?.name ?? null,
    right: after?.name ?? null,
    demangled,
    change,
    parts,
    instructions: { before: before?.instructions ?? null, after: after?.instructions ?? null },
  };
}

export interface ComparedPairs {
  readonly pairs: readonly ComparedPair[];
  /** If no function changed: what changed instead, in words. null: functions changed, or one document was requested. */
  readonly unchanged: string | null;
}

/** The pairs that a choice asks for. @throws LtoError also UnknownFunction, if neither stage has the function */
export async function comparedPairs(sides: ComparedSides, choice: CompareChoice, signal?: AbortSignal): Promise<ComparedPairs> {
  const pairs = new Pairs(sides, choice);
  if (choice.wholeModule === true) return { pairs: [pairs.ofModule()], unchanged: null };
  if (choice.function !== undefined) return { pairs: [await functionPair(sides, pairs, choice, choice.function, signal)], unchanged: null };
  const [before, after] = await bothSides(sides, choice, signal);
  const changes = stageChanges(before, after).functions.map(rowOf);
  if (changes.length === 0) return withoutFunctions(sides, pairs, choice, signal);
  return { pairs: changes.map((row) => pairs.of(row.left, row.right, row.demangled, row.change)), unchanged: null };
}

/** If no function changed, compares the whole texts instead, provided that something in them differs. */
async function withoutFunctions(
  { left, right, reader }: ComparedSides,
  pairs: Pairs,
  choice: CompareChoice,
  signal?: AbortSignal,
): Promise<ComparedPairs> {
  const [before, after] = await Promise.all([
    left.content(choice.module, choice.from, signal, reader),
    right.content(choice.other?.module ?? choice.module, choice.to, signal, reader),
  ]);
  const others = await reader.othersOf(before, after, stageChanges(before.content, after.content), signal);
  const pair = pairs.ofModule();
  const all = (others.text ?? []).length === 0 ? [] : [{ ...pair, title: `${pair.title} · ${inEnglish(() => noFunctionWords(others))}` }];
  return { pairs: all, unchanged: `${pair.title}: ${noFunctionWords(others)}.` };
}

/** "Import ↔ Optimize (pm)"; of two runs "LLVM 19.1.7 ↔ LLVM 22.1.2 · Optimize (pm)" */
export function sidesTitle({ left, right }: ComparedSides, { from, to, other }: Pick<CompareChoice, "from" | "to" | "other">): string {
  if (other !== undefined) return `before ↔ after · ${from === to ? stageLabel(from) : `${stageLabel(from)} ↔ ${stageLabel(to)}`}`;
  if (left === right) return `${stageLabel(from)} ↔ ${stageLabel(to)}`;
  const [older, newer] = [left, right].map((open, index) => (llvmOf(left) === llvmOf(right) ? `run ${index + 1}` : `LLVM ${llvmOf(open)}`));
  return `${older ?? ""} ↔ ${newer ?? ""} · ${from === to ? stageLabel(from) : `${stageLabel(from)} ↔ ${stageLabel(to)}`}`;
}

/** The addresses of both sides. */
class Pairs {
  readonly #choice: CompareChoice;
  readonly #title: string;
  /** Without the stage: of the left and of the right side. */
  readonly #places: readonly [Pick<StageAddress, "subject" | "of">, Pick<StageAddress, "subject" | "of">];

  constructor(sides: ComparedSides, choice: CompareChoice) {
    this.#choice = choice;
    this.#title = `${shortModuleName(choice.module)} · ${sidesTitle(sides, choice)}`;
    this.#places = placesOf(sides, choice);
  }

  ofModule(): ComparedPair {
    const label = shortModuleName(this.#choice.module);
    const { other } = this.#choice;
    if (other !== undefined) {
      const [left, right] = this.#buildUris(other, null, null, label);
      return { label, title: this.#title, left, right, change: "changed" };
    }
    return { label, title: this.#title, left: this.#uri(0, null, label), right: this.#uri(1, null, label), change: "changed" };
  }

  of(left: string | null, right: string | null, demangled: string, change: ComparedPair["change"]): ComparedPair {
    // Both sides have the same path, even if ThinLTO promoted the function: the other stage finds it without the suffix.
    const symbol = right ?? left;
    const { other } = this.#choice;
    if (other !== undefined) {
      const sides = this.#buildUris(other, left ?? symbol, right ?? symbol, demangled);
      const title = `${demangled} · ${this.#title}`;
      return { label: demangled, title, left: left === null ? null : sides[0], right: right === null ? null : sides[1], change };
    }
    return {
      label: demangled,
      title: `${demangled} · ${this.#title}`,
      left: left === null ? null : this.#uri(0, symbol, demangled),
      right: right === null ? null : this.#uri(1, symbol, demangled),
      change,
    };
  }

  /** Both documents have one path, and each names the other's build. */
  #buildUris(other: WithModule, left: string | null, right: string | null, title: string): readonly [string, string] {
    const { subject, module, filters, from, to } = this.#choice;
    const after: StageAddress = {
      ...{ ...other, stage: to, function: right, filters },
      beside: { side: "right", stage: from, build: { subject, module, function: left } },
    };
    return [formatStageUri(besideOf(after) ?? after, title), formatStageUri(after, title)];
  }

  #uri(side: 0 | 1, symbol: string | null, title: string): string {
    const { module, filters, from, to } = this.#choice;
    const [left, right] = this.#places;
    const own = side === 0 ? { ...left, stage: from } : { ...right, stage: to };
    const other = side === 0 ? { ...right, stage: to } : { ...left, stage: from };
    const beside: OtherSide = {
      side: side === 0 ? "left" : "right",
      stage: other.stage,
      ...(other.of === undefined ? {} : { of: other.of }),
    };
    return formatStageUri({ ...own, module, function: symbol, filters, beside }, title);
  }
}

function placesOf(
  { left, reader }: ComparedSides,
  { subject, against }: CompareChoice,
): readonly [Pick<StageAddress, "subject" | "of">, Pick<StageAddress, "subject" | "of">] {
  if (against === undefined || !("run" in subject)) return [{ subject }, { subject }];
  if (reader === left) return [{ subject }, { subject, of: against }];
  return [{ subject: { run: against }, of: subject.run }, { subject: { run: against } }];
}

async function functionPair(
  sides: ComparedSides,
  pairs: Pairs,
  choice: CompareChoice,
  wanted: string,
  signal?: AbortSignal,
): Promise<ComparedPair> {
  const [left, right] = (await bothSides(sides, choice, signal)).map((side) => functionNamed(side, wanted));
  const shown = right ?? left;
  if (shown === undefined) {
    throw new LtoError({
      name: "UnknownFunction",
      message: `Neither stage of ${shortModuleName(choice.module)} has a function ${wanted}.`,
      module: choice.module,
      help: "“LTO: Find Symbol” finds the modules that have it.",
    });
  }
  const [before, after] = [left?.declaration === false ? left : undefined, right?.declaration === false ? right : undefined];
  const same = before?.textHash === after?.textHash && before?.name === after?.name;
  const change = same ? "same" : before === undefined ? "added" : after === undefined ? "removed" : "changed";
  // `vscode.diff` needs two documents: on a side without the function, the document says so.
  return pairs.of(left?.name ?? shown.name, right?.name ?? shown.name, shown.demangled, change);
}

async function bothSides(
  { left, right, reader }: ComparedSides,
  { module, from, to, other }: Pick<CompareChoice, "module" | "from" | "to" | "other">,
  signal?: AbortSignal,
): Promise<[FunctionsResult, FunctionsResult]> {
  const [before, after] = await Promise.all([
    left.content(module, from, signal, reader),
    right.content(other?.module ?? module, to, signal, reader),
  ]);
  return [before.content, after.content];
}
