/** Functions as documents of assembly: each with its figures, how it was checked, and its lines. */
import type { AssemblyPlace, AssemblyReport, FunctionAssembly } from "../../protocol/asm.js";
import type { SourcePlace } from "../../protocol/calls.js";
import { checkWords, figureWords, placeWords, withoutTabs } from "../../protocol/asm-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { AssemblyComparison, AssemblyPair, AssemblyView } from "../../protocol/requests/assembly.js";
import { visible } from "../../protocol/visible.js";
import { differs, type AssembledPair, type ComparedFunction } from "../explain/asm/compare-functions.js";
import { openablePlace, shownFile } from "./source-place.js";

const MOST_LINES = 20_000;

/** Pairs of documents in one message. */
const MOST_PAIRS = 20;

/** @param workspace the folder that relative paths of debug info start at */
export function assemblyView({ functions, function: wanted, sources }: AssemblyReport, workspace: string): AssemblyView {
  const texts = new Map(sources.map(({ file, line, text }) => [`${file}:${line}`, text]));
  return viewOf(
    functions[0]?.name ?? wanted,
    functions.flatMap((one) => documentLines(one, texts, workspace)),
  );
}

interface Workspaces {
  readonly before: string;
  readonly after: string;
}

/** The functions that differ, as pairs of documents: those before on the left. */
export function comparisonView(pairs: readonly AssembledPair[], workspaces: Workspaces): Omit<AssemblyComparison, "isLater"> {
  const differing = pairs.filter(differs);
  const shown = differing.slice(0, MOST_PAIRS).map((pair) => pairView(pair, workspaces));
  return { name: pairs[0]?.name ?? "", differing: differing.length, pairs: shown };
}

/** Only figures and instructions are in the documents: names of modules and places differ between any two builds. */
function pairView({ name, before, after }: AssembledPair, workspaces: Workspaces): AssemblyPair {
  const sideOf = (one: ComparedFunction | null, workspace: string): AssemblyView | null => {
    if (one === null) return null;
    const head: DocumentLine[] = [name, ...figureWords(one)].map((text) => ({ text: `# ${text}`, at: null }));
    return viewOf(name, [...head, ...one.lines.map(({ text, at }) => ({ text: withoutTabs(text), at: placeOf(at, workspace) }))]);
  };
  return { name, left: sideOf(before, workspaces.before), right: sideOf(after, workspaces.after) };
}

function viewOf(name: string, all: readonly DocumentLine[]): AssemblyView {
  const shown = all.slice(0, MOST_LINES);
  const cut = all.length > shown.length ? [`# … and ${all.length - shown.length} more lines: \`lto-inspector asm\` prints them`] : [];
  return {
    name,
    lines: [...shown.map(({ text }) => visible(text)), ...cut],
    places: shown.flatMap(({ at }, line) => (at === null ? [] : [{ line, at }])),
  };
}

function placeOf(at: AssemblyPlace | null, workspace: string): SourcePlace | null {
  return at === null ? null : openablePlace({ ...at, column: at.column ?? 0 }, workspace);
}

interface DocumentLine {
  readonly text: string;
  readonly at: SourcePlace | null;
}

function documentLines(one: FunctionAssembly, texts: ReadonlyMap<string, string>, workspace: string): DocumentLine[] {
  const head = [`${one.name} in ${shortModuleName(one.module)}`, ...figureWords(one), checkWords(one.checked)];
  const lines: DocumentLine[] = head.map((text) => ({ text: `# ${text}`, at: null }));
  let last: string | undefined;
  for (const { text, at } of one.lines) {
    const place = placeOf(at, workspace);
    if (at !== null && placeWords(at) !== last) {
      const source = texts.get(`${at.file}:${at.line}`) ?? "";
      const shown = placeWords({ ...at, file: shownFile(at.file, workspace) });
      lines.push({ text: `# ${shown}${source === "" ? "" : `  ${source}`}`, at: place });
      last = placeWords(at);
    }
    lines.push({ text: withoutTabs(text), at: place });
  }
  return [...lines, { text: "", at: null }];
}
