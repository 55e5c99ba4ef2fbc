/** Lists the pairs of stage documents to compare: for one function, for a whole module, or for every function that a stage changed. */
import { noFunctionWords } from "../../protocol/change-words.js";
import type { FunctionsResult } from "../../protocol/engine/ir.js";
import type { FunctionChange } from "../../protocol/ir.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { CompareChoice } from "../../protocol/requests/documents.js";
import { stageLabel, type Stage } from "../../protocol/stages.js";
import { formatStageUri } from "../../protocol/uris.js";
import type { ComparedPair, FunctionChangeRow, FunctionCounts } from "../../protocol/views.js";
import { LtoError } from "../base/errors.js";
import type { OpenSubject } from "./open-subject.js";
import { stageChanges } from "../ir/stage-changes.js";
import { functionNamed } from "./stage-document.js";

export interface ComparedStages {
  readonly changes: readonly FunctionChangeRow[];
  readonly counts: FunctionCounts;
  readonly unchanged: number;
  readonly globals: number;
}

/** Functions that changed between two stages, largest change first. @throws LtoError UnknownModule, UnknownStage, and what making stages can throw */
export async function changedFunctions(
  open: OpenSubject,
  choice: Pick<CompareChoice, "module" | "from" | "to">,
  signal?: AbortSignal,
): Promise<ComparedStages> {
  const [before, after] = await bothSides(open, choice, signal);
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
export async function comparedPairs(open: OpenSubject, choice: CompareChoice, signal?: AbortSignal): Promise<ComparedPairs> {
  if (choice.wholeModule === true) return { pairs: [modulePair(choice)], unchanged: null };
  if (choice.function !== undefined) return { pairs: [await functionPair(open, choice, choice.function, signal)], unchanged: null };
  const { changes } = await changedFunctions(open, choice, signal);
  if (changes.length === 0) return withoutFunctions(open, choice, signal);
  return { pairs: changes.map((row) => pairOf(choice, row.left, row.right, row.demangled, row.change)), unchanged: null };
}

/** If no function changed, compares the whole texts instead, provided that something in them differs. */
async function withoutFunctions(open: OpenSubject, choice: CompareChoice, signal?: AbortSignal): Promise<ComparedPairs> {
  const [before, after] = await Promise.all([
    open.content(choice.module, choice.from, signal),
    open.content(choice.module, choice.to, signal),
  ]);
  const others = await open.othersOf(before, after, stageChanges(before.content, after.content), signal);
  const words = noFunctionWords(others);
  const pair = modulePair(choice);
  const pairs = (others.text ?? []).length === 0 ? [] : [{ ...pair, title: `${pair.title} · ${words}` }];
  return { pairs, unchanged: `${shortModuleName(choice.module)} · ${stagesTitle(choice.from, choice.to)}: ${words}.` };
}

/** "Import ↔ Optimize (pm)" */
export function stagesTitle(from: Stage, to: Stage): string {
  return `${stageLabel(from)} ↔ ${stageLabel(to)}`;
}

function modulePair(choice: CompareChoice): ComparedPair {
  const label = shortModuleName(choice.module);
  const uri = (stage: Stage): string => uriOf(choice, stage, null, label);
  return {
    label,
    title: `${label} · ${stagesTitle(choice.from, choice.to)}`,
    left: uri(choice.from),
    right: uri(choice.to),
    change: "changed",
  };
}

async function functionPair(open: OpenSubject, choice: CompareChoice, wanted: string, signal?: AbortSignal): Promise<ComparedPair> {
  const sides = await bothSides(open, choice, signal);
  const [left, right] = sides.map((side) => functionNamed(side, wanted));
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
  return pairOf(choice, left?.name ?? shown.name, right?.name ?? shown.name, shown.demangled, change);
}

function pairOf(
  choice: CompareChoice,
  left: string | null,
  right: string | null,
  demangled: string,
  change: ComparedPair["change"],
): ComparedPair {
  // Both sides have the same path, even if ThinLTO promoted the function: the other stage finds it without the suffix.
  const symbol = right ?? left;
  const uri = (stage: Stage, there: string | null): string | null => (there === null ? null : uriOf(choice, stage, symbol, demangled));
  return {
    label: demangled,
    title: `${demangled} · ${shortModuleName(choice.module)} · ${stagesTitle(choice.from, choice.to)}`,
    left: uri(choice.from, left),
    right: uri(choice.to, right),
    change,
  };
}

function uriOf({ subject, module, filters }: CompareChoice, stage: Stage, symbol: string | null, title: string): string {
  return formatStageUri({ subject, module, stage, function: symbol, filters }, title);
}

async function bothSides(
  open: OpenSubject,
  { module, from, to }: Pick<CompareChoice, "module" | "from" | "to">,
  signal?: AbortSignal,
): Promise<[FunctionsResult, FunctionsResult]> {
  const [before, after] = await Promise.all([open.content(module, from, signal), open.content(module, to, signal)]);
  return [before.content, after.content];
}
