/** In which order modules are started: by measured times, by counts of instructions, by size. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expectedCosts, longestFirst, type CostFacts } from "../../src/core/replay/expected-cost.js";

function module(name: string, bytes: number, instructions: number | null = null, importedInstructions: number | null = null): CostFacts {
  return { name, bytes, instructions, importedInstructions };
}

function order(modules: readonly CostFacts[], measured: Readonly<Record<string, number>> = {}, kept: readonly string[] = []): string[] {
  const costs = expectedCosts(modules, new Map(Object.entries(measured)), (name) => kept.includes(name));
  return longestFirst(modules, costs).map(({ name }) => name);
}

describe("the order of modules", () => {
  it("follows measured times, whatever the modules' sizes", () => {
    assert.deepEqual(order([module("large", 9000, 9000, 0), module("small", 10, 10, 0)], { small: 50, large: 20 }), ["small", "large"]);
  });
  it("follows instructions with those that are imported, of which each costs more", () => {
    const modules = [module("alone", 1000, 1000, 0), module("importing", 1000, 100, 900), module("small", 1000, 100, 100)];
    assert.deepEqual(order(modules), ["importing", "alone", "small"]);
  });
  it("follows bitcode sizes where no summary counts instructions", () => {
    assert.deepEqual(order([module("small", 10), module("large", 30), module("middle", 20)]), ["large", "middle", "small"]);
  });
  it("is the same each time among modules of equal cost", () => {
    const modules = [module("b", 10, 1, 0), module("c", 10, 1, 0), module("a", 10, 1, 0), module("large", 20, 1, 0)];
    const expected = ["large", "a", "b", "c"];
    assert.deepEqual(order(modules), expected);
    assert.deepEqual(order(modules.toReversed()), expected);
    assert.deepEqual(order(modules, { a: 5, b: 5, c: 5, large: 5 }), expected);
  });
  it("starts what the store has last", () => {
    const modules = [module("kept", 1000, 100000, 0), module("made", 1000, 100, 0)];
    assert.deepEqual(order(modules, {}, ["kept"]), ["made", "kept"]);
  });
});

describe("the expected cost of a module that was never measured", () => {
  it("is in proportion to the measured times of the others, because machines differ in speed", () => {
    const modules = [module("known", 1000, 1000, 0), module("twice", 2000, 2000, 0), module("half", 500, 500, 0)];
    const costs = expectedCosts(modules, new Map([["known", 300]]));
    assert.deepEqual(
      [...costs].map(([name, cost]) => [name, Math.round(cost)]),
      [
        ["known", 300],
        ["twice", 600],
        ["half", 150],
      ],
    );
  });
  it("does not depend on modules that are gone, nor on times of zero", () => {
    const modules = [module("a", 1000, 1000, 0), module("b", 1000, 2000, 0)];
    assert.deepEqual(expectedCosts(modules, new Map([["gone", 1]])), expectedCosts(modules, new Map()));
    assert.ok((expectedCosts(modules, new Map([["a", 0]])).get("b") ?? 0) > 0);
  });
});
