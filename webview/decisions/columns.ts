/** The columns of the decisions table: contents, sort order and width of each. */
import type { BeforeAfter, ModuleRow, ModuleSort } from "../../src/protocol/views.js";
import { h, type Child } from "../dom.js";
import { icon } from "../icons.js";
import { bytes, moduleTime, moduleTimeWords, number, percent, reasonWords, signed } from "../../src/protocol/words.js";
import { VERDICT_SIGNS } from "../words.js";

export interface Column {
  readonly label: string;
  readonly sort: ModuleSort;
  /** The direction of the first click: names from A, numbers from the largest. */
  readonly descendingFirst: boolean;
  /** The sort key, if the column shows more than one thing. */
  readonly hint?: string;
  /** A track of the CSS grid. */
  readonly width: string;
  /** The track in a narrow table: wide enough for most rows. */
  readonly tight: string;
  readonly class: string;
  readonly content: (row: ModuleRow) => readonly Child[];
  /** The text for screen readers and the tooltip. */
  readonly words: (row: ModuleRow) => string;
}

const NOT_KNOWN = "–";

function pair(values: BeforeAfter | null, single: number | null, format: (value: number) => string): readonly Child[] {
  if (values === null) return [h("span", { class: "pair-before" }, single === null ? NOT_KNOWN : format(single))];
  return [
    h("span", { class: "pair-before" }, format(values.before)),
    h("span", { class: "pair-arrow dim" }, "→"),
    h("span", { class: "pair-after" }, format(values.after)),
  ];
}

function pairWords(values: BeforeAfter | null, what: string, format: (value: number) => string): string {
  return values === null ? `${what} not known` : `${format(values.before)} to ${format(values.after)} ${what}`;
}

function verdict({ verdict: kind }: ModuleRow): readonly Child[] {
  if (kind === null) return [icon("question"), "not known"];
  return [icon(VERDICT_SIGNS[kind]), kind];
}

function reasonTitle({ reason, error }: ModuleRow): string {
  if (error !== null) return error.name;
  return reason === null ? NOT_KNOWN : reasonWords(reason);
}

/** The reason in full; for a failed module, its error. */
export function reasonDetail({ reason, error }: ModuleRow): string {
  return error?.message ?? reason?.detail ?? "";
}

function growth({ instructions }: ModuleRow): string {
  return instructions === null ? NOT_KNOWN : signed(instructions.after - instructions.before);
}

export const COLUMNS: readonly Column[] = [
  {
    label: "Module",
    sort: "name",
    descendingFirst: false,
    width: "minmax(9.5em, 2.6fr)",
    tight: "minmax(8.5em, 2fr)",
    class: "cell-module",
    content: (row) => [
      h("span", { class: "open-module" }, row.shortName),
      row.origin === "allocator" && row.readable === null ? h("span", { class: "dim" }, "allocator") : null,
    ],
    words: (row) => (row.readable === null ? row.name : `${row.shortName}: ${row.name}`),
  },
  {
    label: "Crate",
    sort: "crate",
    descendingFirst: false,
    width: "minmax(6.5em, 0.7fr)",
    tight: "minmax(5.5em, 0.8fr)",
    class: "cell-crate",
    content: (row) => [row.crate],
    words: (row) => row.crate,
  },
  {
    label: "Verdict",
    sort: "verdict",
    descendingFirst: false,
    width: "8em",
    tight: "8em",
    class: "cell-verdict",
    content: verdict,
    words: (row) => row.verdict ?? "no decision known",
  },
  {
    label: "Reason",
    sort: "reason",
    descendingFirst: false,
    width: "minmax(8em, 1fr)",
    tight: "minmax(4em, 1.2fr)",
    class: "cell-reason",
    content: (row) => [reasonTitle(row), h("span", { class: "dim" }, reasonDetail(row))],
    words: (row) => reasonDetail(row),
  },
  {
    label: "Size",
    sort: "bytes",
    descendingFirst: true,
    hint: "bitcode before and after; sorted by before",
    width: "10.5em",
    tight: "10em",
    class: "cell-pair",
    content: (row) => pair(row.stageBytes, row.bytes, bytes),
    words: ({ stageBytes }) => `${pairWords(stageBytes, "of bitcode", bytes)}${stageBytes === null ? "" : ` (${percent(stageBytes)})`}`,
  },
  {
    label: "Instructions",
    sort: "instructions",
    descendingFirst: true,
    hint: "before and after; sorted by after",
    width: "11.5em",
    tight: "9.5em",
    class: "cell-pair",
    content: (row) => pair(row.instructions, null, number),
    words: ({ instructions }) => pairWords(instructions, "instructions", number),
  },
  {
    label: "Growth",
    sort: "growth",
    descendingFirst: true,
    hint: "instructions gained",
    width: "5.5em",
    tight: "4.8em",
    class: "cell-number",
    content: (row) => [growth(row)],
    words: (row) => `${growth(row)} instructions gained`,
  },
  {
    label: "Time",
    sort: "time",
    descendingFirst: true,
    hint: "all stages together; kept: from an earlier run, sorted last",
    width: "7em",
    tight: "7em",
    class: "cell-number",
    content: (row) => [
      row.stageBytes === null ? NOT_KNOWN : row.fromStore ? h("span", { class: "dim" }, moduleTime(row)) : moduleTime(row),
    ],
    words: timeWords,
  },
];

function timeWords(row: ModuleRow): string {
  return row.stageBytes === null ? "no stage was made" : `all stages ${moduleTimeWords(row)}`;
}

/** The whole row in one sentence. */
export function rowWords(row: ModuleRow): string {
  const reason = row.reason === null ? "" : `, ${reasonWords(row.reason)}`;
  const [size, instructions] = [COLUMNS[4]?.words(row), COLUMNS[5]?.words(row)];
  return `${row.shortName} of crate ${row.crate}: ${row.verdict ?? "no decision known"}${reason}. ${size ?? ""}, ${instructions ?? ""}, ${timeWords(row)}`;
}
