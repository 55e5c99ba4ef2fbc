/** What `calls` prints. */
import { importReason, importSentence, inlineReason, inlineSentence, possiblePlace } from "../../protocol/call-words.js";
import type { CallPlace, CallRow, CallsReport, Compared, FunctionUse, ImportRow } from "../../protocol/calls.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { counted, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { warningLines } from "./llvm-lines.js";

/** The longest lists without a function; the report has everything. */
const MOST_ROWS = 20;

export function callsLines(report: CallsReport, colors: Colors): string[] {
  return [
    ...(report.function === null ? summaryLines(report, colors) : functionLines(report, colors)),
    ...report.notAvailable.map(({ module, what, why }) =>
      colors.yellow(`${shortModuleName(module)}: its ${what === "imports" ? "imports" : "calls"} are not available. ${why}`),
    ),
    checkedLine(report, colors),
    ...warningLines(report.warnings, colors),
  ];
}

/** Everything about one function, in full. */
function functionLines({ function: name, imports, calls, uses, inlinedBefore }: CallsReport, colors: Colors): string[] {
  if (inlinedBefore.length > 0) {
    const into = inlinedBefore.map((one) => `\`${one}\``).join(", ");
    return [`\`${name ?? ""}\` is not in LTO's input any more: the compiler had inlined it before, into ${into}.`];
  }
  return [
    ...(imports.length + calls.length === 0 ? ["No call of it reaches LTO, and it calls nothing."] : []),
    ...groupsOf(imports, ({ verdict, callee, importer, reason }) => [verdict, callee, importer, reason].join("\n")).flatMap((rows) =>
      importLines(rows, colors),
    ),
    ...groupsOf(calls, ({ caller, callee, module }) => [caller, callee, module].join("\n")).flatMap((rows) => callGroupLines(rows, colors)),
    ...uses.map((use) => useLine(use, colors)),
  ];
}

/** "`lib::ptr` is defined in lib-cgu.0 (2 instructions), used by lib::TABLE" */
function useLine({ name, module, role, kind, instructions, usedBy }: FunctionUse, colors: Colors): string {
  const size = instructions === 0 ? "" : ` (${counted(instructions, "instruction")})`;
  const how = role === "defined" ? `is defined in ${kind === "assembly" ? "the module assembly of " : ""}` : "is referred to in ";
  const by = usedBy.length === 0 ? "" : `, used by ${listed(usedBy)}`;
  return colors.dim(`\`${name}\` ${how}${shortModuleName(module)}${size}${by}.`);
}

function importLines([row]: readonly ImportRow[], colors: Colors): string[] {
  if (row === undefined) return [];
  const paint = row.verdict === "imported" ? colors.green : colors.yellow;
  return [
    paint(`${importSentence(row)}.`),
    ...(row.verdict === "refused" && row.callers.length > 0 ? [colors.dim(`    called from ${listed(row.callers)}`)] : []),
    ...helpLines(row.help, colors),
  ];
}

function callGroupLines(rows: readonly CallRow[], colors: Colors): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const callee = first.callee === null ? "a pointer" : `\`${first.callee}\``;
  const help = [...new Set(rows.flatMap((row) => row.help))];
  return [
    `${callee} in ${colors.bold(`\`${first.caller}\``)}  ${colors.dim(shortModuleName(first.module))}`,
    ...rows.flatMap((row) => [
      `  ${row.verdict === "inlined" ? colors.green(inlineSentence(row)) : colors.yellow(inlineSentence(row))}`,
      ...(row.inlinedAt.length === 0 ? [] : [colors.dim(`    inlined ${row.inlinedAt.map(wayText).join(", ")}`)]),
      ...(row.oneOf.length === 0 ? [] : [colors.dim(`    the passes made it of several: ${row.oneOf.map(possiblePlace).join(", ")}`)]),
      ...(row.wholeWay || row.at === null ? [] : [colors.dim("    one of several copies in the same block")]),
    ]),
    ...helpLines(help, colors),
  ];
}

function wayText({ function: name, at, ordinal }: CallPlace): string {
  if (at !== null) return `at ${at.file}:${at.line} (\`${name}\`)`;
  return ordinal === null ? `into \`${name}\`` : `by call ${number(ordinal)} of \`${name}\``;
}

