/** Plots the cost by number of modules. */

export interface Point {
  readonly modules: number;
  readonly seconds: number;
}

const SIZE = { width: 640, height: 360, left: 64, right: 24, top: 24, bottom: 48 };

/** Both axes are logarithmic: a cost in proportion to the number of modules is a line of slope one, which is drawn for comparison. */
export function plot(points: readonly Point[]): string {
  const xs = points.map(({ modules }) => Math.log10(modules));
  const ys = points.map(({ seconds }) => Math.log10(seconds));
  const x = scale(Math.floor(Math.min(...xs)), Math.ceil(Math.max(...xs)), SIZE.left, SIZE.width - SIZE.right);
  const y = scale(Math.floor(Math.min(...ys)), Math.ceil(Math.max(...ys)), SIZE.height - SIZE.bottom, SIZE.top);
  const at = (modules: number, seconds: number): string =>
    `${x.of(Math.log10(modules)).toFixed(1)},${y.of(Math.log10(seconds)).toFixed(1)}`;
  const last = points.at(-1) ?? { modules: 1, seconds: 1 };
  const slope = points.map(({ modules }) => at(modules, (last.seconds * modules) / last.modules)).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...x.ticks.map((tick) => `<text x="${x.of(tick)}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${10 ** tick}</text>`),
    ...x.ticks.map(
      (tick) => `<line x1="${x.of(tick)}" x2="${x.of(tick)}" y1="${SIZE.top}" y2="${SIZE.height - SIZE.bottom}" stroke="#ddd"/>`,
    ),
    ...y.ticks.map((tick) => `<text x="${SIZE.left - 8}" y="${y.of(tick) + 4}" text-anchor="end">${10 ** tick} s</text>`),
    ...y.ticks.map(
      (tick) => `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y.of(tick)}" y2="${y.of(tick)}" stroke="#ddd"/>`,
    ),
    `<polyline points="${slope}" fill="none" stroke="#888" stroke-dasharray="5 4"/>`,
    `<polyline points="${points.map(({ modules, seconds }) => at(modules, seconds)).join(" ")}" fill="none" stroke="#0b62a4" stroke-width="2"/>`,
    ...points.map(
      ({ modules, seconds }) =>
        `<circle cx="${at(modules, seconds).split(",")[0] ?? ""}" cy="${at(modules, seconds).split(",")[1] ?? ""}" r="4" fill="#0b62a4"/>`,
    ),
    `<text x="${SIZE.width / 2}" y="${SIZE.height - 10}" text-anchor="middle">modules (dashed: in proportion)</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function scale(from: number, to: number, low: number, high: number): { of: (value: number) => number; ticks: number[] } {
  const last = Math.max(to, from + 1);
  return {
    of: (value) => low + ((value - from) / (last - from)) * (high - low),
    ticks: Array.from({ length: last - from + 1 }, (_, index) => from + index),
  };
}
