import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alignedTexts, alignNumbers } from "../../src/core/ir/aligned-numbers.js";
import type { Sides } from "../../src/core/ir/numbering/texts.js";
import { hideAttributes, hideMetadata } from "../../src/core/ir/filters.js";
import { assertRenamed } from "../support/renaming.js";
import { textOf } from "../support/sources.js";

const IMPORT = textOf("test/fixtures/stages/bars-import.ll") ?? "";
const PM = textOf("test/fixtures/stages/bars-pm.ll") ?? "";

function aligned(before: string, after: string): { readonly before: string; readonly after: string } {
  const sides = alignNumbers({ before: before.split("\n"), after: after.split("\n") }) ?? assert.fail("not aligned");
  return { before: sides.before.join("\n"), after: sides.after.join("\n") };
}

/** The lines of a function: `first` is the signature after the name. */
function body(first: string, ...lines: readonly string[]): string {
  return `define i32 @f(${first}) {\n${lines.map((line) => (/^\d+:/.test(line) || line === "" ? line : `  ${line}`)).join("\n")}\n}\n`;
}

/** The text with the numbers of each function's values shifted, as if something stood before them. */
function shifted(text: string): string {
  return text.replaceAll(/^define [^]*?^\}$/gm, (all) =>
    all.replaceAll(/"[^"]*"|(?<=%)\d+(?![\w.$-])|^\d+(?=:)/gm, (token) => (/^\d/.test(token) ? String(Number(token) + 100) : token)),
  );
}

interface Case {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly expected: string;
}

