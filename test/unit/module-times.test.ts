/** The times of modules that the store keeps for the order of later runs. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { MeasuredTimes } from "../../src/core/replay/measured-times.js";
import { readModuleTimes, writeModuleTimes } from "../../src/core/store/module-times.js";
import { storeLayout, type StoreLayout } from "../../src/core/store/store-layout.js";
import { WorkPlace } from "../../src/core/store/work-place.js";

let root = "";
let layout: StoreLayout;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lto-inspector-times-"));
  layout = storeLayout(root);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function measured(unit: string): MeasuredTimes {
  return new MeasuredTimes({ layout, work: new WorkPlace(layout), unit, mode: "thin" });
}

function timing(activity: string, startMicros: number, durationMicros: number) {
  return { activity, argument: "m", startMicros, durationMicros, thread: 0 };
}

describe("the times of modules in the store", () => {
  it("are those of every capture of a unit", async () => {
    const times = new Map([
      ["a", 12.5],
      ["__proto__", 3],
    ]);
    await writeModuleTimes(layout, "demo-01234567@1", times);
    assert.deepEqual(await readModuleTimes(layout, "demo-01234567@2"), times);
    assert.deepEqual(await readModuleTimes(layout, "other-01234567@1"), new Map());
  });
  it("count as missing if the file was damaged", async () => {
    await writeModuleTimes(layout, "a.bc+b.bc", new Map([["a", 1]]));
    const folder = join(layout.verified, "module-times");
    const [name = ""] = await readdir(folder);
    await writeFile(join(folder, name), (await readFile(join(folder, name), "utf8")).replace('"a": 1', '"a": 2'));
    assert.deepEqual(await readModuleTimes(layout, "a.bc+b.bc"), new Map());
  });
});

describe("measured times", () => {
  it("last from the first step to the end of the passes, without code generation", async () => {
    const times = measured("demo-01234567@1");
    const passes = [timing("thin-lto-input", 1000, 2000), timing("LLVM_lto_optimize", 10_000, 5000)];
    times.note("m", [...passes, timing("LLVM_module_codegen", 20_000, 90_000)]);
    assert.deepEqual(await times.all(), new Map([["m", 14]]));
  });
  it("leave out modules that were not taken through the passes", async () => {
    const times = measured("demo-01234567@1");
    times.note("m", [timing("thin-lto-input", 1000, 2000)]);
    times.note("kept", []);
    await times.keep();
    assert.deepEqual(await times.all(), new Map());
    assert.deepEqual(await readModuleTimes(layout, "demo-01234567"), new Map());
  });
  it("replace earlier ones of the same module, and keep those of others", async () => {
    await writeModuleTimes(layout, "demo-01234567@1", new Map(Object.entries({ m: 1, other: 2 })));
    const times = measured("demo-01234567@2");
    times.note("m", [timing("LLVM_lto_optimize", 0, 7000)]);
    await times.keep();
    const expected = new Map(Object.entries({ m: 7, other: 2 }));
    assert.deepEqual(await times.all(), expected);
    assert.deepEqual(await measured("demo-01234567@3").all(), expected);
  });
});
