/** What `size` prints. */
import type { SectionSize, SizeChange, SizeReport, SizesAgainst } from "../../protocol/size.js";
import { counted, number, signed } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";

/** The longest lists; the report has everything. */
const MOST_CRATES = 15;
const MOST_SYMBOLS = 20;

const OTHERS = "not of Rust";

export function sizeLines(report: SizeReport, colors: Colors): string[] {
  const { unit, file, bytes, against } = report;
  return [
    unitLine(unit, colors),
    ...warningLines(report.warnings, colors),
    `${colors.bold(file)}: ${counted(bytes, "byte")}`,
    ...(against === null ? absoluteLines(report, colors) : againstLines(report, against, colors)),
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
      symbols.map(({ name, bytes, section }) => [bytes, `${name}  ${section}`]),
      MOST_SYMBOLS,
      colors,
    ),
  ];
}

function sectionText({ name, named, padding, unnamed }: SectionSize): string {
  const parts = [
    `${number(named)} of symbols`,
    ...(padding === 0 ? [] : [`${number(padding)} padding`]),
    ...(unnamed === 0 ? [] : [`${number(unnamed)} without a symbol`]),
  ];
  return named === 0 ? name : `${name}: ${parts.join(", ")}`;
}

function table(title: string, rows: readonly (readonly [number, string])[], most: number, colors: Colors): string[] {
  return listed(
    title,
    rows.map(([bytes, text]) => `${number(bytes).padStart(12)}  ${text}`),
    most,
    colors,
  );
}

function listed(title: string, lines: readonly string[], most: number, colors: Colors): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > most ? [`${"".padStart(12)}  and ${number(lines.length - most)} more`] : [];
  return [colors.bold(title), ...lines.slice(0, most), ...more];
}

function againstLines({ bytes }: SizeReport, against: SizesAgainst, colors: Colors): string[] {
  const changed = ({ name, before, after }: SizeChange): string =>
    `${signed(after - before).padStart(12)}  ${name === "" ? OTHERS : name} (${number(before)} → ${number(after)})`;
  return [
    `${signed(bytes - against.bytes)} against ${against.unit.id} (${number(against.bytes)})`,
    ...listed("Sections", against.sections.map(changed), MOST_CRATES, colors),
    ...listed("Crates", against.crates.map(changed), MOST_CRATES, colors),
    ...listed("Symbols", against.symbols.map(changed), MOST_SYMBOLS, colors),
  ];
}
