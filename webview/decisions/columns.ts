/** The columns of the decisions table: contents, sort order and width of each. */
import * as l10n from "../../src/protocol/l10n.js";
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

function bitcodeWords({ stageBytes }: ModuleRow): string {
  if (stageBytes === null) return l10n.t("size of bitcode not known");
  const [before, after, share] = [bytes(stageBytes.before), bytes(stageBytes.after), percent(stageBytes)];
  return l10n.t("{0} to {1} of bitcode ({2})", before, after, share);
}

function instructionWords({ instructions }: ModuleRow): string {
  if (instructions === null) return l10n.t("instructions not known");
  return l10n.t("{0} to {1} instructions", number(instructions.before), number(instructions.after));
}

function verdict({ verdict: kind }: ModuleRow): readonly Child[] {
  if (kind === null) return [icon("question"), l10n.t("not known")];
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
    label: l10n.t("Module"),
    sort: "name",
    descendingFirst: false,
    width: "minmax(9.5em, 2.6fr)",
    tight: "minmax(8.5em, 2fr)",
    class: "cell-module",
    content: (row) => [
      h("span", { class: "open-module" }, row.shortName),
      row.origin === "allocator" && row.readable === null ? h("span", { class: "dim" }, l10n.t("allocator")) : null,
    ],
    words: (row) => (row.readable === null ? row.name : `${row.shortName}: ${row.name}`),
  },
  {
    label: l10n.t("Crate"),
    sort: "crate",
    descendingFirst: false,
    width: "minmax(6.5em, 0.7fr)",
    tight: "minmax(5.5em, 0.8fr)",
    class: "cell-crate",
    content: (row) => [row.crate],
    words: (row) => row.crate,
  },
  {
    label: l10n.t("Verdict"),
    sort: "verdict",
    descendingFirst: false,
    width: "8em",
    tight: "8em",
    class: "cell-verdict",
    content: verdict,
    words: verdictWords,
  },
  {
    label: l10n.t("Reason"),
    sort: "reason",
    descendingFirst: false,
    width: "minmax(8em, 1fr)",
    tight: "minmax(4em, 1.2fr)",
    class: "cell-reason",
    content: (row) => [reasonTitle(row), h("span", { class: "dim" }, reasonDetail(row))],
    words: (row) => reasonDetail(row),
  },
  {
    label: l10n.t("Size"),
    sort: "bytes",
    descendingFirst: true,
    hint: l10n.t("bitcode before and after; sorted by before"),
    width: "10.5em",
    tight: "10em",
    class: "cell-pair",
    content: (row) => pair(row.stageBytes, row.bytes, bytes),
    words: bitcodeWords,
  },
  {
    label: l10n.t("Instructions"),
    sort: "instructions",
    descendingFirst: true,
    hint: l10n.t("before and after; sorted by after"),
    width: "11.5em",
    tight: "9.5em",
    class: "cell-pair",
    content: (row) => pair(row.instructions, null, number),
    words: instructionWords,
  },
  {
    label: l10n.t("Growth"),
    sort: "growth",
    descendingFirst: true,
    hint: l10n.t("instructions gained"),
    width: "5.5em",
    tight: "4.8em",
    class: "cell-number",
    content: (row) => [growth(row)],
    words: (row) => l10n.t("{0} instructions gained", growth(row)),
  },
  {
    label: l10n.t("Time"),
    sort: "time",
    descendingFirst: true,
    hint: l10n.t("all stages together; kept: from an earlier run, sorted last"),
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
  return row.stageBytes === null ? l10n.t("no stage was made") : l10n.t("all stages {0}", moduleTimeWords(row));
}

/** The whole row in one sentence. */
export function rowWords(row: ModuleRow): string {
  const decision = [verdictWords(row), ...(row.reason === null ? [] : [reasonWords(row.reason)])].join(", ");
  const numbers = [bitcodeWords(row), instructionWords(row), timeWords(row)].join(", ");
  return l10n.t("{0} of crate {1}: {2}. {3}", row.shortName, row.crate, decision, numbers);
}

export function verdictWords({ verdict: kind }: Pick<ModuleRow, "verdict">): string {
  return kind ?? l10n.t("no decision known");
}
