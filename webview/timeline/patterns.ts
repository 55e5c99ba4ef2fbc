/** Fills of the timeline's bars: a tint and lines in the same colour, so that kinds also differ without colour. */
import { svg } from "../dom.js";
import type { Kind } from "./bars.js";

/** Lines in a tile of 6 × 6. */
const LINES: Readonly<Record<Kind, string>> = {
  input: "M1 0V6M4 0V6",
  link: "M0 1.5H6M0 4.5H6",
  rename: "M0 3H6",
  resolve: "M3 0V6",
  internalize: "M1.5 1.5h.01M4.5 4.5h.01",
  restriction: "M1.5 1.5h.01M4.5 4.5h.01",
  import: "M-1 7 7 -1M-1 1 1 -1M5 7 7 5",
  optimize: "",
  other: "M-1 -1 7 7M-1 5 1 7M5 -1 7 1",
  several: "M0 3H6M3 0V6",
};

export const KINDS = Object.keys(LINES) as Kind[];

export function patterns(): SVGDefsElement {
  return svg("defs", {}, ...KINDS.map(pattern));
}

function pattern(kind: Kind): SVGPatternElement {
  return svg(
    "pattern",
    { id: `fill-${kind}`, class: `pattern kind-${kind}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    svg("rect", { width: 6, height: 6, class: "pattern-tint" }),
    LINES[kind] === "" ? null : svg("path", { d: LINES[kind], class: "pattern-lines" }),
  );
}

/** A sample for the legend. */
export function swatch(kind: Kind): SVGSVGElement {
  return svg(
    "svg",
    { class: "swatch", width: 22, height: 12, "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 0.5, y: 0.5, width: 21, height: 11, class: `bar kind-${kind}`, fill: `url(#fill-${kind})` }),
  );
}
