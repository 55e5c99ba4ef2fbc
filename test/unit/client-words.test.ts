/** What the client says of runs and verifications. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifiedText } from "../../src/client/verified-text.js";
import { moduleTime, moduleTimeWords, shortReason, workTime } from "../../src/client/words.js";
import type { ReasonKind, StageCounts } from "../../src/protocol/runs.js";

const counts = (fields: Partial<StageCounts>): StageCounts => ({
  ...{ identical: 0, sameText: 0, different: 0, absent: 0, reusedByRustc: 0 },
  ...fields,
});
const NO_KEYS = { equal: 0, different: 0 };
const NO_DECISIONS = { ...NO_KEYS, reused: 0, recompiled: 0, exercised: false };

describe("what a verification found", () => {
  it("of thin LTO: stages, keys and decisions", () => {
    const stages = { "thin-lto-input": counts({ identical: 3 }), "thin-lto-after-pm": counts({ identical: 1, sameText: 1, different: 1 }) };
    const text = verifiedText({
      ...{ stages, linked: null, keys: { equal: 3, different: 0 } },
      decisions: { ...NO_DECISIONS, equal: 2, different: 1 },
    });
    assert.equal(text, "4 of 6 stage files identical to rustc's, 3 of 3 keys and 2 of 3 decisions equal.");
  });

  it("of fat LTO: what was linked, and nothing of keys that it does not have", () => {
    const linked = { rustc: 84, ours: 84, sameBase: true, sameOrder: true };
    const found = (of: typeof linked): string =>
      verifiedText({ stages: { "lto.input": counts({ identical: 1 }) }, keys: NO_KEYS, decisions: NO_DECISIONS, linked: of });
    const files = "1 of 1 stage files identical to rustc's; ";
    assert.equal(found(linked), `${files}84 modules linked, as many as by rustc, into the same base module, in the same order.`);
    assert.equal(
      found({ rustc: 83, ours: 84, sameBase: false, sameOrder: false }),
      `${files}84 modules linked, 83 by rustc, into another base module, in another order.`,
    );
    assert.equal(found({ ...linked, rustc: 0 }), `${files}84 modules linked, of which rustc's log says nothing.`);
  });
});

describe("times", () => {
  it("of what was kept from an earlier run are marked, and no part of a sum", () => {
    assert.deepEqual([workTime({ millis: 35, kept: 0 }), workTime({ millis: 35, kept: 1200 })], ["35 ms", "35 ms · 1,200 kept"]);
    assert.deepEqual([workTime({ millis: 0, kept: 3 }), workTime({ millis: 0, kept: 0 })], ["3 kept", ""]);
    const [made, kept] = [
      { millis: 35, fromStore: false },
      { millis: 35, fromStore: true },
    ];
    assert.deepEqual([moduleTime(made), moduleTime(kept)], ["35 ms", "kept, 35 ms"]);
    assert.deepEqual(
      [moduleTimeWords(made), moduleTimeWords(kept)],
      ["made by this run in 35 ms", "kept from an earlier run, which made them in 35 ms"],
    );
  });
});

describe("a reason in a row", () => {
  it("is short, and the filter finds it", () => {
    const kinds: readonly ReasonKind[] = [
      "key-equal-but-not-cached",
      "key-equal-but-not-green",
      "both-keys-absent",
      "linked-into-base",
      "key-changed",
    ];
    for (const kind of kinds) {
      const short = shortReason(kind);
      assert.ok(short.length <= 12 && kind.includes(short), short);
    }
    assert.equal(shortReason(undefined), "");
  });
});