const CASES: readonly Case[] = [
  {
    title: "a new value gets the next number that the first text does not have",
    before: body("i32 %0", "%2 = add i32 %0, 1", "%3 = mul i32 %2, %2", "ret i32 %3"),
    after: body("i32 %0", "%2 = call i32 @g()", "%3 = add i32 %0, 1", "%4 = mul i32 %3, %3", "ret i32 %4"),
    expected: body("i32 %0", "%4 = call i32 @g()", "%2 = add i32 %0, 1", "%3 = mul i32 %2, %2", "ret i32 %3"),
  },
  {
    title: "a number that only the first text has is not used again",
    before: body("i32 %0", "%2 = call i32 @g()", "%3 = add i32 %0, 1", "ret i32 %3"),
    after: body("i32 %0", "%2 = add i32 %0, 1", "%3 = call i32 @h()", "ret i32 %2"),
    expected: body("i32 %0", "%3 = add i32 %0, 1", "%4 = call i32 @h()", "ret i32 %3"),
  },
  {
    title: "of equal instructions, those with the same operands correspond",
    before: body("ptr %0, ptr %1", "%3 = load i32, ptr %1", "%4 = add i32 %3, 1", "ret i32 %4"),
    after: body("ptr %0, ptr %1", "%3 = load i32, ptr %0", "%4 = load i32, ptr %1", "%5 = add i32 %4, 1", "ret i32 %5"),
    expected: body("ptr %0, ptr %1", "%5 = load i32, ptr %0", "%3 = load i32, ptr %1", "%4 = add i32 %3, 1", "ret i32 %4"),
  },
  {
    title: "an instruction with another flag, alignment or constant keeps its number",
    before: body("i32 %0", "%2 = add i32 %0, 1", "%3 = load i32, ptr @g, align 4", "ret i32 %2"),
    after: body("i32 %0", "%2 = call i32 @new()", "%3 = add nsw i32 %0, 2", "%4 = load i32, ptr @g, align 8", "ret i32 %3"),
    expected: body("i32 %0", "%4 = call i32 @new()", "%2 = add nsw i32 %0, 2", "%3 = load i32, ptr @g, align 8", "ret i32 %2"),
  },
  {
    title: "parameters correspond by their types",
    before: body("ptr noundef %0, i32 range(i32 0, 9) %1", "%3 = add i32 %1, 1", "ret i32 %3"),
    after: body("i32 %0", "%2 = add i32 %0, 1", "ret i32 %2"),
    expected: body("i32 %1", "%3 = add i32 %1, 1", "ret i32 %3"),
  },
  {
    title: "blocks are numbered like values, in labels, branches and phis",
    before: body(
      "i1 %0",
      "br i1 %0, label %2, label %3",
      "",
      "2:",
      "br label %3",
      "",
      "3:",
      "%4 = phi i32 [ 1, %1 ], [ 2, %2 ]",
      "ret i32 %4",
    ),
    after: body(
      ...["i1 %0", "%2 = call i32 @g()", "br i1 %0, label %3, label %4", "", "3:", "br label %4", "", "4:"],
      ...["%5 = phi i32 [ 1, %1 ], [ 2, %3 ]", "ret i32 %5"],
    ),
    expected: body(
      ...["i1 %0", "%5 = call i32 @g()", "br i1 %0, label %2, label %3", "", "2:", "br label %3", "", "3:"],
      ...["%4 = phi i32 [ 1, %1 ], [ 2, %2 ]", "ret i32 %4"],
    ),
  },
  {
    title: "an entry block with a name takes no number",
    before: `define i32 @f(i32 %0) {\nstart:\n  %1 = add i32 %0, 1\n  ret i32 %1\n}\n`,
    after: `define i32 @f(i32 %0) {\nstart:\n  %1 = call i32 @g()\n  %2 = add i32 %0, 1\n  ret i32 %2\n}\n`,
    expected: `define i32 @f(i32 %0) {\nstart:\n  %2 = call i32 @g()\n  %1 = add i32 %0, 1\n  ret i32 %1\n}\n`,
  },
  {
    title: "a function that was promoted is the same one, and so is a call of it",
    before: `define void @g() {\n  %1 = call i32 @f()\n  ret void\n}\n\n${body("", "%1 = load i32, ptr @a.1", "ret i32 %1")}`,
    after: [
      `define void @g.llvm.12() {\n  %1 = call ptr @new()\n  %2 = call i32 @f.llvm.34()\n  ret void\n}\n`,
      body("", "%1 = load i32, ptr @a.1.llvm.56", "ret i32 %1").replace("@f", "@f.llvm.34"),
    ].join("\n"),
    expected: [
      `define void @g.llvm.12() {\n  %2 = call ptr @new()\n  %1 = call i32 @f.llvm.34()\n  ret void\n}\n`,
      body("", "%1 = load i32, ptr @a.1.llvm.56", "ret i32 %1").replace("@f", "@f.llvm.34"),
    ].join("\n"),
  },
  {
    title: "attribute groups and metadata have the number of the same content, in the order of the numbers",
    before: "declare void @f() #3 !m !7\n\nattributes #3 = { cold }\n\n!7 = !{!8}\n!8 = !{i32 1}\n",
    after:
      "declare void @g() #0\ndeclare void @f() #1 !m !1\n\nattributes #0 = { noinline }\nattributes #1 = { cold }\n\n!0 = !{i32 2}\n!1 = !{!2}\n!2 = !{i32 1}\n",
    expected:
      "declare void @g() #4\ndeclare void @f() #3 !m !7\n\nattributes #3 = { cold }\nattributes #4 = { noinline }\n\n!7 = !{!8}\n!8 = !{i32 1}\n!9 = !{i32 2}\n",
  },
  {
    title: "of equal nodes, those correspond which the same instruction mentions",
    before: body("ptr %0", "%2 = load i32, ptr %0, !s !1", "ret i32 %2") + "!0 = distinct !{}\n!1 = distinct !{}\n",
    after: body("ptr %0", "%2 = load i32, ptr %0, !s !0", "ret i32 %2") + "!0 = distinct !{}\n!1 = distinct !{}\n",
    expected: body("ptr %0", "%2 = load i32, ptr %0, !s !1", "ret i32 %2") + "!0 = distinct !{}\n!1 = distinct !{}\n",
  },
  {
    title: "nodes whose content is hidden correspond by where they are mentioned",
    before: body("", "call void @scope(metadata !4)", "%1 = load i32, ptr @a, !s !6", "ret i32 %1"),
    after: body("", "call void @new(metadata !4)", "call void @scope(metadata !5)", "%1 = load i32, ptr @a, !s !7", "ret i32 %1"),
    expected: body("", "call void @new(metadata !7)", "call void @scope(metadata !4)", "%1 = load i32, ptr @a, !s !6", "ret i32 %1"),
  },
  {
    title: "the address of a block has the number that the block has in its function",
    before: `define void @g() {\n  %1 = call ptr @h(ptr blockaddress(@f, %2))\n  ret void\n}\n\n${body("i1 %0", "br label %2", "", "2:", "ret i32 1")}`,
    after: `define void @g() {\n  %1 = call ptr @h(ptr blockaddress(@f, %3))\n  ret void\n}\n\n${body("i1 %0", "%2 = call ptr @n()", "br label %3", "", "3:", "ret i32 1")}`,
    expected: `define void @g() {\n  %1 = call ptr @h(ptr blockaddress(@f, %2))\n  ret void\n}\n\n${body("i1 %0", "%3 = call ptr @n()", "br label %2", "", "2:", "ret i32 1")}`,
  },
  {
    title: "strings, comments outside of functions and names are no numbers",
    before: `; %1 !2 #3\n@s = constant [6 x i8] c"%1 !2 #"\n${body("", '%1 = load i32, ptr @"x %1 !2 #3"', "ret i32 %1")}`,
    after: `; %1 !2 #3\n@s = constant [6 x i8] c"%1 !2 #"\n${body("", "%1 = call i32 @g()", '%2 = load i32, ptr @"x %1 !2 #3"', "%a.1 = add i32 %2, 1", "ret i32 %2")}`,
    expected: `; %1 !2 #3\n@s = constant [6 x i8] c"%1 !2 #"\n${body("", "%2 = call i32 @g()", '%1 = load i32, ptr @"x %1 !2 #3"', "%a.1 = add i32 %1, 1", "ret i32 %1")}`,
  },
];

