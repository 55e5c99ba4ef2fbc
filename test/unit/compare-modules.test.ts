/** Two builds module by module, and what the comparison's page may send. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messageFrom, placeFrom } from "../../src/client/comparison/messages.js";
import { compareModules, type BuildContents, type StageSize } from "../../src/core/views/compare-modules.js";
import { bareRow } from "../../src/core/views/unit-rows.js";
import { differenceWords, sizeWords, verdictWords } from "../../src/protocol/build-comparison-words.js";
import type { ModuleRow } from "../../src/protocol/views.js";

const PM = "thin-lto-after-pm";

function row(name: string, verdict: ModuleRow["verdict"], place: ModuleRow["place"] = "workspace"): ModuleRow {
  return { ...bareRow(name, "demo"), verdict, place };
}

function size(bytes: number, instructions: number | null): readonly StageSize[] {
  return [{ stage: PM, bytes, instructions }];
}

function build(rows: readonly ModuleRow[], sizes: Readonly<Record<string, readonly StageSize[]>>): BuildContents {
  return { rows, sizes: new Map(Object.entries(sizes)), keys: null };
}

const plain = (): Promise<(identifier: string) => string> => Promise.resolve((identifier) => identifier);

describe("two builds", () => {
  it("differ by what both sides know; modules are matched without the id of an invocation", async () => {
    const [before, after] = ["a.0123456789abcdef-cgu.0.1vedk78.rcgu.o", "a.0123456789abcdef-cgu.0.0zzzzzz.rcgu.o"];
    const from = build(
      [row(before, "re-compiled"), row("b", "re-compiled"), row("gone", "re-used"), row("c", null), row("std", "re-used", "std")],
      {
        [before]: size(100, 10),
        b: size(50, null),
        std: size(9000, 900),
      },
    );
    const to = build(
      [row(after, "re-compiled"), row("b", "re-used"), row("new", "re-compiled"), row("c", "re-used"), row("std", "re-used", "std")],
      {
        [after]: size(120, 12),
        new: size(7, 1),
        std: size(1, 1),
      },
    );
    const { counts, modules, stages } = await compareModules(from, to, plain);
    assert.deepEqual(
      modules.map(({ name, differs, only }) => [name, only, ...differs]),
      [
        [after, null, "size"],
        ["gone", "from", "presence"],
        ["new", "to", "presence"],
        ["b", null, "verdict"],
        ["std", null, "size"],
      ],
    );
    assert.equal(modules[0]?.previousName, before);
    assert.deepEqual(counts, {
      modules: { from: 5, to: 5 },
      same: 1,
      different: 5,
      differ: { presence: 2, verdict: 1, size: 2, imports: 0 },
    });
    // Only where both sides know the size.
    assert.deepEqual(stages, [{ stage: PM, bytes: { from: 9100, to: 121 }, instructions: { from: 910, to: 13 } }]);
    assert.equal(differenceWords(counts), "5 of 5 CGUs differ: 2 on one side only, 1 in verdict, 2 in size.");
    assert.deepEqual(
      modules.map((module) => [verdictWords(module), sizeWords(module)]),
      [
        ["re-compiled", "+2 instructions (+20 %)"],
        ["only before: re-used", ""],
        ["only after: re-compiled", ""],
        ["re-compiled → re-used", ""],
        ["re-used", "−899 instructions (−100 %)"],
      ],
    );
  });

  it("can be the same", async () => {
    const one = build([row("a", "re-used")], { a: size(1, 1) });
    const { counts, modules } = await compareModules(one, one, plain);
    assert.deepEqual(modules, []);
    assert.equal(differenceWords(counts), "1 CGU: no difference in verdict, size or imports.");
  });
});

describe("the page of a comparison", () => {
  it("may send only what it knows", () => {
    assert.deepEqual(messageFrom("list", { differs: null, offset: 100 }), { type: "list", differs: null, offset: 100 });
    assert.deepEqual(messageFrom("open", { module: "m", stage: PM, function: null }), {
      type: "open",
      module: "m",
      stage: PM,
      function: null,
    });
    assert.deepEqual(messageFrom("functions", { module: "m", stage: PM }), { type: "functions", module: "m", stage: PM });
    for (const [method, params] of [
      ["list", { differs: "colour", offset: 0 }],
      ["list", { differs: null, offset: -1 }],
      ["open", { module: "m", stage: "../x", function: null }],
      ["open", { module: 1, stage: PM, function: null }],
      ["open", { module: "m", stage: PM }],
      ["command", { command: "quit" }],
      ["follow", { target: 1 }],
      ["functions", null],
    ] as const) {
      assert.equal(messageFrom(method, params), undefined, method);
    }
    assert.deepEqual(placeFrom({ from: { run: "r" }, to: { unit: "u@1" } }), { from: { run: "r" }, to: { unit: "u@1" } });
    for (const state of [null, {}, { from: { run: "r" } }, { from: { run: 1 }, to: { run: "r" } }]) {
      assert.equal(placeFrom(state), undefined);
    }
  });
});
