/** An explanation as Markdown. Names in it are never interpreted as markup. */
import type { ExplainedChange, ExplanationLink, ExplanationView } from "../../protocol/explain.js";
import { timeText } from "../../protocol/words.js";
import { codeSpan, link, sentence } from "./markdown.js";

export function explanationMarkdown(view: ExplanationView): string {
  const parts = [
    `# ${codeSpan(view.crate)} · ${codeSpan(view.shortName)}`,
    `**${view.verdict}**: ${sentence(view.fact.text)}`,
    `${view.kind}. ${sentence(view.detail)}`,
    buildsLine(view),
    ...rustcLine(view),
    ...section("Because", causeLines(view)),
    ...section("How the change got here", [
      ...view.chain.shown.map((step, index) => `${index + 1}. ${sentence(step)}`),
      ...more(view.chain),
    ]),
    ...section("What differs in this module", [
      ...view.differences.shown.map((change) => `* ${changeText(view, change)}`),
      ...more(view.differences),
    ]),
    ...section(
      "Stages",
      view.stages.flatMap((stage) => linkText(view, stage) ?? []).map((text) => `* ${text}`),
    ),
    ...section("Key", keyLines(view)),
    ...section("Notes", [...view.notes.shown.map((note) => `* ${sentence(note)}`), ...more(view.notes)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function buildsLine({ build, against }: ExplanationView): string {
  const side = ({ name, at }: ExplanationView["build"]): string => `${codeSpan(name)} (${sentence(timeText(at))})`;
  if (against === null) return `${side(build)} is the first known build: there is nothing to compare it with.`;
  return `${side(build)} against ${side(against)}`;
}

function rustcLine({ rustc }: ExplanationView): string[] {
  if (rustc === null) return [];
  return [rustc.agrees ? "rustc's log agrees." : `**rustc's log disagrees: ${rustc.verdict}.**`];
}

function causeLines(view: ExplanationView): string[] {
  const lines = view.causes.shown.flatMap(({ title, effect, changes, note }, index) => [
    `${index + 1}. ${sentence(title)} → ${sentence(effect)}`,
    ...changes.shown.map((change) => `   * ${changeText(view, change)}`),
    ...more(changes, "   "),
    ...(note === null ? [] : [`   * Note: ${sentence(note)}`]),
  ]);
  return [...lines, ...more(view.causes)];
}

function changeText(view: ExplanationView, { text, source, links }: ExplainedChange): string {
  const shown = links.flatMap((one) => linkText(view, one) ?? []);
  const place = source === null || links.some(({ label }) => label === source) ? [] : [codeSpan(source)];
  return [sentence(text), ...shown, ...place].join(" · ");
}

/** Only stages and source lines have an address. */
function linkText({ targets }: ExplanationView, { label, target }: ExplanationLink): string | undefined {
  const found = targets[target];
  if (found?.kind === "stage") return link(label, found.uri);
  return found?.kind === "source" ? link(`\`${label}\``, found.uri) : undefined;
}

function keyLines({ key, previousKey, parts }: ExplanationView): string[] {
  return [
    `* Key: ${key === null ? "none" : codeSpan(key)}`,
    `* rustc compared with: ${previousKey === null ? "none" : previousKey === key ? "the same" : codeSpan(previousKey)}`,
    ...(parts.length === 0 ? [] : [`* Parts of the key that differ: ${sentence(parts.join(", "))}`]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

function more({ total, shown }: { readonly total: number; readonly shown: readonly unknown[] }, indent = ""): string[] {
  return total > shown.length ? [`${indent}* … and ${total - shown.length} more; \`lto-inspector explain\` lists all of them`] : [];
}
