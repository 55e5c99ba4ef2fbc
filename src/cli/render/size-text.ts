/** What `size` prints. */
import type { SectionSize, SizeChange, SizeReport, SizesAgainst, SymbolChange, SymbolSize } from "../../protocol/size.js";
import { counted, number, signed } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";

/** The longest lists; the report has everything. */
const MOST_CRATES = 15;
const MOST_SYMBOLS = 20;
const MOST_INLINED = 5;

const OTHERS = "not of Rust";

export function sizeLines(report: SizeReport, colors: Colors): string[] {
  const { unit, file, bytes, against } = report;
  return [
    unitLine(unit, colors),
    ...warningLines(report.warnings, colors),
    `${colors.bold(file)}: ${counted(bytes, "byte")}`,
    ...(against === null ? absoluteLines(report, colors) : againstLines(report, against, colors)),
    ...checkedLines(report),
  ];
}

/** What is not known of what was inlined. */
function checkedLines({ inlining }: SizeReport): string[] {
  if (inlining === null) return [];
  const { code, notAvailable } = inlining;
  return [
    `The replays that listened to the inliner gave the code of the build in ${number(code.equal)} of ${counted(code.equal + code.different, "function")}.`,
    ...notAvailable.map(({ module, why }) => `${module}: ${why}`),
  ];
}

function absoluteLines({ sections, outside, crates, symbols }: SizeReport, colors: Colors): string[] {
  const file = sections.filter(({ inFile }) => inFile);
  return [
    ...table(
      "Sections",
      [...file.map((section) => [section.bytes, sectionText(section)] as const), [outside, "headers, and between sections"]],
      file.length + 1,
      colors,
    ),
    ...table(
      "Crates",
      crates.map(({ crate, bytes, code }) => [bytes, `${crate ?? OTHERS} (code: ${number(code)})`]),
      MOST_CRATES,
      colors,
    ),
    ...table(
      "Symbols",
      symbols.map((symbol) => [symbol.bytes, `${symbol.name}  ${symbol.section}`, inlinedLines(symbol)]),
      MOST_SYMBOLS,
      colors,
    ),
  ];
}

function inlinedLines({ inlined = [] }: SymbolSize): string[] {
  if (inlined === null) return below(["several modules have a function of this symbol, and others were inlined there"]);
  const lines = inlined.map(({ name, times }) => `inlined: ${name}${times === 1 ? "" : ` (${number(times)} times)`}`);
  return below(shortened(lines));
}

/** Lines below that of a symbol. */
function below(lines: readonly string[]): string[] {
  return lines.map((line) => `${"".padStart(12)}    ${line}`);
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_INLINED;
  return more > 1 ? [...lines.slice(0, MOST_INLINED), `and ${number(more)} more functions`] : [...lines];
}

function sectionText({ name, named, padding, unnamed }: SectionSize): string {
  const parts = [
    `${number(named)} of symbols`,
    ...(padding === 0 ? [] : [`${number(padding)} padding`]),
    ...(unnamed === 0 ? [] : [`${number(unnamed)} without a symbol`]),
  ];
  return named === 0 ? name : `${name}: ${parts.join(", ")}`;
}

/** Bytes, what has them, and lines below. */
type Row = readonly [bytes: number, text: string, below?: readonly string[]];

function table(title: string, rows: readonly Row[], most: number, colors: Colors): string[] {
  return listed(
    title,
    rows.map(([bytes, text, below = []]) => [`${number(bytes).padStart(12)}  ${text}`, ...below]),
    most,
    colors,
  );
}

/** @param rows the lines of each */
function listed(title: string, rows: readonly (readonly string[])[], most: number, colors: Colors): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > most ? [`${"".padStart(12)}  and ${number(rows.length - most)} more`] : [];
  return [colors.bold(title), ...rows.slice(0, most).flat(), ...more];
}

function againstLines({ bytes }: SizeReport, against: SizesAgainst, colors: Colors): string[] {
  const changed = ({ name, before, after }: SizeChange): string[] => [
    `${signed(after - before).padStart(12)}  ${name === "" ? OTHERS : name} (${number(before)} → ${number(after)})`,
  ];
  return [
    `${signed(bytes - against.bytes)} against ${against.unit.id} (${number(against.bytes)})`,
    ...listed("Sections", against.sections.map(changed), MOST_CRATES, colors),
    ...listed("Crates", against.crates.map(changed), MOST_CRATES, colors),
    ...listed(
      "Symbols",
      against.symbols.map((symbol) => [...changed(symbol), ...inliningLines(symbol)]),
      MOST_SYMBOLS,
      colors,
    ),
  ];
}

function inliningLines({ inlined = [] }: SymbolChange): string[] {
  const lines = inlined.map(({ name, before, after }) => {
    const doing = after > before ? "inlined more often" : "inlined less often";
    return `${doing}: ${name} (${number(before)} → ${number(after)})`;
  });
  return below(shortened(lines));
}
