/** The lines of a function's assembly, as LLVM prints them for ELF, with the places that their `.loc` directives name. Pure functions over text. */
import type { AssemblyLine, AssemblyPlace } from "../../../protocol/asm.js";

/** What the lines of a module share. */
export interface AssemblyFormat {
  /** How a comment begins: "#". */
  readonly comment: string;
  /** Files by their number in `.loc` directives. */
  readonly files: ReadonlyMap<number, string>;
}

const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const FILE = new RegExp(`^\\.file\\t(\\d+) ${QUOTED}(?: ${QUOTED})?`);
const LOC = /^\t\.loc\t(\d+) (\d+) (\d+)/;

/** A label that LLVM numbers. */
const LOCAL_LABEL = /^(\.L[\w$.]+):/;
/** Directives for debuggers and unwinders, and LLVM's own marks in verbose assembly. */
const HIDDEN = /^\t\.(?:cfi_\w+|loc|file|addrsig\w*)\b/;
/** With the name of a function in quotes if it has unusual characters. */
const EXCEPTION_TABLE = /^\t\.section\t"?\.gcc_except_table/;
const OTHER_SECTION = /^\t\.(?:section\b|text$|data$|bss$)/;

/** Reads a module's `.file` directives: `.file 1 "/folder" "src/main.rs" md5 0x…`. A file without a folder is below that of file 0. */
export function filesOf(directives: readonly string[]): Map<number, string> {
  const parts = directives.flatMap((directive) => {
    const [, number, first, second] = FILE.exec(directive) ?? [];
    if (number === undefined || first === undefined) return [];
    return [{ number: Number(number), folder: second === undefined ? "" : unescaped(first), name: unescaped(second ?? first) }];
  });
  const compiledIn = parts.find(({ number }) => number === 0)?.folder ?? "";
  return new Map(parts.map(({ number, folder, name }) => [number, joined(joined(compiledIn, folder), name)]));
}

function joined(folder: string, name: string): string {
  return folder === "" || name.startsWith("/") ? name : name === "" ? folder : `${folder.replace(/\/$/, "")}/${name}`;
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/g, (_, escape: string) => (escape.length === 3 ? String.fromCharCode(parseInt(escape, 8)) : escape));
}

/**
 * The lines of a function. A line has the place of the `.loc` directive before it, up to the next label of another function or section.
 *
 * @param options.raw also those that only debuggers and unwinders need
 * @param options.nameOf the readable name of a symbol
 */
export function assemblyLines(
  text: string,
  format: AssemblyFormat,
  { raw, nameOf }: { readonly raw: boolean; readonly nameOf: (symbol: string) => string },
): AssemblyLine[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const placed = withPlaces(lines, format.files);
  const shown = raw ? placed : withoutUnusedLabels(placed.filter(visibleLines(format.comment)), format.comment);
  if (raw) return shown;
  return withOwnNumbers(shown.map(({ text: line, at }) => ({ text: readable(line, format.comment, nameOf), at })));
}

/** LLVM numbers temporary labels by module: the numbers depend on other functions. */
function withOwnNumbers(lines: readonly AssemblyLine[]): AssemblyLine[] {
  const numbers = new Map<string, number>();
  const own = (label: string): string => {
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return `.Ltmp${number}`;
  };
  return lines.map(({ text, at }) => ({ text: text.replace(/\.Ltmp\d+\b/g, own), at }));
}

function withPlaces(lines: readonly string[], files: AssemblyFormat["files"]): AssemblyLine[] {
  let at: AssemblyPlace | null = null;
  return lines.map((text) => {
    const [, file, line, column] = LOC.exec(text) ?? [];
    if (file !== undefined) at = placeOf(files.get(Number(file)), Number(line), Number(column));
    else if (OTHER_SECTION.test(text)) at = null;
    return { text, at: isInstruction(text) ? at : null };
  });
}

/** Line 0 means that the instruction is of no line. */
function placeOf(file: string | undefined, line: number, column: number): AssemblyPlace | null {
  return file === undefined || line === 0 ? null : { file, line, column: column === 0 ? null : column };
}

/** Instructions are indented, and begin with a letter. */
export function isInstruction(line: string): boolean {
  return /^\t[a-z]/i.test(line);
}

/** What is shown without `--raw`, line by line. */
function visibleLines(comment: string): (line: AssemblyLine) => boolean {
  let inTable = false;
  return ({ text }) => {
    if (OTHER_SECTION.test(text)) inTable = EXCEPTION_TABLE.test(text);
    const rest = text.trimStart();
    const mark = rest.startsWith(`${comment} -- `) || rest.startsWith(`${comment}DEBUG_VALUE`) || rest.startsWith(`${comment} DEBUG_VALUE`);
    return !inTable && !HIDDEN.test(text) && !mark && rest !== "";
  };
}

