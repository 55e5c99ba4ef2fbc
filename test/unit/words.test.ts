/** Numbers, times, reasons and verdicts in words, the same on every surface. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifiedText } from "../../src/client/verified-text.js";
import type { LinkComparison, ObjectCounts, ReasonKind, StageCounts, VerifiedCode } from "../../src/protocol/runs.js";
import {
  bytes,
  change,
  counted,
  duration,
  fidelityOf,
  micros,
  moduleTime,
  moduleTimeWords,
  number,
  percent,
  roughBytes,
  roughDuration,
  short,
  shortReason,
  signed,
  workTime,
} from "../../src/protocol/words.js";
import { filesBelow, textOf } from "../support/sources.js";

const counts = (fields: Partial<StageCounts>): StageCounts => ({
  ...{ identical: 0, sameText: 0, different: 0, absent: 0, reusedByRustc: 0 },
  ...fields,
});
const NO_KEYS = { equal: 0, different: 0 };
const NO_DECISIONS = { ...NO_KEYS, reused: 0, recompiled: 0, exercised: false };

describe("numbers", () => {
  it("count things and changes", () => {
    assert.deepEqual(
      [number(1234567), counted(1, "CGU"), counted(3000, "CGU"), counted(2, "key entry", "key entries")],
      [...["1,234,567", "1 CGU", "3,000 CGUs", "2 key entries"]],
    );
    assert.deepEqual([signed(83), signed(-1204), signed(0)], ["+83", "−1,204", "0"]);
    assert.deepEqual([change(1204, 980), change(7, 7)], ["1,204 → 980 (−224)", "7 → 7 (±0)"]);
    const share = (before: number, after: number): string => percent({ before, after });
    assert.deepEqual([share(100, 76), share(1000, 1031), share(1000, 1000), share(0, 5)], ["−24 %", "+3.1 %", "0 %", ""]);
  });

  it("of bytes have three digits and never an exponent", () => {
    const sizes = [0, 512, 999, 1000, 12_345, 999_499, 999_600, 4_560_000, 1.3e9, 2e12, 9e15];
    assert.deepEqual(sizes.map(bytes), [
      ...["0 B", "512 B", "999 B", "1.00 kB", "12.3 kB", "999 kB", "1.00 MB", "4.56 MB", "1.30 GB", "2.00 TB", "9000 TB"],
    ]);
    assert.equal(bytes(null), "");
    assert.deepEqual(
      [roughBytes(4_321_000), roughBytes(26_000_000), roughDuration(12.3), roughDuration(170)],
      ["4 MB", "30 MB", "12 s", "3 min"],
    );
    assert.deepEqual([short(980), short(34_100), short(1_200_000)], ["980", "34.1 k", "1.20 M"]);
  });

  it("of times", () => {
    const times = [0.34, 4, 35.2, 999, 2130, 65_000];
    assert.deepEqual(times.map(duration), ["0.3 ms", "4 ms", "35 ms", "999 ms", "2.1 s", "1 min 5 s"]);
    assert.equal(duration(null), "");
    assert.deepEqual([12, 1530, 2_040_000].map(micros), ["12 µs", "1.53 ms", "2.04 s"]);
  });

  it("are written out by src/protocol/words.ts alone", () => {
    const files = ["src", "webview"].flatMap((folder) => filesBelow(folder)).filter((file) => file.endsWith(".ts"));
    // Code only: comments may say "200 MB".
    const code = (file: string): string => (textOf(file) ?? "").replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
    const others = files.filter((file) => /toLocaleString|NumberFormat|toPrecision|\} (?:[kMGT]?B|µs|ms|s)\b[`"]/.test(code(file)));
    assert.deepEqual(others, ["src/protocol/words.ts"]);
  });
});

describe("what a verification found", () => {
  it("of thin LTO: stages, keys and decisions", () => {
    const stages = { "thin-lto-input": counts({ identical: 3 }), "thin-lto-after-pm": counts({ identical: 1, sameText: 1, different: 1 }) };
    const text = verifiedText({
      ...{ stages, linked: null, keys: { equal: 3, different: 0 } },
      decisions: { ...NO_DECISIONS, equal: 2, different: 1 },
    });
    assert.equal(text, "4 of 6 stage files identical to rustc's, 3 of 3 keys and 2 of 3 decisions equal.");
  });

  it("of machine code: objects and the output, if they were compared", () => {
    const found = (binary: LinkComparison["identical"], objects: ObjectCounts): string =>
      verifiedText({
        ...{ stages: {}, linked: null, keys: NO_KEYS, decisions: NO_DECISIONS, objects, binary: { identical: binary, differs: [] } },
      }).replace(/^.*equal\. /, "");
    assert.equal(
      found(true, { identical: 3, different: 0, absent: 0 }),
      "3 of 3 objects identical to rustc's. The output is identical to the build's.",
    );
    assert.equal(
      found(false, { identical: 1, different: 1, absent: 1 }),
      "1 of 3 objects identical to rustc's. The output differs from the build's.",
    );
    assert.equal(found(null, { identical: 1, different: 0, absent: 0 }), "1 of 1 objects identical to rustc's.");
  });

  it("of a verified run: what was compared", () => {
    const detail = (verifiedCode?: VerifiedCode): string =>
      fidelityOf({ fidelity: "verified", recorded: false, state: "done", ...(verifiedCode && { verifiedCode }) })?.detail ?? "";
    assert.match(detail(), /equals rustc's own\. Objects were not compared; /);
    assert.match(detail({ objects: 1200, output: true }), /All 1,200 objects are identical to rustc's\. The output is identical/);
    assert.match(detail({ objects: 1, output: false }), /The object is identical to rustc's\. The output was not compared\.$/);
  });

  it("of fat LTO: linked modules, and no keys, which it does not have", () => {
    const linked = { rustc: 84, ours: 84, sameBase: true, sameOrder: true };
    const found = (of: typeof linked): string =>
      verifiedText({ stages: { "lto.input": counts({ identical: 1 }) }, keys: NO_KEYS, decisions: NO_DECISIONS, linked: of });
    const files = "1 of 1 stage files identical to rustc's; ";
    assert.equal(found(linked), `${files}84 modules linked, as many as by rustc, into the same base module, in the same order.`);
    assert.equal(
      found({ rustc: 83, ours: 84, sameBase: false, sameOrder: false }),
      `${files}84 modules linked, 83 by rustc, into another base module, in another order.`,
    );
    assert.equal(found({ ...linked, rustc: 0 }), `${files}84 modules linked, which rustc's log does not mention.`);
  });
});

describe("times", () => {
  it("of an earlier run's results are marked, and not part of a sum", () => {
    assert.deepEqual([workTime({ millis: 35, kept: 0 }), workTime({ millis: 35, kept: 1200 })], ["35 ms", "35 ms · 1,200 kept"]);
    assert.deepEqual([workTime({ millis: 0, kept: 3 }), workTime({ millis: 0, kept: 0 })], ["3 kept", ""]);
    const [made, kept] = [
      { millis: 35, fromStore: false },
      { millis: 35, fromStore: true },
    ];
    assert.deepEqual([moduleTime(made), moduleTime(kept)], ["35 ms", "kept, 35 ms"]);
    assert.deepEqual(
      [moduleTimeWords(made), moduleTimeWords(kept)],
      ["made by this run in 35 ms", "kept from an earlier run, which took 35 ms"],
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
