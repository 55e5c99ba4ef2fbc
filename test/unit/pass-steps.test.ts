import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstDifference, type RunDecisions } from "../../src/core/explain/passes/first-difference.js";
import { blame, diffOfSteps, filteredSteps, linesWith, stepsOf, type FunctionStep } from "../../src/core/explain/passes/steps.js";
import { PassesTrace } from "../../src/core/explain/passes/trace.js";
import { traceOf } from "../support/pass-traces.js";

const BEFORE = `; in module m

define i32 @f(ptr %0) #0 {
  %2 = alloca i32, align 4
  %3 = load i32, ptr %0, align 4
  store i32 %3, ptr %2, align 4
  %4 = load i32, ptr %2, align 4
  %5 = add i32 %4, 0
  ret i32 %5
}

attributes #0 = { noinline }
`;

const PROMOTED = `; in module m

define i32 @f(ptr %0) #0 {
  %2 = load i32, ptr %0, align 4
  %3 = add i32 %2, 0
  ret i32 %3
}

attributes #0 = { noinline }
`;

const COMBINED = PROMOTED.replace("  %3 = add i32 %2, 0\n", "").replace("ret i32 %3", "ret i32 %2");
const MARKED = COMBINED.replace("{ noinline }", "{ noinline nounwind }");

const trace = new PassesTrace(
  traceOf({
    passes: ["SROAPass", "InstCombinePass", "PostOrderFunctionAttrsPass"],
    functions: ["f"],
    subjects: [
      [2, 0, 0],
      [1, 0, 0],
    ],
    runs: [
      [0, 0, 0, 5],
      [1, 0, 0, 5],
      [1, 0, 1, 5],
      [2, 1, 0, 5],
    ],
    changes: [
      [0, 0, 1, -3, 7],
      [1, 0, 1, -1, 8],
      [3, 0, 2, 0, 8],
    ],
  }),
);

const STEPS = stepsOf(
  {
    schema: 1,
    module: "m",
    function: "f",
    steps: [
      ["SROAPass", 1],
      ["InstCombinePass", 2],
      ["PostOrderFunctionAttrsPass", 3],
    ],
    texts: [BEFORE, PROMOTED, COMBINED, MARKED],
  },
  trace.historyOf(0),
  true,
);

describe("the steps of a function", () => {
  it("are one before the passes, and one for each change, with the number of its run", () => {
    assert.deepEqual(
      STEPS.map(({ pass, run }) => [pass, run]),
      [
        [null, null],
        ["SROAPass", 0],
        ["InstCombinePass", 1],
        ["PostOrderFunctionAttrsPass", 3],
      ],
    );
    assert.equal(STEPS[0]?.text, BEFORE);
  });

  it("differ in what the pass did, whatever the numbers", () => {
    const { patch, added, removed } = diffOfSteps(step(0), step(1));
    // The operand of the addition is another value.
    assert.deepEqual([added, removed], [1, 4]);
    assert.match(patch, /^--- before the passes\n\+\+\+ SROAPass \(run 0\)\n/);
    assert.match(patch, /^-.*alloca/m);
    assert.match(diffOfSteps(step(0), step(3)).patch, /^\+attributes #\d+ = \{ noinline nounwind \}/m);
  });

  it("say which lines with a text came and went", () => {
    assert.equal(linesWith(step(0), step(1), "alloca")?.removed.length, 1);
    assert.deepEqual(linesWith(step(0), step(1), "load"), { added: [], removed: ["  %4 = load i32, ptr %2, align 4"] });
    assert.equal(linesWith(step(1), step(2), "load"), undefined);
  });

  it("can be filtered", () => {
    const [first] = filteredSteps(STEPS, { hideAttributes: true });
    assert.doesNotMatch(first?.text ?? "", /#0/);
  });
});

function step(index: number): FunctionStep {
  return STEPS[index] ?? assert.fail();
}

describe("blame", () => {
  it("names the step that made each line", () => {
    const blamed = blame(STEPS, 3);
    assert.deepEqual(blamed, [
      { line: "define i32 @f(ptr %0) #0 {", step: 3 },
      { line: "  %2 = load i32, ptr %0, align 4", step: 0 },
      { line: "  ret i32 %2", step: 2 },
      { line: "}", step: 0 },
    ]);
  });

  it("can stop at any step", () => {
    assert.deepEqual(
      blame(STEPS, 1).map((line) => line.step),
      [0, 0, 1, 0, 0],
    );
  });

  it("begins again where a function was gone", () => {
    const gone: FunctionStep = { pass: "GlobalDCEPass", run: 5, text: null };
    assert.deepEqual(blame([...STEPS, gone], 4), []);
    assert.deepEqual(new Set(blame([...STEPS, gone, { pass: "X", run: 6, text: COMBINED }], 5).map((line) => line.step)), new Set([5]));
  });
});

describe("the first difference of two traces", () => {
  const decisions = (runs: string, changes: readonly (readonly [number, string])[]): RunDecisions => ({
    runs: runs.split(" "),
    changes: changes.map(([at, code]) => ({ at, code })),
  });

  it("is none if all changes are the same", () => {
    const left = decisions("SROA IC LICM", [[0, "a"]]);
    assert.equal(firstDifference(left, decisions("SROA IC", [[0, "a"]])), null);
  });

  it("is a pass that changed the function in two ways", () => {
    const left = decisions("SROA IC LICM", [
      [0, "a"],
      [1, "b"],
    ]);
    const right = decisions("SROA GVN IC LICM", [
      [0, "a"],
      [2, "c"],
    ]);
    assert.deepEqual(firstDifference(left, right), { pass: "IC", equal: 1, left: 1, right: 2, changed: { left: true, right: true } });
  });

  it("is a pass that changed it on one side only, although the next changes look alike", () => {
    const left = decisions("SROA Inliner IC", [
      [0, "a"],
      [1, "b"],
      [2, "c"],
    ]);
    const right = decisions("SROA Inliner IC", [
      [0, "a"],
      [2, "d"],
    ]);
    const parting = { pass: "Inliner", equal: 1, left: 1, right: 1, changed: { left: true, right: false } };
    assert.deepEqual(firstDifference(left, right), parting);
    assert.deepEqual(firstDifference(right, left), { ...parting, changed: { left: false, right: true } });
  });

  it("is a pass that the other side does not have", () => {
    const left = decisions("SROA New IC", [
      [0, "a"],
      [1, "b"],
    ]);
    assert.deepEqual(firstDifference(left, decisions("SROA IC", [[0, "a"]])), {
      ...{ pass: "New", equal: 1, left: 1, right: null },
      changed: { left: true, right: false },
    });
  });
});
