/** Addresses of stage documents: one pair of functions writes and reads them, and VS Code may re-encode them in between. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { learnReadableNames } from "../../src/protocol/module-names.js";
import {
  escapeName,
  formatRunDiff,
  formatStageUri,
  NO_FILTERS,
  parseRunDiff,
  parseStageUri,
  subjectOf,
  unescapeName,
  besideOf,
  withFilters,
  type RunDiff,
  type StageAddress,
} from "../../src/protocol/uris.js";

const ALL = { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: true, stableNumbering: true };

const NAMES = [
  "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o",
  "_ZN4demo3sum17h0123456789abcdefE.llvm.12345",
  "/somewhere/target/release/deps/x y%2F#?&=+~",
  "<demo::Sum as core::ops::Add<&str>>::add",
  "é😀\u0000\\",
  ".",
  "..",
];

/** The relevant part of VS Code's `Uri.parse(…).toString()`: decodes every part, and encodes it again except for "/". */
function throughVsCode(uri: string): string {
  const [, scheme = "", path = "", query] = /^([^:]+):([^?]*)(?:\?(.*))?$/.exec(uri) ?? [];
  const again = (text: string): string => encodeURIComponent(decodeURIComponent(text)).replaceAll("%2F", "/");
  return `${scheme}:${again(path)}${query === undefined ? "" : `?${encodeURIComponent(decodeURIComponent(query))}`}`;
}

function ofOthers(of: string, other: string): Pick<StageAddress, "of" | "beside"> {
  return { of, beside: { side: "right", stage: "thin-lto-after-pm", of: other } };
}

function besideBuild(name: string, symbol: string | null): Pick<StageAddress, "beside"> {
  return { beside: { side: "right", stage: "thin-lto-input", build: { subject: { unit: name }, module: name, function: symbol } } };
}

/** What a tab or breadcrumb shows of a URI. */
function shownPath(uri: string): string {
  return decodeURIComponent((uri.split("?")[0] ?? "").replace("lto-stage:/", ""));
}

