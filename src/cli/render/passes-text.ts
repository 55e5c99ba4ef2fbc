/** What `passes` prints. */
import type {
  BlameRow,
  FunctionPassesReport,
  FunctionPassRow,
  ModulePassesReport,
  PassesAgainst,
  PassRow,
  PassRunRow,
  PassSubject,
  PassSums,
} from "../../protocol/passes.js";
import { bytes, counted, micros, number, signed } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { patchLines } from "./diff-text.js";
import { warningLines } from "./llvm-lines.js";
import { shortName } from "./short-name.js";
import { table } from "./table.js";

/** Rows of a module's lists, unless `--limit` says otherwise; the report has all. */
const MOST_ROWS = 30;

/** @param limit rows of a list; null: the default */
export function passesLines(report: ModulePassesReport | FunctionPassesReport, colors: Colors, limit: number | null): string[] {
  const lines = report.function === null ? moduleLines(report, colors, limit ?? MOST_ROWS) : functionLines(report, colors, limit);
  return [...lines, ...warningLines(report.warnings, colors)];
}

function moduleLines(report: ModulePassesReport, colors: Colors, limit: number): string[] {
  const { unit, moduleName, sums, millis, passes, functions, missed } = report;
  return [
    `${colors.bold(unit.name)}  ${moduleName}`,
    `${counted(sums.runs, "pass run")}, of which ${number(sums.changed)} changed something; ${time(sums.millis)} of ${time(millis)} for all passes`,
    "",
    ...listed([`${"pass".padEnd(PASS_WIDTH)}  most on`], passes.map(passCells), limit, colors),
    "",
    ...listed([`${"most by".padEnd(PASS_WIDTH + "999 µs ".length)}  function`], functions.map(functionCells), limit, colors),
    ...(missed === null ? [] : ["", ...missedLines(missed, colors)]),
  ];
}

function missedLines(missed: NonNullable<ModulePassesReport["missed"]>, colors: Colors): string[] {
  if (missed.length === 0) return [colors.green("Every function was hashed after every run: no change was missed.")];
  return [
    colors.red(`The trace missed ${counted(missed.length, "change")}:`),
    ...missed.map(({ pass, function: name }) => `  ${pass} changed ${shortName(name)}`),
  ];
}

/** Names of passes that are longer move what follows. */
const PASS_WIDTH = 32;

const SUMS = ["time", "runs", "changed", "memory"];

function sumCells({ millis, runs, changed, peakBytes }: PassSums): string[] {
  return [time(millis), number(runs), number(changed), peakBytes === null || peakBytes === 0 ? "" : bytes(peakBytes)];
}

function time(millis: number): string {
  return micros(1000 * millis);
}

function passCells({ pass, most, ...sums }: PassRow): string[] {
  const on = most === null || sums.millis === 0 ? "" : `  ${time(most.millis)} on ${shortName(most.function)}`;
  return [...sumCells(sums), `${pass.padEnd(PASS_WIDTH)}${on}`];
}

function functionCells({ function: name, most, ...sums }: FunctionPassRow): string[] {
  const on = most === null || sums.millis === 0 ? "" : `${time(most.millis)} ${most.pass}`;
  return [...sumCells(sums), `${on.padEnd(PASS_WIDTH + "999 µs ".length)}  ${shortName(name)}`];
}

function listed(titles: readonly string[], rows: readonly (readonly string[])[], limit: number, colors: Colors): string[] {
  const shown = table([[...SUMS, ...titles], ...rows.slice(0, limit)], (column) => column >= SUMS.length);
  const more = rows.length > limit ? [`… and ${number(rows.length - limit)} more: --limit lists them`] : [];
  return [colors.bold(shown[0] ?? ""), ...shown.slice(1), ...more];
}