/** Labels of ranges, which only tables refer to that are hidden. Blocks keep theirs. */
function withoutUnusedLabels(lines: readonly AssemblyLine[], comment: string): AssemblyLine[] {
  const used = new Set(lines.flatMap(({ text }) => labelsIn(withoutComment(text, comment).replace(LOCAL_LABEL, ""))));
  return lines.filter(({ text }) => {
    const label = LOCAL_LABEL.exec(text)?.[1];
    return label === undefined || label.startsWith(".LBB") || used.has(label);
  });
}

function labelsIn(code: string): string[] {
  return code.match(/\.L[\w$.]+/g) ?? [];
}

/** The code of a line. A comment begins outside of quotes. */
export function withoutComment(line: string, comment: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === "\\" && quoted) at += 1;
    else if (line[at] === '"') quoted = !quoted;
    else if (!quoted && line.startsWith(comment, at) && /^\s?$/.test(line[at - 1] ?? "")) return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

const SYMBOL = /"(?:[^"\\]|\\.)*"|[\w$.]+(?:@[A-Z]+)?/g;

/** The symbols that a line of code names, as they are, without the relocation that follows an @. */
export function symbolsIn(code: string): string[] {
  return (code.match(SYMBOL) ?? [])
    .map((word) => (word.startsWith('"') ? unescaped(word.slice(1, -1)) : word.replace(/@.*$/, "")))
    .filter((word) => /^_(?:Z|R)/.test(word));
}

/** A line with the readable names of its symbols as a comment, and without LLVM's marks of a function's beginning and end. */
function readable(line: string, comment: string, nameOf: (symbol: string) => string): string {
  const code = withoutComment(line, comment);
  const said = line
    .slice(code.length)
    .trim()
    .slice(comment.length)
    .trim()
    .replace(/^(?:-- (?:Begin|End) function .*|@.*)$/, "");
  const names = isInstruction(line) || /^\S/.test(line) || /^\t\.(?:quad|long)\b/.test(line) ? namesIn(code, nameOf) : [];
  const comments = [said, ...names].filter((one) => one !== "");
  if (comments.length === 0) return code;
  const separated = code === "" ? "" : `${code}  `;
  return `${separated}${comment} ${comments.join("; ")}`;
}

function namesIn(code: string, nameOf: (symbol: string) => string): string[] {
  return [...new Set(symbolsIn(code))]
    .map((symbol) => ({ symbol, name: nameOf(symbol) }))
    .flatMap(({ symbol, name }) => (name === symbol ? [] : [name]));
}

/** How LLVM numbers labels: by function, or one after the other. */
const NUMBERED = /(\.L[A-Za-z_]*?)(\d+)(_\d+)?\b/g;

/** The section of one symbol. */
const OWN_SECTION = /^(\.[a-z]+(?:\.[a-z]+)*\.)(_[ZR].*)$/;

/** A symbol without what names its build: hashes, and the suffix of a promoted local. */
function comparableWord(word: string, nameOf: (symbol: string) => string): string {
  const [, section = "", own = word] = OWN_SECTION.exec(word) ?? [];
  const [symbol] = symbolsIn(own);
  if (symbol === undefined) return word.replace(/\banon\.[0-9a-f]{32}\./, "anon.").replace(/\.llvm\.\d+/, "");
  const name = nameOf(symbol);
  const relocation = own.startsWith('"') ? "" : (/@.*$/.exec(own)?.[0] ?? "");
  return name === symbol ? word : `${section}"${name.replace(/ \(\.llvm\.\d+\)$/, "")}"${relocation}`;
}

/**
 * A function's code without what differs between any two builds: numbers of functions and of temporary labels, and hashes in symbols, which become readable
 * names.
 */
export function comparableLines(lines: readonly AssemblyLine[], comment: string, nameOf: (symbol: string) => string): AssemblyLine[] {
  const numbers = new Map<string, number>();
  const renumbered = (_: string, stem: string, number: string, inFunction?: string): string => {
    if (inFunction !== undefined) return `${stem}${inFunction}`;
    const known = numbers.get(`${stem}${number}`) ?? numbers.size;
    numbers.set(`${stem}${number}`, known);
    return `${stem}${known}`;
  };
  return lines.flatMap(({ text, at }) => {
    const code = withoutComment(text, comment);
    if (code.trim() === "") return [];
    const named = code.replace(SYMBOL, (word) => comparableWord(word, nameOf));
    return [{ text: named.replace(NUMBERED, renumbered), at }];
  });
}
