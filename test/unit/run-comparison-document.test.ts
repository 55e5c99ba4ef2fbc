/** A comparison of two LLVMs as a document: names stay plain text, links lead to diffs, and the length is bounded. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linksIn, readableLinks } from "../../src/client/documents/markdown-links.js";
import { runComparisonDocument } from "../../src/core/views/run-comparison-document.js";
import type {
  CompareLlvmReport,
  LlvmFunctionDifference,
  LlvmModuleDifference,
  LlvmStageTotal,
} from "../../src/protocol/llvm-comparison.js";
import { parseRunDiff } from "../../src/protocol/uris.js";

const PM = "thin-lto-after-pm";
const NASTY = [
  "[click](file:///etc/passwd)",
  "`[click](command:lto.clearStore)",
  "<img src=x>",
  "x\n\n# heading\n[a](lto-run-diff:/a/b/c/d)",
];

function difference(name: string, fields: Partial<LlvmFunctionDifference> = {}): LlvmFunctionDifference {
  return {
    ...{ name, demangled: name, stage: PM, change: "changed", kind: "flags" },
    ...{ before: { from: 9, to: 9 }, after: { from: 8, to: 7 } },
    ...fields,
  };
}

function moduleOf(name: string, functions: readonly LlvmFunctionDifference[]): LlvmModuleDifference {
  const stage = { stage: PM, different: functions.length, instructions: { from: 80, to: 70 }, bytes: { from: 1, to: 1 } };
  const imports = { imported: { from: 3, to: 3 }, onlyFrom: [], onlyTo: [] };
  return { name, crate: name, first: functions.length === 0 ? null : PM, stages: [stage], functions, imports, failed: [] };
}

function total(stage: string, fields: Partial<LlvmStageTotal> = {}): LlvmStageTotal {
  return {
    ...{ stage, modules: 2, differentModules: 0, same: 5, onlyFrom: 0, onlyTo: 0 },
    changed: { instructions: 0, flags: 0, header: 0, attributes: 0, metadata: 0 },
    ...{ instructions: { from: 30, to: 30 }, bytes: { from: 9, to: 9 } },
    ...fields,
  };
}

function reportOf(modules: readonly LlvmModuleDifference[], fields: Partial<CompareLlvmReport> = {}): CompareLlvmReport {
  const llvm = { path: "/lib/libLLVM.so", version: "19.1.7", revision: "", matchesProducer: true };
  return {
    ...{ schema: 1, command: "compare-llvm", function: null, different: true, warnings: [], modules },
    unit: { id: "demo@1", name: "demo (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" },
    from: { run: "r1", llvm },
    to: { run: "r2", llvm: { ...llvm, version: "22.1.2", matchesProducer: false } },
    reading: { functions: 5, changed: 4, rewritings: [{ intrinsic: null, before: "nocapture", after: "captures(none)", count: 12 }] },
    stages: [
      total("thin-lto-input"),
      total(PM, {
        changed: { instructions: 1, flags: 2, header: 0, attributes: 0, metadata: 0 },
        onlyFrom: 1,
        instructions: { from: 80, to: 70 },
      }),
    ],
    ...fields,
  };
}

describe("a comparison of two LLVMs as a document", () => {
  it("says what reading changes, what each stage changes, and links the modules and functions that differ", () => {
    const { title, markdown } = runComparisonDocument(
      reportOf([moduleOf("a", []), moduleOf("b", [difference("f"), difference("g", { change: "removed", kind: null })])]),
    );
    assert.equal(title, "demo (bin) · LLVM 19.1.7 ↔ LLVM 22.1.2");
    const { text } = readableLinks(markdown);
    assert.match(text, /^4 of 5 functions are written differently only because LLVM 22\.1\.2 upgrades what LLVM 19\.1\.7 wrote\./m);
    assert.match(text, /^\* 12 × `nocapture → captures\(none\)`$/m);
    assert.match(text, /^\* Input: the same 5 functions; 30 instructions$/m);
    assert.match(
      text,
      /^\* Optimize \(pm\): 1 function differs in instructions, 2 in flags, 1 function only with the older LLVM; 5 functions the same; 80 → 70 instructions \(−13 %\)$/m,
    );
    assert.match(text, /^Both import the same 6 symbols\.$/m);
    assert.match(text, /^\* `b` · `b`: 2 functions from Optimize \(pm\) on, 80 → 70 instructions \(−13 %\) · compare$/m);
    assert.match(text, /^ {2}\* `f`: flags, 8 → 7 instructions \(−13 %\) · compare$/m);
    assert.match(text, /^ {2}\* `g`: only with the older LLVM · compare$/m);
    assert.deepEqual(
      linksIn(markdown).map(({ uri }) => parseRunDiff(uri)),
      [null, "f", "g"].map((symbol) => ({ from: "r1", to: "r2", module: "b", stage: PM, function: symbol })),
    );
  });

  it("has a sentence if reading changes nothing", () => {
    const { markdown } = runComparisonDocument(reportOf([], { reading: { functions: 5, changed: 0, rewritings: [] } }));
    assert.match(markdown, /^LLVM 22\.1\.2 reads what LLVM 19\.1\.7 wrote without changing a function\.$/m);
  });

  it("has a sentence if nothing differs", () => {
    const { markdown } = runComparisonDocument(reportOf([moduleOf("a", [])], { reading: null, stages: [total("thin-lto-input")] }));
    assert.match(markdown, /^No function differs in 1 module\.$/m);
    assert.doesNotMatch(markdown, /Reading alone/);
  });

  it("links to nothing but its own diffs, whatever names are", () => {
    for (const name of NASTY) {
      const { markdown } = runComparisonDocument(reportOf([moduleOf(name, [difference(name)])], { warnings: [name] }));
      const diffs = linksIn(markdown).map(({ uri }) => parseRunDiff(uri));
      assert.deepEqual(
        diffs.map((diff) => diff?.module),
        [name, name],
      );
    }
  });

  it("is bounded", () => {
    const functions = Array.from({ length: 1000 }, (_, index) => difference(`f${index}`));
    const modules = Array.from({ length: 1000 }, (_, index) => moduleOf(`m${index}`, functions));
    const { markdown } = runComparisonDocument(reportOf(modules));
    assert.ok(markdown.length < 200_000, String(markdown.length));
    assert.match(markdown, /… and 900 more; `lto-inspector compare-llvm` lists all of them/);
  });
});
