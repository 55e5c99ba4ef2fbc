/** The report of `advise` as a page: one HTML file that needs nothing else. Pure functions. */
import type { AdviseReport, AdvisedSetting, BenchmarkResult } from "../../protocol/advise.js";
import { verdictText } from "../../protocol/advise-words.js";
import { bytes, duration, number, percent } from "../../protocol/words.js";
import { visibleLines } from "../../protocol/visible.js";

/** A row with its number in the table and in the picture. */
interface Numbered {
  readonly number: number;
  readonly setting: AdvisedSetting;
}

export function advisePage(report: AdviseReport): string {
  const rows = report.settings.map((setting, index) => ({ number: index + 1, setting }));
  const title = `${report.unit.name}: settings of LTO`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(title)}</h1>
<p>${text(`${report.unit.id}, profile ${report.unit.profile}`)}</p>
${report.warnings.map((warning) => `<p class="note">${text(warning)}</p>`).join("\n")}
${table(rows)}
${picture(rows)}
${steps(rows)}
${snippets(rows)}
${failures(report)}
${measured(report)}
</main>
</body>
</html>
`;
}

function table(rows: readonly Numbered[]): string {
  const headings = ["", "Setting", "How", "LTO", "Level", "LTO time", "Peak memory", "File", "Code", "Run", "Compared with 1"];
  return `<div class="wide"><table>