function functionLines(report: FunctionPassesReport, colors: Colors, limit: number | null): string[] {
  const { unit, moduleName, function: name, runs, list, at, blame, against } = report;
  const changed = list.filter((row) => row.changed.length > 0).length;
  const shown = limit === null ? list : list.slice(0, limit);
  const more = list.length - shown.length;
  return [
    `${colors.bold(unit.name)}  ${moduleName}  ${colors.bold(name)}`,
    `${counted(runs, "pass run")}; listed: ${counted(list.length, "run")}, of which ${number(changed)} changed it`,
    ...runLines(shown, colors),
    ...(more > 0 ? [`… and ${number(more)} more: --limit lists them`] : []),
    ...(at === null
      ? []
      : ["", `${colors.bold(at.pass)} (run ${number(at.run)})`, ...diffOr(at.patch, "The text that is shown is the same.", colors)]),
    ...(blame === null ? [] : ["", ...blameLines(blame, colors)]),
    ...(against === null ? [] : ["", ...againstLines(against, colors)]),
  ];
}

const SUBJECTS: Readonly<Record<PassSubject, string>> = { module: "module", scc: "group", function: "", loop: "loop" };

function runLines(rows: readonly PassRunRow[], colors: Colors): string[] {
  if (rows.length === 0) return [];
  const cells = table(
    [["run", "instructions", "time", "pass"], ...rows.map((row) => [number(row.run), deltaWords(row), time(row.millis), passWords(row)])],
    (column) => column === 3,
  );
  const [head = "", ...lines] = cells;
  return [colors.bold(head), ...lines.flatMap((line, index) => [line, ...linesOf(rows[index], colors)])];
}

function deltaWords({ changed, instructions }: PassRunRow): string {
  return changed.length === 0 ? "" : signed(instructions);
}

function passWords({ pass, subject, changed }: PassRunRow): string {
  const notes = [SUBJECTS[subject], ...changed.filter((one) => one !== "code")].filter((note) => note !== "");
  return notes.length === 0 ? pass : `${pass} (${notes.join(", ")})`;
}

function linesOf(row: PassRunRow | undefined, colors: Colors): string[] {
  const { added = [], removed = [] } = row?.lines ?? {};
  return [...shownLines(removed, "-").map(colors.red), ...shownLines(added, "+").map(colors.green)];
}

/** Lines with the text of `--text` below each run; the report has all. */
const MOST_LINES = 10;

function shownLines(lines: readonly string[], sign: string): string[] {
  const more = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => `    ${sign}${line}`);
  return more > 0 ? [...shown, `    ${sign} … and ${number(more)} more`] : shown;
}

function diffOr(patch: string, otherwise: string, colors: Colors): string[] {
  return patch === "" ? [otherwise] : patchLines(patch, colors).slice(1);
}

function blameLines(rows: readonly BlameRow[], colors: Colors): string[] {
  const notes = rows.map(({ run, pass }) => (run === null || pass === null ? "" : `${number(run)} ${pass}`));
  const width = Math.max(0, ...notes.map((note) => note.length));
  return rows.map(({ line }, index) => `${colors.dim(`${(notes[index] ?? "").padEnd(width)} │`)} ${line}`);
}

function againstLines({ unit, first }: PassesAgainst, colors: Colors): string[] {
  if (first === null) return [`Against ${unit.id}: every pass decided alike.`];
  if (first.pass === null) return [`Against ${unit.id}: the function differs before the passes.`, ...patchLines(first.patch, colors)];
  const sides = [sideWords("here", first.here), sideWords("there", first.there)];
  return [
    `Against ${unit.id}: ${colors.bold(first.pass)} is the first pass that decided otherwise, after ${counted(first.equal, "equal change")}.`,
    ...sides.map((side) => `  ${side}`),
    ...patchLines(first.patch, colors),
  ];
}

function sideWords(where: string, { run, changed }: { readonly run: number | null; readonly changed: boolean }): string {
  if (run === null) return `${where}: it did not run in this place`;
  return `${where}: run ${number(run)} ${changed ? "changed the function" : "changed nothing"}`;
}
