/** Two bar charts with a shared axis of stages: instructions and bitcode size after each stage. */
import * as l10n from "../../src/protocol/l10n.js";
import { scaleBand, scaleLinear, type ScaleBand } from "d3-scale";
import type { StageTotal } from "../../src/protocol/views.js";
import { h, replace, svg } from "../dom.js";
import { bytes, number, short } from "../../src/protocol/words.js";

const ROW = 26;
const TOP = 20;
/** Widths in the picture's own units. */
const WIDTH = 470;
const LABELS = 92;
const GAP = 16;
/** Space for the number at the end of the longest bar. */
const NUMBERS = 58;

interface Series {
  readonly title: string;
  readonly value: (total: StageTotal) => number;
  readonly format: (value: number) => string;
}

const SERIES: readonly Series[] = [
  { title: l10n.t("Instructions"), value: ({ instructions }) => instructions, format: short },
  { title: l10n.t("Bitcode"), value: ({ bytes: size }) => size, format: bytes },
];

export class StageChart {
  readonly element = h("div", { class: "beside-chart stage-chart" });

  show(totals: readonly StageTotal[]): void {
    const height = TOP + totals.length * ROW;
    const rows = scaleBand()
      .domain(totals.map(({ stage }) => stage))
      .range([TOP, height])
      .padding(0.3);
    const width = (WIDTH - LABELS - GAP) / SERIES.length;
    const picture = svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": words(totals), class: "stage-picture" },
      ...totals.map(({ stage, label }) => svg("text", { x: LABELS - 8, y: middle(rows, stage), class: "stage-name" }, label)),
      ...SERIES.map((series, index) => this.#series(series, totals, rows, LABELS + index * (width + GAP), width)),
    );
    replace(this.element, picture);
  }

  #series(series: Series, totals: readonly StageTotal[], rows: Rows, left: number, width: number): SVGGElement {
    const { title, value, format } = series;
    const most = Math.max(1, ...totals.map(value));
    const scale = scaleLinear()
      .domain([0, most])
      .range([0, width - NUMBERS]);
    const bar = (total: StageTotal): SVGGElement => {
      const end = scale(value(total));
      return svg(
        "g",
        {},
        svg("rect", {
          x: 0,
          y: rows(total.stage) ?? 0,
          width: Math.max(1, end).toFixed(1),
          height: rows.bandwidth(),
          class: "stage-bar",
        }),
        svg("text", { x: (end + 6).toFixed(1), y: middle(rows, total.stage), class: "stage-number" }, format(value(total))),
      );
    };
    return svg(
      "g",
      { transform: `translate(${left},0)` },
      svg("text", { x: 0, y: 12, class: "stage-title" }, title),
      svg("line", { x1: 0, x2: 0, y1: TOP, y2: TOP + totals.length * ROW, class: "stage-zero" }),
      ...totals.map(bar),
    );
  }
}

type Rows = ScaleBand<string>;

function middle(rows: Rows, stage: string): number {
  return (rows(stage) ?? 0) + rows.bandwidth() / 2;
}

/** The picture's text for screen readers; the table beside it has all numbers. */
function words(totals: readonly StageTotal[]): string {
  const [first, last] = [totals[0], totals.at(-1)];
  if (first === undefined || last === undefined) return l10n.t("No stages");
  return l10n.t(
    "Instructions and bitcode after each stage: from {0} instructions and {1} at {2} to {3} instructions and {4} at {5}. The table that follows has all numbers.",
    ...[number(first.instructions), bytes(first.bytes), first.label],
    ...[number(last.instructions), bytes(last.bytes), last.label],
  );
}
