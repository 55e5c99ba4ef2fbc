/** Explanations as documents: names stay plain text, only our own links are links, and the length is bounded. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linksIn, readableLinks } from "../../src/client/documents/markdown-links.js";
import { explanationMarkdown } from "../../src/core/views/document.js";
import { explanationView } from "../../src/core/views/explanation-view.js";
import { codeSpan, link, sentence } from "../../src/core/views/markdown.js";
import type { Cause, Difference, ExplainedModule, ExplainReport, ExplanationLink, ExplanationView } from "../../src/protocol/explain.js";
import { NO_FILTERS, parseStageUri } from "../../src/protocol/uris.js";

/** Symbol names that a file could have. */
const NASTY = [
  "[click](file:///etc/passwd)",
  "`[click](file:///etc/passwd)",
  "``[click](file:///etc/passwd)`",
  "\\`[click](file:///etc/passwd)\\",
  "a`b`[click](lto-stage:/run/r/m/t.ll?thin-lto-input)`c",
  "<img src=x onerror=alert(1)>",
  "`<script>alert(1)</script>",
  "x\n\n# heading\n\n[click](command:lto.clearStore)",
  "![p](https://example.com/p.png)",
];

/** Removes code spans and escapes as CommonMark does. */
function markupOf(markdown: string): string {
  return markdown.replaceAll(/\\.|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
}

function changed(name: string): Difference {
  return { what: "function", change: "changed", name, symbol: name, parts: ["body"], source: { file: name, line: 3 } };
}

function moduleNamed(name: string, fields: Partial<ExplainedModule> = {}): ExplainedModule {
  return {
    ...{ name, origin: "local", crate: name, verdict: "re-compiled", key: "aa", previousKey: "bb", parts: ["module"], differences: [] },
    reason: {
      ...{ kind: "own-code-changed", detail: "Its own bitcode changed.", causes: ["code-1"], chain: [`\`${name}\` changed`, name] },
      fact: { text: `\`${name}\` grew from 99 to 104 instructions.`, known: true },
      ways: [{ cause: "code-1", steps: [{ text: `imports \`${name}\` from \`${name}\``, module: name, leads: `imports \`${name}\`` }] }],
    },
    rustc: { verdict: "re-compiled", agrees: true },
    ...fields,
  };
}

function reportOf(module: ExplainedModule, changes: readonly Difference[]): ExplainReport {
  const unit = { id: "u", name: "u", profile: "release", mode: "thin", rustc: "1.95.0", llvm: "22" } as unknown as ExplainReport["unit"];
  const cause: Cause = {
    ...{ id: "code-1", kind: "code-changed", title: `\`${module.crate}\` changed`, effect: "1 module re-compiled for itself" },
    brief: `change of \`${module.crate}\``,
    ...{ crates: [module.crate], changes, itself: [module.name], importers: [], others: [] },
  };
  return {
    ...{ schema: 1, command: "explain", unit, llvm: { version: "22", revision: "" } },
    ...{ build: { name: "u@2", unit, at: "2026-11-22T21:16:17Z" }, against: { name: module.name, unit, at: "2026-11-22T21:10:00.123Z" } },
    ...{ counts: { reused: 0, recompiled: 1, neverCached: 0, byEdit: 0, gone: 0 }, rustc: { known: 1, agreeing: 1 } },
    ...{ causes: [cause], modules: [module], findings: [], warnings: [module.name] },
  };
}

function viewOf(name: string, differences: readonly Difference[], fields: Partial<ExplainedModule> = {}): ExplanationView {
  const module = moduleNamed(name, { differences, ...fields });
  const choice = { subject: { run: "r" }, filters: NO_FILTERS, sourceUri: () => "file:///src/lib.rs#L3" };
  return explanationView(reportOf(module, differences), module, choice);
}

function documentOf(name: string, differences: readonly Difference[]): string {
  return explanationMarkdown(viewOf(name, differences));
}

describe("links as an editor shows them", () => {
  it("show their labels, and are found by the labels' positions", () => {
    const markdown = `see ${link("`a]b`", "file:///a#L1")} and ${link("open", "file:///b")}, but not ${codeSpan("[c](file:///c)")}`;
    const { text, links } = readableLinks(markdown);
    assert.equal(text, "see `a]b` and open, but not `[c](file:///c)`");
    assert.deepEqual(
      links.map(({ start, end, uri }) => [text.slice(start, end), uri]),
      [
        ["`a]b`", "file:///a#L1"],
        ["open", "file:///b"],
      ],
    );
    assert.deepEqual(readableLinks("no link"), { text: "no link", links: [] });
  });
});

