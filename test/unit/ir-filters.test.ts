import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyFilters, demangleNames, hideAttributes, hideDebugInfo, hideGuids, hideMetadata } from "../../src/core/ir/filters.js";
import { stableNumbers, stableReferences } from "../../src/core/ir/stable-numbers.js";
import { textOf } from "../support/sources.js";

const SAMPLE = `; demo::sum
; in module demo-cgu.0

; Function Attrs: noinline nounwind
define internal noundef i32 @_ZN4demo3sum17h0123456789abcdefE(ptr noundef nonnull readonly align 8 captures(address, read_provenance) dereferenceable(8) %0, i32 %1) unnamed_addr #0 !dbg !4 {
    #dbg_value(ptr %0, !9, !DIExpression(), !8)
  %3 = load i32, ptr %0, align 4, !dbg !8, !range !7, !noundef !6
  %4 = call range(i32 0, 4) i32 @callee(ptr sret(i32) align 4 %0, i32 zeroext %3) #1, !dbg !8
  call void @puts(ptr @text) ; not code: #1, !dbg !8
  store i8 34, ptr @"odd, !dbg !8 #1", align 1, !dbg !8
  call void @llvm.experimental.noalias.scope.decl(metadata !10), !dbg !8
  ret i32 %4, !dbg !8
}

@text = private constant [14 x i8] c"a, !dbg !8 #1\\00", align 1

declare i32 @callee(ptr, i32 noundef) #1

attributes #0 = { noinline nounwind "target-cpu"="x86-64" }
attributes #1 = { cold }

!4 = distinct !DISubprogram(name: "sum", scope: !5, file: !5, line: 1)
!5 = !DIFile(filename: "a.rs", directory: "/")
!6 = !{}
!7 = !{i32 0, i32 4}
!8 = !DILocation(line: 12, column: 3, scope: !4)
!9 = !DILocalVariable(name: "a", scope: !4)
!10 = !{!11}
!11 = distinct !{!11, !"scope"}
!12 = !{!5}
!llvm.dbg.cu = !{!4}
`;

function lineWith(text: string, part: string): string {
  const found = text.split("\n").filter((line) => line.includes(part));
  assert.equal(found.length, 1, `one line with ${part} in:\n${text}`);
  return found[0] ?? "";
}

describe("hideDebugInfo", () => {
  const text = hideDebugInfo(SAMPLE);

  it("removes records, locations and nodes, and what only they refer to", () => {
    for (const gone of ["#dbg_value", "!DILocation", "!DISubprogram", "!DIFile", "!llvm.dbg.cu", "!12 ="]) {
      assert.ok(!text.includes(gone), gone);
    }
    assert.equal(lineWith(text, "load i32"), "  %3 = load i32, ptr %0, align 4, !range !7, !noundef !6");
    assert.ok(lineWith(text, "define ").endsWith("unnamed_addr #0 {"));
  });

  it("keeps other metadata, strings and comments", () => {
    assert.ok(text.includes("!7 = !{i32 0, i32 4}\n"));
    assert.ok(text.includes('!11 = distinct !{!11, !"scope"}\n'));
    assert.ok(text.includes('@"odd, !dbg !8 #1", align 1\n'));
    assert.ok(text.includes('c"a, !dbg !8 #1\\00"'));
    assert.ok(text.includes("; not code: #1, !dbg !8"));
  });
});

describe("hideMetadata", () => {
  const text = hideMetadata(SAMPLE);

  it("removes every attachment and definition, but no argument", () => {
    assert.equal(lineWith(text, "load i32"), "  %3 = load i32, ptr %0, align 4");
    assert.equal(lineWith(text, "scope.decl"), "  call void @llvm.experimental.noalias.scope.decl(metadata !10)");
    assert.doesNotMatch(text, /^!/m);
  });

  it("leaves no empty lines", () => {
    assert.doesNotMatch(text, /\n\n\n/);
    assert.match(text, /\}\n$/);
  });
});