describe("stage URIs", () => {
  it("preserve every address, even after VS Code has re-encoded them", () => {
    for (const name of NAMES) {
      for (const filters of [NO_FILTERS, ALL, { ...NO_FILTERS, stableNumbering: true }]) {
        const addresses: StageAddress[] = [
          { subject: { run: "20260101T000000-01234567" }, module: name, stage: "thin-lto-after-pm", function: null, filters },
          { subject: { unit: name }, module: "m", stage: "lto.input", function: name, filters },
          { subject: { run: "r" }, module: name, stage: "thin-lto-after-pm", function: name, filters, of: name },
          {
            subject: { unit: name },
            module: name,
            stage: "lto.input",
            function: null,
            filters,
            beside: { side: "left", stage: "lto.after-restriction" },
          },
          { subject: { run: "r" }, module: name, stage: "thin-lto-after-pm", function: name, filters, ...ofOthers(name, "s") },
          { subject: { run: "r" }, module: name, stage: "thin-lto-input", function: name, filters, ...besideBuild(name, name) },
          { subject: { unit: name }, module: "m", stage: "thin-lto-input", function: null, filters, ...besideBuild(name, null) },
        ];
        for (const address of addresses) {
          const uri = formatStageUri(address, `title of ${name}`);
          assert.deepEqual(parseStageUri(uri), address, uri);
          assert.deepEqual(parseStageUri(throughVsCode(uri)), address, throughVsCode(uri));
        }
      }
    }
  });

  it("differ for different addresses", () => {
    const address: StageAddress = { subject: { run: "r" }, module: "a/b", stage: "thin-lto-input", function: null, filters: NO_FILTERS };
    const others: StageAddress[] = [
      address,
      { ...address, module: "a" },
      { ...address, module: "a~2Fb" },
      { ...address, subject: { unit: "r" } },
      { ...address, function: "b" },
      { ...address, stage: "thin-lto-after-pm" },
      { ...address, filters: ALL },
      { ...address, of: "s" },
      { ...address, of: "s", filters: ALL },
      { ...address, beside: { side: "left", stage: "thin-lto-after-pm" } },
      { ...address, beside: { side: "right", stage: "thin-lto-after-pm" } },
      { ...address, beside: { side: "right", stage: "thin-lto-after-import" } },
      { ...address, ...ofOthers("s", "t") },
      { ...address, ...ofOthers("t", "s") },
    ];
    assert.equal(new Set(others.map((one) => formatStageUri(one, "title"))).size, others.length);
  });

  it("show function, stage and codegen unit as the path, and no hash of a unit whose name is known", () => {
    const module = "text_stats-3d131accf7c970df.4uu3uuia92fa1nqgno4s5f8wa.123k3k7.rcgu.o";
    learnReadableNames([[module, { rustc: "text_stats.1-bars", module: "text_stats::bars", part: "items" }]]);
    const address: StageAddress = { subject: { run: "r" }, module, stage: "thin-lto-input", function: "f", filters: ALL };
    const whole = { ...address, function: null };
    const beside = { side: "left", stage: "thin-lto-after-pm" } as const;
    assert.equal(shownPath(formatStageUri(address, "demo::sum<a/b>")), "demo::sum<a∕b> · Input · text_stats::bars.ll");
    assert.equal(shownPath(formatStageUri(whole)), "text_stats::bars · Input.ll");
    assert.equal(shownPath(formatStageUri({ ...address, beside }, "demo::sum")), "text_stats::bars/Input ↔ Optimize (pm)/demo::sum.ll");
    assert.equal(shownPath(formatStageUri({ ...whole, beside })), "Input ↔ Optimize (pm)/text_stats::bars.ll");
    const same = { side: "right", stage: "thin-lto-input", of: "s" } as const;
    assert.equal(shownPath(formatStageUri({ ...whole, beside: same })), "Input/text_stats::bars.ll");
    const long = shownPath(formatStageUri(address, "f".repeat(100)));
    assert.equal(long, `${"f".repeat(60)}… · Input · text_stats::bars.ll`, "the stage and the unit can always be read");
  });

  it("keep what they show when a filter changes", () => {
    const address: StageAddress = { subject: { run: "r" }, module: "m", stage: "thin-lto-input", function: "f", filters: NO_FILTERS };
    const beside = { side: "right", stage: "thin-lto-after-pm" } as const;
    for (const one of [address, { ...address, beside }, { ...address, function: null }]) {
      const uri = formatStageUri(one, "demo::sum<a/b> 100%");
      assert.equal(withFilters(uri, NO_FILTERS), uri);
      assert.equal(withFilters(uri, ALL), formatStageUri({ ...one, filters: ALL }, "demo::sum<a/b> 100%"));
      // As `vscode.Uri.toString(true)` writes it.
      const plain = `lto-stage:/${shownPath(uri)}?${uri.split("?")[1] ?? ""}`;
      assert.deepEqual(parseStageUri(withFilters(plain, ALL) ?? ""), { ...one, filters: ALL });
    }
  });

  it("of earlier versions are still read, and get the path of today when a filter changes", () => {
    const address: StageAddress = { subject: { run: "r" }, module: "a/b", stage: "thin-lto-input", function: "f", filters: NO_FILTERS };
    const earlier = "lto-stage:/run/r/a~2Fb/f/demo%3A%3Af.ll?thin-lto-input";
    assert.deepEqual(parseStageUri(earlier), address);
    assert.deepEqual(parseStageUri(throughVsCode(earlier)), address);
    assert.equal(withFilters(earlier, ALL), formatStageUri({ ...address, filters: ALL }, "demo::f"));
    assert.deepEqual(parseStageUri("lto-stage:/unit/u%40id/m/m%20(import).ll?thin-lto-after-import/demangle.stable"), {
      ...{ subject: { unit: "u@id" }, module: "m", stage: "thin-lto-after-import", function: null },
      filters: { ...NO_FILTERS, demangle: true, stableNumbering: true },
    });
    assert.equal(parseStageUri("lto-stage:/run/r/m/t.ll?thin-lto-input/stable/other")?.of, "other");
    assert.equal(parseStageUri("lto-stage:/run/r/m/t.ll?thin-lto-input//other")?.of, "other");
  });

  it("reject other URIs", () => {
    const wrong = [
      "",
      "file:///tmp/x.ll",
      "lto-stage:/run/r/m/t.ll",
      "lto-stage:/run/r/m/t.ll?no-stage",
      "lto-stage:/run/r/m/t.ll?thin-lto-input/no-such-filter",
      "lto-stage:/run/r/m/t.ll?thin-lto-input/stable/",
      "lto-stage:/run/r/m/t.ll?thin-lto-input/stable/other/more",
      "lto-stage:/unit/u/m/t.ll?thin-lto-input/stable/other",
      "lto-stage:/other/r/m/t.ll?thin-lto-input",
      "lto-stage:/run//m/t.ll?thin-lto-input",
      "lto-stage:/run/r/m~2/t.ll?thin-lto-input",
      "lto-stage:/run/r/m~FF/t.ll?thin-lto-input",
      "lto-stage:/run/r/m/f/g/t.ll?thin-lto-input",
      "lto-stage:/run/r/t.ll?thin-lto-input",
      "lto-stage:/run/%/m/t.ll?thin-lto-input",
      "lto-stage:/t.ll?run/r/m",
      "lto-stage:/t.ll?run/r/m//no-stage",
      "lto-stage:/t.ll?run//m//thin-lto-input",
      "lto-stage:/t.ll?run/r/m//thin-lto-input/",
      "lto-stage:/t.ll?run/r/m//thin-lto-input/no-such-filter",
      "lto-stage:/t.ll?run/r/m~2//thin-lto-input",
      "lto-stage:/t.ll?unit/u/m//thin-lto-input//other",
      "lto-stage:/t.ll?unit/u/m//thin-lto-input///left.thin-lto-input/other",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///middle.thin-lto-input",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.no-stage",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input/other/more",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input/other/unit/u/m",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input//unit/u",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input//other/u/m",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input//unit/u/m~2",
      "lto-stage:/t.ll?run/r/m//thin-lto-input///left.thin-lto-input//unit/u/m/f/more",
    ];
    for (const uri of wrong) {
      assert.equal(parseStageUri(uri), undefined, uri);
      assert.equal(withFilters(uri, ALL), undefined, uri);
    }
  });

  it("of a diff have one path: VS Code would take a different path for a renamed file", () => {
    const beside = { side: "left", stage: "thin-lto-after-pm" } as const;
    const address: StageAddress = { subject: { run: "r" }, module: "m", stage: "thin-lto-input", function: "f", filters: ALL };
    for (const one of [
      { ...address, beside },
      { ...address, ...ofOthers("s", "t") },
      { ...address, function: null, beside },
      { ...address, beside: { ...beside, build: { subject: { unit: "u@1" }, module: "m", function: "g" } } },
    ]) {
      const other = besideOf(one) ?? assert.fail("a diff has two sides");
      assert.equal(shownPath(formatStageUri(other, "title")), shownPath(formatStageUri(one, "title")));
      assert.notEqual(formatStageUri(other), formatStageUri(one));
      assert.deepEqual(besideOf(other), one);
    }
    assert.equal(besideOf(address), undefined);
  });

  it("belong to the run that the stage is of", () => {
    assert.deepEqual(subjectOf({ subject: { run: "r" } }), { run: "r" });
    assert.deepEqual(subjectOf({ subject: { run: "r" }, of: "s" }), { run: "s" });
  });

  it("escape names without characters that a path could lose", () => {
    for (const name of NAMES) {
      assert.match(escapeName(name), /^[\w.~-]+$/);
      assert.notEqual(escapeName(name), ".");
      assert.notEqual(escapeName(name), "..");
      assert.equal(unescapeName(escapeName(name)), name);
    }
    assert.equal(unescapeName(escapeName("a\uD800b")), "a\uFFFDb");
  });
});

describe("addresses of diffs of two runs", () => {
  it("preserve every diff", () => {
    for (const name of NAMES) {
      for (const symbol of [name, null]) {
        const diff: RunDiff = { from: "r", to: "s", module: name, stage: "thin-lto-after-pm", function: symbol };
        assert.match(formatRunDiff(diff), /^lto-run-diff:\/[\w.~/-]+$/);
        assert.deepEqual(parseRunDiff(formatRunDiff(diff)), diff);
      }
    }
  });

  it("reject other text", () => {
    for (const uri of [
      "",
      "lto-stage:/r/s/m/pm",
      "lto-run-diff:/r/s/m",
      "lto-run-diff:/r//m/pm",
      "lto-run-diff:/r/s/m/pm/f/g",
      "lto-run-diff:/r/s/~/pm",
    ]) {
      assert.equal(parseRunDiff(uri), undefined, uri);
    }
  });
});