describe("Markdown of untrusted texts", () => {
  it("shows names and sentences as text, whatever they contain", () => {
    for (const name of NASTY) {
      for (const text of [codeSpan(name), sentence(name), sentence(`\`${name}\` changed`), sentence(`\`a\`\`${name}\``)]) {
        assert.doesNotMatch(text, /\n/);
        assert.deepEqual(linksIn(text), [], text);
        assert.doesNotMatch(markupOf(text).replaceAll("&#96;", ""), /[<>[\]`#*]|:\/\//, text);
      }
    }
  });

  it("leaves plain sentences readable", () => {
    assert.equal(
      sentence("`parse_line` in crate `demo_text` changed → 1 module (5 import it)"),
      "`parse_line` in crate `demo_text` changed → 1 module (5 import it)",
    );
    assert.equal(sentence("1. dso_local"), "1\\. dso\\_local");
    assert.equal(codeSpan("a`b"), "``a`b``");
    assert.deepEqual(linksIn(link("`a`", "file:///a(b)#L1")), [{ start: 0, end: 26, uri: "file:///a%28b%29#L1" }]);
  });
});

describe("the document of an explanation", () => {
  it("says verdict, builds, causes, chain, differences and keys, and opens stages and source", () => {
    const text = documentOf("demo", [changed("f")]);
    for (const part of [
      "# `demo` · `demo`",
      "**re-compiled**: `demo` grew from 99 to 104 instructions.",
      "own-code-changed. Its own bitcode changed.",
      "`u@2` (2026-11-22 21:16:17 UTC) against `demo` (2026-11-22 21:10:00 UTC)",
      "rustc's log agrees.",
      "1. `demo` changed → 1 module re-compiled for itself",
      "* function `f` changed (body)",
      "## How the change got here",
      "* Key: `aa`",
      "* rustc compared with: `bb`",
    ]) {
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
    }
    const links = linksIn(text).map(({ uri }) => uri);
    assert.ok(links.includes("file:///src/lib.rs#L3"));
    const stages = links.flatMap((uri) => parseStageUri(uri) ?? []);
    assert.ok(stages.some((address) => address.function === "f" && address.module === "demo" && "run" in address.subject));
    assert.ok(stages.some((address) => address.function === null && address.stage === "thin-lto-after-pm"));
  });

  it("has only its own links and markup", () => {
    const own = linksIn(documentOf("demo", [changed("f")])).length;
    for (const name of NASTY) {
      const text = documentOf(name, [changed(name)]);
      const links = linksIn(text);
      assert.equal(links.length, own, text);
      for (const { uri } of links) assert.ok(uri === "file:///src/lib.rs#L3" || parseStageUri(uri) !== undefined, uri);
      assert.deepEqual([...markupOf(text).matchAll(/^#+ .*$/gm)].length, 7, text);
      assert.doesNotMatch(markupOf(text), /[<>]/);
    }
  });

  it("stays small for any module", () => {
    const view = viewOf(
      "demo",
      Array.from({ length: 3000 }, (_, index) => changed(`${"long_name_".repeat(50)}${index}`)),
    );
    assert.deepEqual([view.differences.total, view.differences.shown.length, view.targets.length < 400], [3000, 50, true]);
    const many = Array.from({ length: 3000 }, (_, index) => changed(`${"long_name_".repeat(500)}${index}`));
    const text = documentOf("demo", many);
    assert.ok(text.length < 500_000, String(text.length));
    assert.match(text, /… and 2950 more/);
  });
});

describe("the view of an explanation", () => {
  const targetsOf = ({ targets }: ExplanationView, links: readonly ExplanationLink[]): string[] =>
    links.map(({ label, target }) => `${label}: ${targets[target]?.kind ?? ""}`);

  it("leads from the cause over modules and functions to the explained module", () => {
    const view = viewOf("demo", [changed("a::f")]);
    const [way = []] = view.graph.ways;
    assert.deepEqual(
      way.map(({ kind, title, text, leads }) => [kind, title, text, leads]),
      [
        ["cause", "`demo` changed", "1 module re-compiled for itself", null],
        ["module", "`demo`", "changed itself", "imports `demo`"],
      ],
    );
    assert.equal(view.graph.end.title, "`demo`");
    assert.deepEqual(targetsOf(view, way[0]?.links ?? []), ["Compare f: diff", "a::f:3: source"]);
    assert.deepEqual(targetsOf(view, way[1]?.links ?? []), ["Explain demo: module"]);
  });

  it("opens a function in both builds under the name that each gave it", () => {
    const difference = { ...changed("f.new"), previousSymbol: "f.old" };
    const view = viewOf("demo.1111111.rcgu.o", [difference], { previousName: "demo.0000000.rcgu.o" });
    const diff = view.targets.find((target) => target.kind === "diff") ?? assert.fail("no diff");
    const [left, right] = [parseStageUri(diff.left), parseStageUri(diff.right)];
    assert.deepEqual([left?.function, left?.module], ["f.old", "demo.0000000.rcgu.o"]);
    assert.deepEqual([right?.function, right?.module, right?.subject], ["f.new", "demo.1111111.rcgu.o", { run: "r" }]);
    assert.ok(left !== undefined && "unit" in left.subject);
  });

  it("names files below the workspace relative to it, and unnamed constants last", () => {
    const constant: Difference = { what: "export", change: "went", name: "anon", symbol: `anon.${"0".repeat(32)}.1` };
    const difference = { ...changed("f"), source: { file: "/ws/src/lib.rs", line: 3 } };
    const module = moduleNamed("demo", { differences: [constant, difference] });
    const choice = { subject: { run: "r" }, filters: NO_FILTERS, sourceUri: () => undefined, workspace: "/ws" };
    const { shown } = explanationView(reportOf(module, []), module, choice).differences;
    assert.deepEqual(
      shown.map(({ text, source }) => [text.slice(0, 12), source]),
      [
        ["function `f`", "src/lib.rs:3"],
        ["export `anon", null],
      ],
    );
  });

  it("has no diff of a function that came, no links to one that went, and no source line that is not here", () => {
    const kinds = (difference: Difference): string[] => {
      const view = viewOf("demo", [difference]);
      return targetsOf(view, view.differences.shown[0]?.links ?? []);
    };
    assert.deepEqual(kinds({ ...changed("f"), change: "came" }), ["Open: stage", "f:3: source"]);
    assert.deepEqual(kinds({ ...changed("f"), change: "went" }), ["f:3: source"]);
    const module = moduleNamed("demo", { differences: [changed("f")] });
    const choice = { subject: { run: "r" }, filters: NO_FILTERS, sourceUri: () => undefined };
    const view = explanationView(reportOf(module, []), module, choice);
    assert.equal(view.differences.shown[0]?.source, "f:3");
    assert.deepEqual(targetsOf(view, view.differences.shown[0].links), ["Compare: diff", "Open: stage"]);
  });
});