describe("hideGuids", () => {
  // LLVM 23's `opt -S -passes=assign-guid`, and its text of the same module without that pass.
  const [given, without] = ["with", "without"].map((name) => textOf(`test/fixtures/guids/${name}.ll`) ?? "") as [string, string];

  it("gives the text that LLVM prints for the module without GUIDs, with its numbers", () => {
    assert.match(given, /^define .* !prof !11 !guid !12 \{$/m);
    assert.equal(hideGuids(given), without);
    assert.equal(hideGuids(without), without);
  });

  it("does not change strings, names and comments", () => {
    for (const kept of ['c"a, !guid !5 in a text"', '@"odd !guid !7 name"']) assert.ok(hideGuids(given).includes(kept), kept);
    const comment = "  ret void ; !guid !5\n";
    assert.equal(hideGuids(comment), comment);
  });

  it("keeps a node that something else names as well", () => {
    const text =
      "@a = global i64 0, !guid !0\n@b = global i64 0, !guid !1\n\n!named = !{!2, !1}\n\n!0 = !{i64 7}\n!1 = !{i64 8}\n!2 = !{!0}\n";
    assert.equal(hideGuids(text), text.replaceAll(/, !guid !\d/g, ""));
    const other = text.replace("!{!0}", "!{i64 9}");
    assert.equal(hideGuids(other), "@a = global i64 0\n@b = global i64 0\n\n!named = !{!1, !0}\n\n!0 = !{i64 8}\n!1 = !{i64 9}\n");
  });

  it("is applied whatever else is hidden", () => {
    for (const others of [{}, { hideDebugInfo: true }, { hideMetadata: true }, { hideAttributes: true }, { stableNumbers: true }]) {
      assert.equal(applyFilters(given, { ...others, hideGuids: true }), applyFilters(without, others), JSON.stringify(others));
    }
  });
});

describe("hideAttributes", () => {
  const text = hideAttributes(SAMPLE);

  it("removes groups, references to them, and parameter attributes that are mere promises", () => {
    assert.equal(lineWith(text, "define "), "define internal i32 @_ZN4demo3sum17h0123456789abcdefE(ptr %0, i32 %1) unnamed_addr !dbg !4 {");
    assert.equal(lineWith(text, "declare "), "declare i32 @callee(ptr, i32)");
    assert.doesNotMatch(text, /^attributes |Function Attrs/m);
  });

  it("keeps what changes how values are passed, and alignments of accesses", () => {
    assert.ok(lineWith(text, "@callee(ptr sret").startsWith("  %4 = call i32 @callee(ptr sret(i32) %0, i32 zeroext %3), !dbg"));
    assert.ok(lineWith(text, "load i32").includes(", align 4,"));
    assert.ok(text.includes('@"odd, !dbg !8 #1", align 1'));
  });
});

describe("demangleNames", () => {
  const names = new Map([
    ["_ZN4demo3sum17h0123456789abcdefE", "demo::sum"],
    ["callee", "callee"],
    ["quoted name", "readable"],
  ]);

  it("replaces symbols by readable names", () => {
    assert.ok(demangleNames(SAMPLE, names).includes('@"demo::sum"(ptr'));
    assert.equal(demangleNames('call void @"quoted name"()', names), 'call void @"readable"()');
  });

  it("does not change strings, comments, unknown or plain names", () => {
    const text = 'c"@callee @_ZN4demo3sum17h0123456789abcdefE" ; @_ZN4demo3sum17h0123456789abcdefE\n@callee @other';
    assert.equal(demangleNames(text, names), text);
  });
});

describe("stableNumbers", () => {
  it("does not depend on the positions of values, nodes and groups", () => {
    const one = `define i32 @f(i32 %0) #0 {
  %2 = add i32 %0, 1
  %3 = mul i32 %2, %2, !range !5
  br label %4

4:                                                ; preds = %1
  ret i32 %3
}

attributes #0 = { cold }

!5 = !{i32 0, i32 4}
`;
    const shifted = one
      .replace("  %2 = add", "  %2 = call i32 @g()\n  %3 = add")
      .replace("%3 = mul i32 %2, %2, !range !5", "%4 = mul i32 %3, %3, !range !9")
      .replace("br label %4", "br label %5")
      .replace("4:  ", "5:  ")
      .replace("ret i32 %3", "ret i32 %4")
      .replaceAll("#0", "#7")
      .replace("!5 =", "!9 =");
    const before = stableNumbers(one).split("\n");
    const after = stableNumbers(shifted).split("\n");
    const added = after.filter((line) => !before.includes(line));
    assert.equal(added.length, 1);
    assert.match(added[0] ?? "", /call i32 @g\(\)/);
    assert.deepEqual(
      before.filter((line) => !after.includes(line)),
      [],
    );
  });

  it("distinguishes equal instructions, and blocks from values", () => {
    const text = stableNumbers("define void @f(ptr %0) {\n  %2 = load i32, ptr %0\n  %3 = load i32, ptr %0\n  ret void\n}\n");
    const names = [...text.matchAll(/%(load\.\S+) =/g)].map((match) => match[1]);
    assert.equal(new Set(names).size, 2);
    assert.ok(text.includes("ptr %arg0"));
  });

  it("names the entry block if a phi mentions it", () => {
    const text = stableNumbers("define i32 @f(i1 %0) {\n  br label %2\n\n2:\n  %3 = phi i32 [ 1, %1 ]\n  ret i32 %3\n}\n");
    assert.match(text, /\[ 1, %entry \]/);
  });

  it("does not change types, named values, strings or literals", () => {
    const text =
      'define void @f() {\n  %x = alloca %"T 1", align 8 ; %9\n  store i32 12, ptr %x\n  call void @g(ptr @"%3 !4 #5")\n  ret void\n}\n';
    assert.equal(stableNumbers(text), text.replace(" ; %9", ""));
  });

  it("handles nodes that refer to themselves", () => {
    const scopes = (first: number, name: string): string =>
      `store i8 0, ptr %x, !alias.scope !${first}\n\n!${first} = !{!${first + 1}}\n!${first + 1} = distinct !{!${first + 1}, !"${name}"}\n`;
    assert.equal(stableReferences(scopes(3, "a")), stableReferences(scopes(40, "a")));
    assert.notEqual(stableReferences(scopes(3, "a")), stableReferences(scopes(3, "b")));
  });
});

describe("applyFilters", () => {
  it("returns the text unchanged without filters", () => {
    assert.equal(applyFilters(SAMPLE, {}), SAMPLE);
  });

  it("applies all filters together", () => {
    const names = new Map([["_ZN4demo3sum17h0123456789abcdefE", "demo::sum"]]);
    const text = applyFilters(SAMPLE, { hideMetadata: true, hideAttributes: true, stableNumbers: true, readableNames: names });
    assert.ok(text.includes('define internal i32 @"demo::sum"(ptr %arg0, i32 %arg1) unnamed_addr {'));
  });

  it("loses nothing in a function of 5,000 lines", () => {
    const body = Array.from(
      { length: 5000 },
      (_, index) => `  %${index + 2} = add nsw i32 %${Math.max(0, index + 1)}, ${index % 97}, !dbg !${index + 10}, !range !7`,
    );
    const nodes = Array.from({ length: 5000 }, (_, index) => `!${index + 10} = !DILocation(line: ${index}, column: 3, scope: !4)`);
    const text = `define i32 @f(i32 noundef %0) #0 {\n${body.join("\n")}\n  ret i32 %5001\n}\n\nattributes #0 = { cold }\n\n!7 = !{i32 0, i32 4}\n${nodes.join("\n")}\n`;
    const lines = applyFilters(text, { hideDebugInfo: true, hideAttributes: true, stableNumbers: true }).split("\n");
    assert.equal(lines.filter((line) => line.includes(" = add nsw i32 ")).length, 5000);
    assert.ok(lines.every((line) => !line.includes("!dbg") && !line.includes("DILocation")));
  });
});
