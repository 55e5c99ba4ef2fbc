/** Functions as a document of assembly: each with its figures, how it was checked, and its lines. */
import type { AssemblyReport, FunctionAssembly } from "../../protocol/asm.js";
import { checkWords, figureWords, placeWords, withoutTabs } from "../../protocol/asm-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { AssemblyView } from "../../protocol/requests/assembly.js";
import { visible } from "../../protocol/visible.js";
import { openablePlace } from "./source-place.js";

const MOST_LINES = 20_000;

/** @param workspace the folder that relative paths of debug info start at */
export function assemblyView({ functions, function: wanted, sources }: AssemblyReport, workspace: string): AssemblyView {
  const texts = new Map(sources.map(({ file, line, text }) => [`${file}:${line}`, text]));
  const all = functions.flatMap((one) => documentLines(one, texts, workspace));
  const shown = all.slice(0, MOST_LINES);
  const cut = all.length > shown.length ? [`# … and ${all.length - shown.length} more lines: \`lto-inspector asm\` prints them`] : [];
  return {
    name: functions[0]?.name ?? wanted,
    lines: [...shown.map(({ text }) => visible(text)), ...cut],
    places: shown.flatMap(({ at }, line) => (at === null ? [] : [{ line, at }])),
  };
}

interface DocumentLine {
  readonly text: string;
  readonly at: AssemblyView["places"][number]["at"] | null;
}

function documentLines(one: FunctionAssembly, texts: ReadonlyMap<string, string>, workspace: string): DocumentLine[] {
  const head = [`${one.name} in ${shortModuleName(one.module)}`, ...figureWords(one), checkWords(one.checked)];
  const lines: DocumentLine[] = head.map((text) => ({ text: `# ${text}`, at: null }));
  let last: string | undefined;
  for (const { text, at } of one.lines) {
    const place = at === null ? null : openablePlace({ ...at, column: at.column ?? 0 }, workspace);
    if (at !== null && placeWords(at) !== last) {
      const source = texts.get(`${at.file}:${at.line}`) ?? "";
      lines.push({ text: `# ${placeWords(at)}${source === "" ? "" : `  ${source}`}`, at: place });
      last = placeWords(at);
    }
    lines.push({ text: withoutTabs(text), at: place });
  }
  return [...lines, { text: "", at: null }];
}
