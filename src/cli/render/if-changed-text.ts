/** What `explain --if-changed` prints. */
import type { IfChanged, IfChangedReport } from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";
import { counted, number } from "../../protocol/words.js";

const SHOWN_MODULES = 20;

export function ifChangedLines(report: IfChangedReport, colors: Colors): string[] {
  return [
    unitLine(report.unit, colors),
    "",
    ...(report.ifChanged === null ? [] : costLines(report.ifChanged, colors)),
    "Most expensive changes:",
    "  re-usable  re-compiled",
    ...report.contagious.map(({ name, crate, cacheable, itself, importers }) => {
      const all = itself.length + importers.length;
      return `  ${number(cacheable).padStart(9)}  ${number(all).padStart(11)}  \`${name}\` in crate ${crate}`;
    }),
    "",
    ...warningLines(report.warnings, colors),
  ];
}

function costLines({ what, name, crate, itself, importers, cacheable }: IfChanged, colors: Colors): string[] {
  const all = itself.length + importers.length;
  return [
    `${colors.bold(`If ${what} \`${name}\` in crate \`${crate}\` changes`)}: ${counted(all, "module")} re-compiled, ${number(cacheable)} of which rustc could otherwise re-use`,
    `  ${counted(itself.length, "module")} that contain it: ${listed(itself)}`,
    `  ${counted(importers.length, "module")} because they import from these${importers.length === 0 ? "" : `: ${listed(importers)}`}`,
    "",
  ];
}

function listed(modules: readonly string[]): string {
  const shown = modules.slice(0, SHOWN_MODULES).map(shortModuleName).join(", ");
  return modules.length > SHOWN_MODULES ? `${shown} and ${number(modules.length - SHOWN_MODULES)} more` : shown;
}
