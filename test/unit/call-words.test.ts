/** The sentences about imports and inlining. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { importSentence, inlineSentence, mergedSentence } from "../../src/protocol/call-words.js";
import type { CallRow, ImportRow } from "../../src/protocol/calls.js";
import { decayed, inlineHelp } from "../../src/core/explain/calls/help.js";

const IMPORT: ImportRow = {
  importer: "app.0123456789abcdef-cgu.0",
  callee: "a::f",
  symbol: "_RNvC1a1f",
  kind: "function",
  from: null,
  verdict: "refused",
  reason: "too-large",
  size: 265,
  threshold: 49,
  level: 2,
  chain: [
    { caller: "app::run", callee: "a::g", limit: 100, hotness: "unknown" },
    { caller: "a::g", callee: "a::h", limit: 70, hotness: "unknown" },
    { caller: "a::h", callee: "a::f", limit: 49, hotness: "unknown" },
  ],
  attempts: 1,
  hotness: "unknown",
  callers: ["a::h"],
  help: [],
};

const CALL: CallRow = {
  caller: "app::run",
  callerSymbol: "_RNvC3app3run",
  callee: "a::f",
  calleeSymbol: "_RNvC1a1f",
  module: "app.0123456789abcdef-cgu.0",
  at: { file: "src/main.rs", line: 12, column: 5 },
  ordinal: null,
  inlinedAt: [],
  wholeWay: true,
  oneOf: [],
  verdict: "not-inlined",
  cost: 265,
  costIsLeast: false,
  threshold: 225,
  remark: "TooCostly",
  reason: "",
  times: 1,
  help: [],
};

describe("sentences about imports", () => {
  it("have the limits on the way", () => {
    assert.equal(
      importSentence(IMPORT),
      "`a::f` was not imported into `app::run`'s unit (app-cgu.0): 265 instructions, the limit at level 2 is 49 (100 → 70 → 49) via `app::run` → `a::g` → `a::h`",
    );
    const direct = { ...IMPORT, level: 0, threshold: 100, chain: IMPORT.chain.slice(0, 1) };
    assert.match(importSentence(direct), /: 265 instructions, the limit is 100$/);
  });

  it("say what the profile says", () => {
    const chain = [{ caller: "app::run", callee: "a::f", limit: 0, hotness: "cold" as const }];
    assert.match(importSentence({ ...IMPORT, level: 0, threshold: 0, chain }), /the limit is 0; the profile says that the call is cold$/);
  });
});

describe("sentences about inlining", () => {
  it("say by how much a call missed the threshold", () => {
    assert.equal(inlineSentence(CALL), "not inlined at src/main.rs:12:5: cost 265 > threshold 225 (by 40)");
    assert.match(inlineSentence({ ...CALL, costIsLeast: true }), /: cost of at least 265 > threshold 225$/);
    assert.match(inlineSentence({ ...CALL, cost: 225 }), /: cost 225 is not below threshold 225$/);
  });

  it("name a call by its number where there is no line", () => {
    const counted = { ...CALL, at: null, ordinal: { function: "app::run", call: 3 }, verdict: "inlined" as const, cost: 5 };
    assert.equal(inlineSentence(counted), "inlined in call 3 of `app::run`: cost 5, threshold 225");
  });
});

describe("sentences about a call that passes made of several", () => {
  it("list the calls that it can be", () => {
    const at = { file: "src/main.rs", line: 12, column: 5 };
    const oneOf = [
      { function: "app::run", symbol: "_R", at, ordinal: null },
      { function: "app::run", symbol: "_R", at: null, ordinal: 3 },
    ];
    assert.equal(mergedSentence({ oneOf: [] }), "");
    assert.equal(mergedSentence({ oneOf }), " The passes made it of several calls: src/main.rs:12:5, call 3 of `app::run`.");
    assert.match(mergedSentence({ oneOf: [...oneOf, ...oneOf, ...oneOf] }), / and 1 more\.$/);
  });
});

describe("limits of imports", () => {
  it("lose their fraction at every level, as in LLVM", () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((level) => decayed(100, level, 0.7)),
      [100, 70, 49, 34, 23, 16],
    );
  });
});

describe("help", () => {
  it("is about functions that can be edited", () => {
    const decision = { module: "m", caller: "app::run", inlined: false, times: 1, wholeWay: true, places: [], oneOf: [] };
    const help = (callee: string): boolean =>
      inlineHelp({ ...decision, callee, remark: "TooCostly", cost: 3, costIsLeast: false, threshold: 2, reason: "" }, (name) => name)
        .length > 0;
    for (const own of ["a::f", "<a::T>::f", "<&mut a::T as core::fmt::Debug>::fmt", "<str as a::Trait>::f", "<dyn a::Trait>::f"]) {
      assert.ok(help(own), own);
    }
    for (const other of [
      "main",
      "core::fmt::write",
      "<str as core::fmt::Debug>::fmt",
      "<&str as core::fmt::Debug>::fmt",
      "<char>::f",
      "<[u8]>::f",
    ]) {
      assert.ok(!help(other), other);
    }
  });
});
