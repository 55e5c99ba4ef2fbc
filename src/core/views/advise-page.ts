/** The report of `advise` as a page: one HTML file that needs nothing else. Pure functions. */
import type { AdvisedSetting, AdviseReport, CriterionEstimate } from "../../protocol/advise.js";
import { advisePicture } from "../../protocol/advise-picture.js";
import { adviseColumns, type AdviseColumn } from "../../protocol/advise-table.js";
import { adviseSentences, measuredWords, verdictText } from "../../protocol/advise-words.js";
import * as l10n from "../../protocol/l10n.js";
import { visibleLines } from "../../protocol/visible.js";
import { nanoseconds } from "../../protocol/words.js";

export function advisePage(report: AdviseReport): string {
  const title = l10n.t("{0}: settings of LTO", report.unit.name);
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
<p>${text(l10n.t("{0}, profile {1}", report.unit.id, report.unit.profile))}</p>
${report.warnings.map((warning) => `<p class="note">${text(warning)}</p>`).join("\n")}
${table(report)}
${picture(report.settings)}
${steps(report.settings)}
${estimates(report)}
${snippets(report.settings)}
${failures(report)}
${measured(report)}
</main>
</body>
</html>
`;
}

function table(report: AdviseReport): string {
  const columns = adviseColumns(report);
  const headings = ["", ...columns.map(({ heading }) => heading)];
  return `<div class="wide"><table>
<thead><tr>${headings.map((heading) => `<th scope="col">${text(heading)}</th>`).join("")}</tr></thead>
<tbody>
${report.settings.map((setting, index) => `<tr><td class="right">${index + 1}</td>${columns.map((column) => cell(column, setting)).join("")}</tr>`).join("\n")}
</tbody>
</table></div>`;
}

function cell(column: AdviseColumn, setting: AdvisedSetting): string {
  const content = text(column.text(setting));
  if (column.id === "setting") return `<th scope="row">${content}</th>`;
  return column.isNumber ? `<td class="right">${content}</td>` : `<td>${content}</td>`;
}

function picture(settings: readonly AdvisedSetting[]): string {
  const made = advisePicture(settings);
  if (made === null) return "";
  const { width, height, frame, points, front, horizontal, vertical, caption } = made;
  const { left, top, right, bottom } = frame;
  return `<figure>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(caption)}">
<line class="axis" x1="${left}" y1="${bottom}" x2="${right}" y2="${bottom}"/>
<line class="axis" x1="${left}" y1="${bottom}" x2="${left}" y2="${top}"/>
<text x="${right}" y="${height - top}" text-anchor="end">${text(horizontal)}</text>
<text x="${left}" y="${top - 10}">${text(vertical)}</text>
<polyline class="front" points="${front}"/>
${points
  .map(
    ({ x, y, numbers, title, best }) =>
      `<g class="${best ? "best" : "point"}"><title>${text(title)}</title><circle cx="${x}" cy="${y}" r="5"/><text x="${x + 8}" y="${y - 8}">${text(numbers)}</text></g>`,
  )
  .join("\n")}
</svg>
<figcaption>${text(caption)}</figcaption>
</figure>`;
}

/** What each setting buys and costs, compared with the first. */
function steps(settings: readonly AdvisedSetting[]): string {
  const [first] = settings;
  if (first === undefined) return "";
  const items = settings.flatMap((setting) => {
    const sentences = adviseSentences(setting, first);
    return sentences.length === 0 ? [] : [`<li><b>${text(setting.name)}</b>: ${sentences.map(text).join("<br>")}</li>`];
  });
  if (items.length === 0) return "";
  return `<h2>${text(l10n.t("What each setting changes"))}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

/** What Criterion estimates of each function. */
function estimates({ criterion }: AdviseReport): string {
  if (criterion === null) return "";
  const row = (estimate: CriterionEstimate): string =>
    `<tr><th scope="row">${text(estimate.setting)}</th><td class="right">${text(nanoseconds(estimate.nanos))}</td><td>${text(verdictText(estimate))}</td></tr>`;
  const tables = criterion.benchmarks.map(
    (one) => `<h3>${text(one.id)}</h3>\n<table><tbody>\n${one.estimates.map(row).join("\n")}\n</tbody></table>`,
  );
  return `<h2>${text(l10n.t("Criterion's medians"))}</h2>\n${tables.join("\n")}`;
}

function snippets(settings: readonly AdvisedSetting[]): string {
  const shown = settings.flatMap(({ name, snippet }) => (snippet === null ? [] : [{ name, snippet }]));
  if (shown.length === 0) return "";
  return `<h2>${text(l10n.t("To use one"))}</h2>\n${shown.map(({ name, snippet }) => `<h3>${text(name)}</h3>\n<pre>${text(snippet)}</pre>`).join("\n")}`;
}

function failures({ failed }: AdviseReport): string {
  if (failed.length === 0) return "";
  const items = failed.map(
    ({ name, error }) => `<li><b>${text(name)}</b>: ${text([error.message, error.help ?? ""].join(" ").trim())}</li>`,
  );
  return `<h2>${text(l10n.t("Not measured"))}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function measured(report: AdviseReport): string {
  const lines = measuredWords(report);
  return `<h2>${text(l10n.t("How it was measured"))}</h2>\n${lines.map((line) => `<p>${text(line)}</p>`).join("\n")}`;
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