describe("alignNumbers", () => {
  for (const { title, before, after, expected } of CASES) {
    it(title, () => {
      const sides = aligned(before, after);
      assert.equal(sides.after, expected);
      assert.equal(sides.before, before);
      assertRenamed(after, sides.after);
    });
  }

  it("leaves a text alone that is compared with itself, but for lists of predecessors", () => {
    const { before, after } = aligned(IMPORT, IMPORT);
    assert.equal(after, before);
    assert.doesNotMatch(after, /; preds = /);
    assert.deepEqual(aligned(PM, shifted(PM)).after, aligned(PM, PM).before);
  });

  const hidden = (text: string): string => hideAttributes(hideMetadata(text));
  const texts: readonly (readonly [title: string, Sides])[] = [
    ["of a module after import and after optimisation", { before: [IMPORT], after: [PM] }],
    ["the other way round", { before: [PM], after: [IMPORT] }],
    ["without attributes and metadata", { before: [hidden(IMPORT)], after: [hidden(PM)] }],
    ["with other numbers", { before: [IMPORT], after: [shifted(PM)] }],
    ["of a text that was cut", { before: [IMPORT.slice(0, 20_000)], after: [PM.slice(0, 20_000)] }],
  ];
  for (const [title, sides] of texts) {
    it(`only renames, and one-to-one: ${title}`, () => {
      const [before = "", after = ""] = [sides.before[0], sides.after[0]];
      const result = aligned(before, after);
      // What the second text is without alignment: lists of predecessors are left out as well.
      const plain = aligned(after, after).before;
      assertRenamed(plain, result.after);
      assert.equal(result.before, aligned(before, before).before);
      assert.deepEqual(aligned(before, after), result, "the same texts, the same result");
    });
  }

  it("never makes two functions look the same of which one has another operand", () => {
    // Each operand of each instruction in turn is replaced by another value of the same function.
    const before = body("i32 %0, i32 %1", "%3 = add i32 %0, %1", "%4 = mul i32 %3, %0", "%5 = sub i32 %4, %3", "ret i32 %5");
    const places = [...before.matchAll(/%\d(?=[ ,\n])/g)].filter(({ index }) => index > before.indexOf("{"));
    let changed = 0;
    for (const { 0: old, index } of places) {
      for (const other of ["%0", "%1", "%3", "%4", "%5"]) {
        const after = before.slice(0, index) + other + before.slice(index + 2);
        if (other === old || / (%\d) = [^]* \1 = /.test(after)) continue;
        changed += 1;
        const sides = aligned(before, after);
        assert.notEqual(sides.after, sides.before, after);
      }
    }
    assert.ok(changed > 20, `${changed} changes`);
  });

  it("does not align texts that are too long, or in which types have numbers", () => {
    const lines = IMPORT.split("\n");
    assert.equal(alignNumbers({ before: lines, after: lines }, lines.length - 1), undefined);
    assert.equal(alignNumbers({ before: ["%0 = type { i32 }"], after: [] }), undefined);
    const { before, after } = alignedTexts({ before: IMPORT, after: PM }, 900);
    const note = "; Both sides are numbered as LLVM prints them, not alike: one has 983 lines, and the limit is 900.\n";
    assert.deepEqual([before, after], [note + IMPORT, note + PM]);
    assert.match(alignedTexts({ before: "", after: "%0 = type { i32 }" }).before, /^; .*: types of this module have numbers\.\n$/);
  });
});
