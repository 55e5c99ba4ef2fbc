/** Stages that change no function: the parts in which the texts differ, and the words for them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textChanges } from "../../src/core/ir/text-changes.js";
import { noFunctionWords, otherChangesWords } from "../../src/protocol/change-words.js";
import type { OtherChanges } from "../../src/protocol/ir.js";
import { textOf } from "../support/sources.js";

const MODULE = `; ModuleID = 'm'
source_filename = "m"
target triple = "x86_64-unknown-linux-gnu"

%pair = type { i32, i32 }

$shared = comdat any

@table = private constant [2 x i8] c"}\\0A"
@other = internal global i32 7

; Function Attrs: nounwind
define i32 @first(i32 %0) #0 {
  %2 = call i32 @second(i32 %0), !srcloc !1
  ret i32 %2
}

define i32 @third() #1 {
  ret i32 3
}

; Function Attrs: nounwind
declare i32 @second(i32) #0

attributes #0 = { nounwind }
attributes #1 = { cold }

!llvm.module.flags = !{!0}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i64 12}
`;

describe("textChanges", () => {
  const change = (from: string | RegExp, to: string): readonly string[] => {
    const after = MODULE.replace(from, to);
    assert.notEqual(after, MODULE, String(from));
    return textChanges(MODULE, after);
  };

  it("names the parts with different lines", () => {
    assert.deepEqual(textChanges(MODULE, MODULE), []);
    assert.deepEqual(change("declare i32 @second(i32) #0", "declare i32 @second(i32)"), ["declarations"]);
    assert.deepEqual(change("@other = internal", "@other = dso_local"), ["globals"]);
    assert.deepEqual(change("@second(i32 %0),", "@second.llvm.7(i32 %0),"), ["functions"]);
    assert.deepEqual(change('!"wchar_size", i32 4', '!"wchar_size", i32 2'), ["metadata"]);
    assert.deepEqual(change("comdat any", "comdat largest"), ["comdats"]);
    assert.deepEqual(change("%pair = type { i32, i32 }", "%pair = type { i32, i64 }"), ["types"]);
    assert.deepEqual(change("unknown-linux-gnu", "unknown-linux-musl"), ["module properties"]);
    assert.deepEqual(change("\n%pair", '\nmodule asm ".globl x"\n%pair'), ["module-level assembly"]);
    assert.deepEqual(change(/$/, '\n^0 = module: (path: "m", hash: (0, 0, 0, 0, 0))\n'), ["summary"]);
    assert.deepEqual(change("= { cold }", "= { cold noreturn }").at(-1), "attributes");
  });

  it("names GUIDs apart from other metadata, and from the numbers that they shift", () => {
    const [given, without] = ["with", "without"].map((name) => textOf(`test/fixtures/guids/${name}.ll`) ?? "") as [string, string];
    assert.deepEqual(textChanges(without, given), ["GUIDs"]);
    assert.deepEqual(textChanges(given, given.replace("!{i64 -1973632818483600867}", "!{i64 5}")), ["GUIDs"]);
    assert.deepEqual(textChanges(given, without.replace('"PIC Level", i32 2', '"PIC Level", i32 1')), ["metadata", "GUIDs"]);
    assert.deepEqual(textChanges(given, given.replace('"PIC Level", i32 2', '"PIC Level", i32 1')), ["metadata"]);
  });

  it("counts no GUID that came or went with its definition", () => {
    const given = textOf("test/fixtures/guids/with.ll") ?? "";
    const declared = given.replace(/^@counter = internal global.*$/m, "@counter = external global i64");
    assert.deepEqual(textChanges(given, declared.replace("!0 = !{i64 -4229212053748865536}\n", "")), ["globals"]);
    assert.deepEqual(textChanges(given, given.replace(/^@text = .*\n/m, "").replace("!1 = !{i64 -3613010519846856727}\n", "")), [
      "globals",
    ]);
  });

  it("distinguishes a different order and different numbers from different lines", () => {
    const third = "define i32 @third() #1 {\n  ret i32 3\n}\n";
    const moved = MODULE.replace(`${third}\n`, "").replace("attributes #0", `${third}\nattributes #0`);
    assert.deepEqual(textChanges(MODULE, moved), ["order"]);
    const renumbered = MODULE.replaceAll("#0", "#9").replaceAll("#1", "#0").replaceAll("#9", "#1");
    assert.deepEqual(textChanges(MODULE, renumbered), ["numbering"]);
  });

  it("takes no brace in a string for the end of a body, and no comment for code", () => {
    assert.deepEqual(change('c"}\\0A"', 'c"{\\0A"'), ["globals"]);
    assert.deepEqual(change("; Function Attrs: nounwind\ndefine", "; Function Attrs: other\ndefine"), ["numbering"]);
  });
});

describe("the words for a stage that changed no function", () => {
  const none = { added: 0, removed: 0, changed: 0 };
  const others = (fields: Partial<OtherChanges>): OtherChanges => ({
    declarations: none,
    globals: none,
    sameBytes: false,
    text: [],
    ...fields,
  });

  it("count declarations and globals, and name the other parts", () => {
    const words = otherChangesWords(
      others({
        declarations: { added: 3, removed: 1, changed: 0 },
        globals: { added: 0, removed: 0, changed: 1200 },
        text: ["declarations", "globals", "functions", "metadata"],
      }),
    );
    assert.equal(
      words,
      "3 declarations added, 1 declaration removed, 1,200 globals changed, names in function bodies changed, metadata changed",
    );
  });

  it("never say that nothing changed if the bitcode differs", () => {
    assert.equal(noFunctionWords(others({ sameBytes: true })), "nothing changed");
    assert.equal(noFunctionWords(others({ text: ["metadata"] })), "no function body changed; metadata changed");
    assert.equal(noFunctionWords(others({ text: null })), "no function body changed; the text is too large to be compared");
    const globals = { ...none, changed: 2 };
    assert.equal(
      noFunctionWords(others({ text: null, globals })),
      "no function body changed; 2 globals changed; the text is too large to be compared",
    );
    assert.equal(noFunctionWords(others({})), "no function body changed; the text is the same, its encoding differs");
    assert.equal(noFunctionWords(others({ text: ["numbering"] })), "no function body changed; only numbering changed");
  });
});