function helpLines(help: readonly string[], colors: Colors): string[] {
  return help.map((line) => `  ${colors.bold("help")}: ${line}`);
}

/** Without a function: how many, by reason, and the largest groups. */
function summaryLines({ imports, calls, limits }: CallsReport, colors: Colors): string[] {
  const imported = imports.filter(({ verdict }) => verdict === "imported");
  const inlined = calls.filter(({ verdict }) => verdict === "inlined");
  const lines: string[] = [];
  if (limits !== null) {
    lines.push(
      colors.bold(`${counted(imported.length, "import")}, ${number(imports.length - imported.length)} refused`),
      ...topLines(
        imports.filter(({ verdict }) => verdict === "refused"),
        ({ reason }) => reason,
        (row) => (row.reason === "too-large" ? "larger than the limit of every call of it" : importReason(row)),
        ({ callee }) => callee,
      ),
    );
  }
  if (calls.length > 0) {
    lines.push(
      colors.bold(`${counted(inlined.length, "call")} inlined, ${number(calls.length - inlined.length)} not`),
      ...topLines(
        calls.filter(({ verdict }) => verdict === "not-inlined"),
        ({ remark, reason }) => `${remark} ${reason}`,
        (row) => (row.remark === "TooCostly" ? "the cost is not below the threshold" : inlineReason(row)),
        ({ callee }) => callee ?? "a pointer",
      ),
    );
  }
  return [...lines, "Name a function to see each of its calls."];
}

/** Rows by reason, with the callees that are most frequent. */
function topLines<T>(rows: readonly T[], reasonOf: (row: T) => string, words: (row: T) => string, calleeOf: (row: T) => string): string[] {
  const groups = groupsOf(rows, reasonOf).sort((left, right) => right.length - left.length);
  return groups.slice(0, MOST_ROWS).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const callees = groupsOf(group, calleeOf).sort((left, right) => right.length - left.length);
    const examples = callees.slice(0, 3).flatMap(([one]) => (one === undefined ? [] : [`\`${calleeOf(one)}\``]));
    return [`  ${number(group.length).padStart(7)}  ${sameForAll(group, words)}: ${listed(examples, callees.length)}`];
  });
}

/** The words if they hold for every row, otherwise those of the first as an example. */
function sameForAll<T>(rows: readonly T[], words: (row: T) => string): string {
  const texts = new Set(rows.map(words));
  const [first = ""] = texts;
  return texts.size === 1 ? first : `for example ${first}`;
}

function listed(items: readonly string[], total = new Set(items).size): string {
  // Several symbols can have one readable name.
  const shown = [...new Set(items)].slice(0, MOST_CALLERS).map((item) => (item.startsWith("`") ? item : `\`${item}\``));
  return `${shown.join(", ")}${total > shown.length ? `, and ${number(total - shown.length)} more` : ""}`;
}

const MOST_CALLERS = 4;

function groupsOf<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function checkedLine({ checked, limits }: CallsReport, colors: Colors): string {
  const { importLists, failures, code, located } = checked;
  const parts = [
    ...(limits === null ? [] : [part("import lists", importLists)]),
    ...(failures === null ? [] : [part("refusals", failures)]),
    ...(code.equal + code.different === 0 ? [] : [codePart(code)]),
    ...(located.of === 0 ? [] : [`${number(located.calls)} of ${number(located.of)} calls located`]),
  ];
  const same = importLists.different + code.different + (failures?.different ?? 0) === 0;
  return (same ? colors.green : colors.red)(`Checked: ${parts.join("; ")}.`);
}

function codePart({ equal, different }: Compared): string {
  const all = counted(equal + different, "function");
  return different === 0 ? `the code of ${all} unchanged by listening` : `the code of ${number(different)} of ${all} changed by listening`;
}

function part(what: string, { equal, different }: Compared): string {
  const all = number(equal + different);
  return different === 0 ? `${all} ${what} equal LLVM's` : `${number(different)} of ${all} ${what} differ from LLVM's`;
}
