/** What `link` prints. */
import type { LinkReport } from "../../protocol/runs.js";
import { bytes, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { llvmLines, unitLine, warningLines } from "./llvm-lines.js";

export function linkLines(report: LinkReport, colors: Colors): string[] {
  const { unit, llvm, differs, identical, output } = report;
  return [
    unitLine(unit, colors),
    ...llvmLines(llvm, null, colors),
    ...warningLines(report.warnings, colors),
    `Linked ${bytes(report.bytes)} in ${number(Math.round(report.millis))} ms${output === null ? "." : `: ${output}`}`,
    ...differs.map(({ section, why }) => `${colors.red("differs")}: ${section === "" ? "" : `${section}: `}${why}`),
    identical === true
      ? `${colors.green("IDENTICAL")}: the output is the build's to the byte.`
      : `${colors.red("DIFFERS")}: the output is not the build's.`,
  ];
}
