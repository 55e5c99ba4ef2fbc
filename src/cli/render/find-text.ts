/** What `find` prints. */
import type { FindHit } from "../../protocol/engine.js";
import type { FindReport } from "../../protocol/ir.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { STAGE_NAMES } from "../../protocol/stages.js";
import type { Colors } from "../context.js";
import { plural } from "./units.js";

/** Users that are named for each hit; the report has up to 20. */
const MOST_USERS = 4;

export function findLines(report: FindReport, colors: Colors): string[] {
  const symbols = bySymbol(report.hits);
  const searched = `${plural(report.searched, "module")} searched after ${STAGE_NAMES[report.stage].short}`;
  return [
    ...[...symbols.values()].flatMap((hits) => symbolLines(hits, colors)),
    ...report.errors.map((error) => colors.red(`${error.module ?? error.file ?? ""}: ${error.name}: ${error.message}`)),
    report.hits.length === 0 ? `${report.symbol} was not found; ${searched}.` : `${plural(symbols.size, "symbol")}; ${searched}.`,
    ...(report.truncated ? ["There are more: raise --limit, or ask for a longer part of the name."] : []),
  ];
}

/** Hits of one symbol, promoted or not, together. */
function bySymbol(hits: readonly FindHit[]): Map<string, FindHit[]> {
  const groups = new Map<string, FindHit[]>();
  for (const hit of hits) {
    const stem = hit.symbol.replace(/\.llvm\.\d+$/, "");
    const group = groups.get(stem);
    if (group === undefined) groups.set(stem, [hit]);
    else group.push(hit);
  }
  return groups;
}

function symbolLines(hits: readonly FindHit[], colors: Colors): string[] {
  const [first] = hits;
  if (first === undefined) return [];
  const readable = first.demangled === first.symbol ? "" : `  ${colors.dim(first.symbol)}`;
  return [`${colors.bold(first.demangled)}  ${first.kind}${readable}`, ...hits.map((hit) => hitLine(hit, colors)), ""];
}

function hitLine(hit: FindHit, colors: Colors): string {
  const role = hit.role.padEnd("referenced".length);
  const painted = hit.role === "defined" ? colors.green(role) : hit.role === "imported" ? colors.yellow(role) : role;
  const size = hit.instructions === 0 ? "" : `, ${plural(hit.instructions, "instruction")}`;
  return `  ${painted}  ${shortModuleName(hit.module)}  ${hit.linkage}${size}${usersText(hit, colors)}`;
}

function usersText({ usedByDemangled }: FindHit, colors: Colors): string {
  if (usedByDemangled.length === 0) return "";
  const more = usedByDemangled.length > MOST_USERS ? ", …" : "";
  return `  ${colors.dim(`used by ${usedByDemangled.slice(0, MOST_USERS).join(", ")}${more}`)}`;
}
