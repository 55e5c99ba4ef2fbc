/** Patterns over tiles whose size changed, so that changes also differ without colour. */
import { svg } from "../dom.js";
import type { Change } from "./words.js";

/** Lines in a tile of 6 × 6. */
const LINES: Readonly<Record<Exclude<Change, "same">, string>> = {
  grown: "M-1 7 7 -1M-1 1 1 -1M5 7 7 5",
  shrunk: "M-1 -1 7 7M-1 5 1 7M5 -1 7 1",
  new: "M0 3H6M3 0V6",
  gone: "M1.5 1.5h.01M4.5 4.5h.01",
};

export const CHANGES = Object.keys(LINES) as (keyof typeof LINES)[];

export function changePatterns(): SVGDefsElement {
  return svg("defs", {}, ...CHANGES.map((change) => pattern(change)));
}

function pattern(change: keyof typeof LINES): SVGPatternElement {
  return svg(
    "pattern",
    { id: `change-${change}`, class: `pattern change-${change}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    svg("path", { d: LINES[change], class: "change-lines" }),
  );
}

/** A sample for the legend. */
export function changeSwatch(change: keyof typeof LINES): SVGSVGElement {
  return svg(
    "svg",
    { class: "swatch", width: 22, height: 12, "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 0.5, y: 0.5, width: 21, height: 11, class: `treemap-tile change-${change}` }),
    svg("rect", { x: 0.5, y: 0.5, width: 21, height: 11, class: `treemap-change change-${change}`, fill: `url(#change-${change})` }),
  );
}
