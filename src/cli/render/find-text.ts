/** What `find` prints. */
import type { FindReport, FoundSymbol, MultiplyDefined } from "../../protocol/ir.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageShort } from "../../protocol/stages.js";
import type { Colors } from "../styles.js";
import { counted } from "../../protocol/words.js";

/** The most users to name for each hit; the report has up to 20. */
const MOST_USERS = 4;

export function findLines(report: FindReport, colors: Colors): string[] {
  const symbols = bySymbol(report.hits);
  const others = report.outsideLto === undefined ? "" : `, and the crates that are linked without LTO (${report.outsideLto.join(", ")})`;
  const searched = `${counted(report.searched, "module")} searched after ${stageShort(report.stage)}${others}`;
  return [
    ...[...symbols.values()].flatMap((hits) => symbolLines(hits, colors)),
    ...report.multiplyDefined.map((one) => colors.yellow(twiceText(one))),
    ...report.errors.map((error) => colors.red(`${error.module ?? error.file ?? ""}: ${error.name}: ${error.message}`)),
    report.hits.length === 0 ? `${report.symbol} was not found; ${searched}.` : `${counted(symbols.size, "symbol")}; ${searched}.`,
    ...(report.truncated ? ["There are more: raise --limit, or give a longer part of the name."] : []),
  ];
}

/** Groups hits by symbol; a promoted symbol counts as the original one. */
function bySymbol(hits: readonly FoundSymbol[]): Map<string, FoundSymbol[]> {
  const groups = new Map<string, FoundSymbol[]>();
  for (const hit of hits) {
    const stem = hit.symbol.replace(/\.llvm\.\d+$/, "");
    const group = groups.get(stem);
    if (group === undefined) groups.set(stem, [hit]);
    else group.push(hit);
  }
  return groups;
}

function symbolLines(hits: readonly FoundSymbol[], colors: Colors): string[] {
  const [first] = hits;
  if (first === undefined) return [];
  const readable = first.demangled === first.symbol ? "" : `  ${colors.dim(first.symbol)}`;
  return [`${colors.bold(first.demangled)}  ${first.kind}${readable}`, ...hits.map((hit) => hitLine(hit, colors)), ""];
}

function hitLine(hit: FoundSymbol, colors: Colors): string {
  const role = hit.role.padEnd("referenced".length);
  const copy = hit.role === "imported" || hit.role === "available";
  const painted = hit.role === "defined" ? colors.green(role) : copy ? colors.yellow(role) : role;
  const size = hit.instructions === 0 ? "" : `, ${counted(hit.instructions, "instruction")}`;
  const place = hit.outsideLto === undefined ? shortModuleName(hit.module) : `outside LTO, ${hit.outsideLto}`;
  return `  ${painted}  ${place}  ${placeText(hit)}${hit.linkage}${size}${copyText(hit)}${usersText(hit, colors)}`;
}

/** Marks a definition in assembly, which otherwise looks like any other. */
function placeText({ kind, role }: FoundSymbol): string {
  return kind === "assembly" && role === "defined" ? "in module asm, " : "";
}

/** Describes a copy that is not emitted. */
function copyText({ role, prevailing }: FoundSymbol): string {
  if (role === "imported") return prevailing === null ? "" : `, from ${shortModuleName(prevailing)}`;
  if (role !== "available") return "";
  return prevailing === null
    ? "; its own copy, not emitted"
    : `; its own copy, not emitted: the copy in ${shortModuleName(prevailing)} prevails`;
}

function twiceText({ symbol, modules, prevailing }: MultiplyDefined): string {
  const decided =
    prevailing === null ? "thin LTO decides at stage resolve which one prevails" : `the copy in ${shortModuleName(prevailing)} prevails`;
  const where = modules.map(shortModuleName).join(" and in ");
  return `${symbol} has ${modules.length} strong definitions, in ${where}: ${decided}; fat LTO and linkers reject it (symbol multiply defined).`;
}

function usersText({ usedByDemangled }: FoundSymbol, colors: Colors): string {
  if (usedByDemangled.length === 0) return "";
  const more = usedByDemangled.length > MOST_USERS ? ", …" : "";
  return `  ${colors.dim(`used by ${usedByDemangled.slice(0, MOST_USERS).join(", ")}${more}`)}`;
}
