/** Small icons on a 16 × 16 grid, without an icon font. Each accompanies a word with the same meaning, so that screen readers skip it. */
import { svg } from "./dom.js";

const PATHS = {
  check: "M2.5 8.5 6 12l7.5-8",
  sync: "M13.5 7.5A5.5 5.5 0 0 0 3.6 5M2.5 8.5a5.5 5.5 0 0 0 9.9 2.5M3 2.2V5.2H6M13 13.8v-3h-3",
  add: "M8 3v10M3 8h10",
  flag: "M4 14V2.5h8.5l-2 3 2 3H4",
  error: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM5.7 5.7l4.6 4.6M10.3 5.7 5.7 10.3",
  link: "M6.5 9.5l3-3M7 5l1.6-1.6a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7",
  question: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11v.6",
  warning: "M8 2 14.5 13.5h-13ZM8 6.2v3.6M8 11.3v.6",
  verified:
    "M8 1.5l1.7 1.3 2.1-.2.6 2 1.8 1.1-.7 2 .7 2-1.8 1.1-.6 2-2.1-.2L8 14.5l-1.7-1.4-2.1.2-.6-2-1.8-1.1.7-2-.7-2 1.8-1.1.6-2 2.1.2ZM5.4 8.2l1.8 1.8 3.4-3.8",
  info: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM8 7.2v4M8 4.6v.6",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3l3.7 3.7",
  up: "M8 13V3.5M4 7.5l4-4 4 4",
  down: "M8 3v9.5M4 8.5l4 4 4-4",
  zoomIn: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3l3.7 3.7M5 7h4M7 5v4",
  zoomOut: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3l3.7 3.7M5 7h4",
  edit: "M3 13l.8-3.2L11 2.6a1.6 1.6 0 0 1 2.3 2.3L6.1 12.2ZM9.8 3.8l2.3 2.3",
  module: "M8 1.8 13.5 5v6L8 14.2 2.5 11V5ZM2.5 5 8 8l5.5-3M8 8v6.2",
  function: "M10.8 3.2c-1.6-.9-2.7 0-3 1.6L6.4 12c-.3 1.3-1.2 1.8-2.4 1.2M5 6.8h5M10 9.5l3 3.5M13 9.5l-3 3.5",
  target: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM8 5.4a2.6 2.6 0 1 1 0 5.2A2.6 2.6 0 0 1 8 5.4Z",
  whole: "M2 3v10M14 3v10M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}
