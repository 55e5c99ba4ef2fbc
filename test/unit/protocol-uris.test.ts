/** Addresses of stage documents: one pair of functions writes and reads them, and VS Code may re-encode them in between. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  escapeName,
  formatRunDiff,
  formatStageUri,
  NO_FILTERS,
  parseRunDiff,
  parseStageUri,
  subjectOf,
  unescapeName,
  withFilters,
  withStage,
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

describe("stage URIs", () => {
  it("preserve every address, even after VS Code has re-encoded them", () => {
    for (const name of NAMES) {
      for (const filters of [NO_FILTERS, ALL, { ...NO_FILTERS, stableNumbering: true }]) {
        const addresses: StageAddress[] = [
          { subject: { run: "20260101T000000-01234567" }, module: name, stage: "thin-lto-after-pm", function: null, filters },
          { subject: { unit: name }, module: "m", stage: "lto.input", function: name, filters },
          { subject: { run: "r" }, module: name, stage: "thin-lto-after-pm", function: name, filters, of: name },
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
    ];
    assert.equal(new Set(others.map((one) => formatStageUri(one, "title"))).size, others.length);
  });

  it("keep the title when a filter or the stage changes", () => {
    const address: StageAddress = { subject: { run: "r" }, module: "m", stage: "thin-lto-input", function: "f", filters: NO_FILTERS };
    const uri = formatStageUri(address, "demo::sum<a/b>");
    assert.ok(uri.endsWith("/demo%3A%3Asum%3Ca%E2%88%95b%3E.ll?thin-lto-input"), uri);
    assert.equal(withFilters(uri, NO_FILTERS), uri);
    assert.equal(withFilters(uri, ALL), formatStageUri({ ...address, filters: ALL }, "demo::sum<a/b>"));
    assert.equal(withStage(uri, "thin-lto-after-pm"), formatStageUri({ ...address, stage: "thin-lto-after-pm" }, "demo::sum<a/b>"));
    const whole = { ...address, function: null };
    assert.equal(withStage(formatStageUri(whole), "thin-lto-after-pm"), formatStageUri({ ...whole, stage: "thin-lto-after-pm" }));
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
    ];
    for (const uri of wrong) {
      assert.equal(parseStageUri(uri), undefined, uri);
      assert.equal(withStage(uri, "thin-lto-input"), undefined, uri);
    }
  });

  it("have the same path at every stage: VS Code would take a different path for a renamed file", () => {
    const address: StageAddress = { subject: { run: "r" }, module: "m", stage: "thin-lto-input", function: "f", filters: ALL };
    const path = (stage: StageAddress["stage"]): string => formatStageUri({ ...address, stage }, "title").split("?")[0] ?? "";
    assert.equal(path("thin-lto-input"), path("thin-lto-after-pm"));
    assert.equal(formatStageUri({ ...address, of: "s" }, "title").split("?")[0], path("thin-lto-input"));
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