<thead><tr>${headings.map((heading) => `<th scope="col">${text(heading)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map(tableRow).join("\n")}
</tbody>
</table></div>`;
}

function tableRow({ number: row, setting }: Numbered): string {
  const { name, by, lto, optLevel, ltoMillis, peakMemoryBytes, fileBytes, textBytes, benchmark } = setting;
  const right = (content: string): string => `<td class="right">${text(content)}</td>`;
  return `<tr>${right(String(row))}<th scope="row">${text(name)}</th>${[by, lto, optLevel].map((word) => `<td>${text(word)}</td>`).join("")}${[
    duration(ltoMillis),
    bytes(peakMemoryBytes),
    number(fileBytes),
    number(textBytes),
    duration(benchmark?.medianMillis ?? null),
  ]
    .map(right)
    .join("")}<td>${text(benchmark === null ? "" : verdictText(benchmark))}</td></tr>`;
}

/** Where nothing else is both smaller and faster. */
export function paretoFront<T>(items: readonly T[], of: (item: T) => readonly [number, number]): T[] {
  return items.filter((item) => {
    const [x, y] = of(item);
    return items.every((other) => {
      const [otherX, otherY] = of(other);
      return otherX > x || otherY > y || (otherX === x && otherY === y);
    });
  });
}

const [WIDTH, HEIGHT, MARGIN] = [640, 360, 56];

/** Size against running time; without a benchmark, against the time of LTO. */
function picture(rows: readonly Numbered[]): string {
  // Times that are mostly noise are no picture.
  const hasRun = rows.some(({ setting }) => setting.benchmark !== null && isKnown(setting.benchmark));
  const timeOf = ({ setting }: Numbered): number | null => (hasRun ? (setting.benchmark?.medianMillis ?? null) : setting.ltoMillis);
  const points = rows.flatMap((row) => {
    if (row.setting.sameOutputAs !== null) return [];
    const time = timeOf(row);
    return time === null ? [] : [{ row, size: row.setting.fileBytes, time }];
  });
  if (points.length < 2) return "";
  const front = paretoFront(points, ({ size, time }) => [size, time]);
  const x = scale(
    points.map(({ size }) => size),
    MARGIN,
    WIDTH - MARGIN / 2,
  );
  const y = scale(
    points.map(({ time }) => time),
    HEIGHT - MARGIN,
    MARGIN / 2,
  );
  const what = hasRun ? "running time" : "time of LTO and code generation";
  const said = front.map(({ row }) => row.setting.name).join(", ");
  const line = [...front].sort((left, right) => left.size - right.size).map(({ size, time }) => `${x(size)},${y(time)}`);
  return `<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(`File size against ${what}. Nothing is better in both than: ${said}.`)}">
<line class="axis" x1="${MARGIN}" y1="${HEIGHT - MARGIN}" x2="${WIDTH - MARGIN / 2}" y2="${HEIGHT - MARGIN}"/>
<line class="axis" x1="${MARGIN}" y1="${HEIGHT - MARGIN}" x2="${MARGIN}" y2="${MARGIN / 2}"/>
<text x="${WIDTH - MARGIN / 2}" y="${HEIGHT - MARGIN / 3}" text-anchor="end">smaller ← file size → larger</text>
<text x="${MARGIN}" y="${MARGIN / 3}">↑ slower: ${text(what)}</text>
<polyline class="front" points="${line.join(" ")}"/>
${points
  .map(
    ({ row, size, time }) =>
      `<g class="${front.some((one) => one.row === row) ? "best" : "point"}"><title>${text(`${row.setting.name}: ${bytes(size)}, ${duration(time)}`)}</title><circle cx="${x(size)}" cy="${y(time)}" r="5"/><text x="${x(size) + 8}" y="${y(time) - 8}">${text(numbersOf(row, rows))}</text></g>`,
  )
  .join("\n")}
</svg>
<figcaption>File size against ${text(what)}. Nothing is better in both than the settings on the line: ${text(said)}.</figcaption>
</figure>`;
}

function isKnown({ verdict }: BenchmarkResult): boolean {
  return verdict === "faster" || verdict === "slower" || verdict === "no-difference";
}

/** "1, 4": of all settings with the same program. */
function numbersOf({ number: own, setting }: Numbered, rows: readonly Numbered[]): string {
  return [own, ...rows.flatMap((row) => (row.setting.sameOutputAs === setting.name ? [row.number] : []))].join(", ");
}

/** Maps values to a range of pixels. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most === least ? 1 : (most - least) * 0.08;
  return (value) => Math.round(from + ((value - least + room) / (most - least + 2 * room)) * (to - from));
}

/** What each setting buys and costs, compared with the first. */
function steps(rows: readonly Numbered[]): string {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return "";
  const items = others.map(({ setting }) => `<li><b>${text(setting.name)}</b>: ${text(changes(setting, first.setting).join("; "))}</li>`);
  return `<h2>What each setting changes</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function changes(setting: AdvisedSetting, first: AdvisedSetting): string[] {
  const compared = (what: string, before: number | null, after: number | null): string[] =>
    before === null || after === null ? [] : [`${what} ${percent({ before, after })}`];
  const { benchmark } = setting;
  if (setting.sameOutputAs === first.name) return ["the same output, to the byte"];
  return [
    ...compared("file", first.fileBytes, setting.fileBytes),
    ...compared("code", first.textBytes, setting.textBytes),
    ...compared("LTO and code generation", first.ltoMillis, setting.ltoMillis),
    ...compared("peak memory", first.peakMemoryBytes, setting.peakMemoryBytes),
    ...(benchmark === null ? [] : [`running time: ${verdictText(benchmark)}`]),
  ];
}

function snippets(rows: readonly Numbered[]): string {
  const shown = rows.flatMap(({ setting }) => (setting.snippet === null ? [] : [{ name: setting.name, snippet: setting.snippet }]));
  if (shown.length === 0) return "";
  return `<h2>To use one</h2>\n${shown.map(({ name, snippet }) => `<h3>${text(name)}</h3>\n<pre>${text(snippet)}</pre>`).join("\n")}`;
}

function failures({ failed }: AdviseReport): string {
  if (failed.length === 0) return "";
  return `<h2>Not measured</h2>\n<ul>\n${failed.map(({ name, error }) => `<li><b>${text(name)}</b>: ${text(error.message)}</li>`).join("\n")}\n</ul>`;
}

function measured({ bench, notVaried }: AdviseReport): string {
  const lines = [
    "Time is that of the clock; memory is the peak of a process that does nothing else. Rows that were built and not replayed have neither.",
    ...(bench === null
      ? ["No program was run: only `--bench` says which is faster."]
      : [
          `Every program was run in turn ${number(bench.rounds)} times after a warm-up: ${bench.command}`,
          `A verdict follows from the signed-rank interval of the ratios; the probability that any of them is wrong is ${percentOf(bench.error)}.`,
        ]),
    `Not varied: ${notVaried.join(", ")}.`,
  ];
  return `<h2>How it was measured</h2>\n${lines.map((line) => `<p>${text(line)}</p>`).join("\n")}`;
}

function percentOf(share: number): string {
  return `${number(Math.round(100 * share))} %`;
}

/** As text of HTML and of attributes, with invisible characters shown. */
function text(content: string): string {
  return visibleLines(content).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1f1f1f; --dim: #616161; --line: #c8c8c8; --best: #0b6bcb; }
@media (prefers-color-scheme: dark) { :root { --ground: #1e1e1e; --text: #dcdcdc; --dim: #a0a0a0; --line: #4a4a4a; --best: #6cb6ff; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
.note, figcaption { color: var(--dim); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; } th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1.5rem 0; max-width: 48rem; } svg { width: 100%; height: auto; } svg text { fill: var(--text); font-size: 13px; }
.axis { stroke: var(--line); } .front { fill: none; stroke: var(--best); stroke-dasharray: 4 3; }
.point circle { fill: var(--ground); stroke: var(--dim); stroke-width: 1.5; } .best circle { fill: var(--best); }
pre { padding: 0.7rem; border: 1px solid var(--line); overflow-x: auto; }
`;
