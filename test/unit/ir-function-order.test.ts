import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alignNumbers } from "../../src/core/ir/aligned-numbers.js";
import { orderFunctions } from "../../src/core/ir/numbering/order.js";
import { textOf } from "../support/sources.js";

const FUNCTION = /^(?:define|declare) [^@]*@("[^"]*"|[\w$.-]+)/;

function names(lines: readonly string[]): string[] {
  return lines.flatMap((line) => FUNCTION.exec(line)?.[1] ?? []);
}

function module(...functions: readonly string[]): string[] {
  return ["; ModuleID = 'm'", "@g = global i32 0", "", ...functions.flatMap((text) => [...text.split("\n"), ""]), "!0 = !{}", ""];
}

function definition(name: string, value: number, linkage = ""): string {
  return `define ${linkage}i32 @${name}() {\n  ret i32 ${value}\n}`;
}

describe("orderFunctions", () => {
  it("puts what changed first, and removed imported copies last, on both sides alike", () => {
    const before = module(
      definition("copy", 1, "available_externally "),
      definition("same", 1),
      definition("gone", 1),
      "declare void @declared()",
      definition("inlined", 1, "available_externally "),
      `; Function Attrs: cold\n${definition("changed", 1)}`,
      definition("promoted", 1, "internal "),
    );
    const after = module(
      definition("same", 1),
      definition("new", 1),
      "declare void @declared()",
      "declare i32 @inlined()",
      `; Function Attrs: cold\n${definition("changed", 2)}`,
      definition("promoted.llvm.7", 1),
      definition("imported", 1, "available_externally "),
    );
    const sides = orderFunctions({ before, after });
    assert.deepEqual(names(sides.before), ["changed", "promoted", "gone", "same", "declared", "copy", "inlined"]);
    assert.deepEqual(names(sides.after), ["changed", "promoted.llvm.7", "new", "same", "declared", "imported", "inlined"]);
    assert.deepEqual(sides.after.slice(0, 8), [
      ...["; ModuleID = 'm'", "@g = global i32 0", ""],
      "; Functions that changed come first, imported copies that were removed last.",
      ...["", "; Function Attrs: cold", "define i32 @changed() {", "  ret i32 2"],
    ]);
    assert.deepEqual(sides.after.slice(-3), ["", "!0 = !{}", ""]);
  });

  it("moves functions of a real module as a whole, and nothing else", () => {
    const [before, after] = ["import", "pm"].map((stage) => (textOf(`test/fixtures/stages/bars-${stage}.ll`) ?? "").split("\n"));
    const aligned = alignNumbers({ before: before ?? [], after: after ?? [] }) ?? assert.fail("not aligned");
    const sides = orderFunctions(aligned);
    for (const side of ["before", "after"] as const) {
      const [was, is] = [functionsOf(aligned[side]), functionsOf(sides[side])];
      assert.ok(was.length > 10);
      assert.deepEqual([...is].sort(), [...was].sort());
      const others = (lines: readonly string[]): string => withoutFunctions(lines).replace(/^; Functions that changed .*\n+/m, "");
      assert.equal(others(sides[side]), others(aligned[side]));
    }
    const common = names(sides.before).filter((name) => names(sides.after).includes(name));
    assert.deepEqual(
      names(sides.after).filter((name) => common.includes(name)),
      common,
    );
    assert.match(names(sides.before)[0] ?? "", /bars3bar/, "the unit's own function changed");
    const copies = sides.before.filter((line) => FUNCTION.test(line)).map((line) => line.startsWith("define available_externally "));
    assert.equal(copies.lastIndexOf(false) < copies.indexOf(true), true, "imported copies are last");
  });

  it("leaves texts alone of which one has no function, and those of one function", () => {
    const sides = { before: module(definition("f", 1), definition("g", 1)), after: module() };
    assert.deepEqual(orderFunctions(sides), sides);
    const one = { before: module("declare void @a()", definition("f", 1)), after: module("declare void @b()", definition("f", 2)) };
    assert.deepEqual(orderFunctions(one), one);
  });
});

const DEFINITION = /(?:^;.*\n)*^(?:define [^]*?\n\}|declare .*)$/gm;

function functionsOf(lines: readonly string[]): string[] {
  return [...lines.join("\n").matchAll(DEFINITION)].map(([text]) => text);
}

function withoutFunctions(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replaceAll(DEFINITION, "")
    .replaceAll(/\n{2,}/g, "\n\n");
}
