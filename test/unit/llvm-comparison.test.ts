/** Differences between two LLVMs, on texts that LLVM 19.1.7 and 22.1.8 printed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { differenceKind } from "../../src/core/ir/llvms/difference-kind.js";
import { functionTexts } from "../../src/core/ir/llvms/function-texts.js";
import { ReadingTally } from "../../src/core/ir/llvms/reading-changes.js";
import type { LlvmModuleDifference } from "../../src/protocol/llvm-comparison.js";
import { importWords, rewritingWords } from "../../src/protocol/llvm-comparison-words.js";

/** One bitcode file of LLVM 19, as LLVM 19 prints it. */
const READ_BY_19 = `; ModuleID = 'demo.bc'
target triple = "x86_64-unknown-linux-gnu"

define void @fill(ptr noalias nocapture noundef writeonly align 8 dereferenceable(24) %0, i64 %1) unnamed_addr #0 {
  %3 = alloca [24 x i8], align 8
  call void @llvm.lifetime.start.p0(i64 24, ptr nonnull %3), !noalias !3
  %4 = icmp eq <2 x i64> %2, <i64 7, i64 7>
  call void @llvm.lifetime.end.p0(i64 24, ptr nonnull %3), !noalias !3
  ret void
}

define i32 @"\\C3\\A9t\\C3\\A9"(i32 %0) #1 {
  ret i32 %0
}

declare void @llvm.lifetime.start.p0(i64, ptr nocapture)

attributes #0 = { nounwind memory(readwrite, argmem: none) }
attributes #1 = { nounwind }

!3 = !{}
`;

/** The same file, as LLVM 22 prints it. */
const READ_BY_22 = `; ModuleID = 'demo.bc'
target triple = "x86_64-unknown-linux-gnu"

define void @fill(ptr noalias noundef writeonly align 8 captures(none) dereferenceable(24) %0, i64 %1) unnamed_addr #1 {
  %3 = alloca [24 x i8], align 8
  call void @llvm.lifetime.start.p0(ptr %3), !noalias !3
  %4 = icmp eq <2 x i64> %2, splat (i64 7)
  call void @llvm.lifetime.end.p0(ptr %3), !noalias !3
  ret void
}

define i32 @"\\C3\\A9t\\C3\\A9"(i32 %0) #0 {
  ret i32 %0
}

declare void @llvm.lifetime.start.p0(ptr captures(none))

attributes #0 = { nounwind }
attributes #1 = { nounwind memory(readwrite, argmem: none, target_mem0: none) }

!3 = !{}
`;

describe("functionTexts", () => {
  it("finds every definition by its symbol", () => {
    const texts = functionTexts(READ_BY_19);
    assert.deepEqual([...texts.keys()], ["fill", "été"]);
    assert.equal(texts.get("été"), 'define i32 @"\\C3\\A9t\\C3\\A9"(i32 %0) #1 {\n  ret i32 %0\n}');
  });

  it("leaves out a definition that is cut", () => {
    assert.deepEqual([...functionTexts("define void @a() {\n  ret void\n}\ndefine void @b() {\n  ret").keys()], ["a"]);
  });
});

describe("what reading changes", () => {
  it("lists what the newer LLVM writes differently, by intrinsic", () => {
    const tally = new ReadingTally();
    tally.add(READ_BY_19, READ_BY_22);
    const { functions, changed, rewritings } = tally.result();
    // The numbers of attribute groups differ in both functions, but that changes nothing.
    assert.deepEqual([functions, changed], [2, 1]);
    assert.deepEqual(
      rewritings.map((one) => [one.count, one.intrinsic, rewritingWords(one)]),
      [
        [1, null, "nocapture → captures(none)"],
        [1, null, "memory(readwrite, argmem: none) → memory(readwrite, argmem: none, target_mem0: none)"],
        [1, "llvm.lifetime.start.p0", "− i64 N"],
        [1, "llvm.lifetime.start.p0", "− nonnull"],
        [1, null, "<i64 N, …> → splat (i64 N)"],
        [1, "llvm.lifetime.end.p0", "− i64 N"],
        [1, "llvm.lifetime.end.p0", "− nonnull"],
      ],
    );
  });

  it("finds nothing in equal texts", () => {
    const tally = new ReadingTally();
    tally.add(READ_BY_22, READ_BY_22);
    assert.deepEqual(tally.result(), { functions: 2, changed: 0, rewritings: [] });
  });
});

describe("differenceKind", () => {
  const PLAIN = `define internal i64 @f(ptr noundef nonnull %0, i64 %1) unnamed_addr #3 {
  %3 = getelementptr inbounds i8, ptr %0, i64 8
  %4 = load i64, ptr %3, align 8, !range !5
  %5 = add i64 %4, %1
  call void @g(ptr noundef %0) #4
  ret i64 %5
}`;

  const kindOf = (before: string, after: string): string => differenceKind(PLAIN, PLAIN.replace(before, after));

  it("says what differs beyond numbering", () => {
    assert.equal(kindOf("#3", "#12"), "attributes");
    assert.equal(kindOf("ptr noundef %0) #4", "ptr noundef captures(none) %0) #9"), "attributes");
    assert.equal(kindOf("internal", "hidden"), "header");
    assert.equal(kindOf("inbounds i8", "inbounds nuw i8"), "flags");
    assert.equal(kindOf("add i64", "add nuw nsw i64"), "flags");
    assert.equal(kindOf("add i64", "sub i64"), "instructions");
    assert.equal(kindOf("align 8", "align 4"), "instructions");
    assert.equal(kindOf("i64 %4, %1", "i64 %1, %4"), "instructions");
  });

  it("does not depend on the numbers of values", () => {
    const more = PLAIN.replace("  ret", "  %6 = call i64 @h()\n  ret").replace("#3", "#12");
    assert.equal(differenceKind(PLAIN, more), "instructions");
    assert.equal(differenceKind(PLAIN, PLAIN.replaceAll("%5", "%7").replaceAll("%4", "%6")), "attributes");
  });
});

describe("imports in words", () => {
  const module = (imports: LlvmModuleDifference["imports"]): LlvmModuleDifference => ({
    ...{ name: "m", crate: "c", first: null, stages: [], functions: [], failed: [] },
    imports,
  });

  it("says how many there are, and whether they differ", () => {
    const same = module({ imported: { from: 3, to: 3 }, onlyFrom: [], onlyTo: [] });
    const other = module({ imported: { from: 3, to: 2 }, onlyFrom: ["f"], onlyTo: [] });
    assert.equal(importWords([module(null)]), null);
    assert.equal(importWords([module({ imported: { from: 0, to: 0 }, onlyFrom: [], onlyTo: [] })]), "Both import nothing.");
    assert.equal(importWords([same, same]), "Both import the same 6 symbols.");
    assert.equal(importWords([same, other]), "They import differently into 1 module: 6 and 5 symbols in all.");
  });
});
