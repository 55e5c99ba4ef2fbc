/** The picture of a comparison of settings: what is smaller and what is faster. The table has the same numbers. */
import type { AdvisePicture } from "../../src/protocol/advise-picture.js";
import { h, svg } from "../dom.js";

export function pictureOf({ width, height, frame, points, front, horizontal, vertical, caption }: AdvisePicture): HTMLElement {
  const { left, top, right, bottom } = frame;
  const picture = svg(
    "svg",
    { class: "advice-picture", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": caption },
    svg("line", { class: "advice-axis", x1: left, y1: bottom, x2: right, y2: bottom }),
    svg("line", { class: "advice-axis", x1: left, y1: bottom, x2: left, y2: top }),
    svg("text", { x: right, y: height - top, "text-anchor": "end" }, horizontal),
    svg("text", { x: left, y: top - 10 }, vertical),
    svg("polyline", { class: "advice-front", points: front }),
    ...points.map(({ x, y, numbers, title, best }) =>
      svg(
        "g",
        { class: best ? "advice-best" : "advice-point" },
        svg("title", {}, title),
        svg("circle", { cx: x, cy: y, r: 5 }),
        svg("text", { x: x + 8, y: y - 8 }, numbers),
      ),
    ),
  );
  return h("figure", { class: "advice-figure" }, picture, h("figcaption", { class: "dim" }, caption));
}
