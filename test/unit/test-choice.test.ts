/** `npm run test:unit -- ir -t "stable"`: choosing the files and tests of a tier. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL_TESTS, chosenGoogleTests, chosenTests, readChoice } from "../../scripts/lib/test-choice.mjs";

const TIERS = ["unit", "cli"];
const FILES = ["test/cli/thin.test.ts", "test/cli/fat.test.ts"];

describe("the arguments of a tier", () => {
  const cases: readonly (readonly [args: readonly string[], filters: readonly string[], names: readonly string[]])[] = [
    [["unit"], [], []],
    [["unit", "ir", "stable"], ["ir", "stable"], []],
    [["unit", "ir", "-t", "stable"], ["ir"], ["stable"]],
    [["unit", "-t", "stable", "ir"], ["ir"], ["stable"]],
    [["unit", "--name", "stable numbers", "--name=of values"], [], ["stable numbers", "of values"]],
  ];
  for (const [args, filters, names] of cases) {
    it(`are read: ${args.join(" ")}`, () => {
      assert.deepEqual(readChoice(args, TIERS), { tier: "unit", choice: { filters, names } });
    });
  }

  it("show the usage if they are wrong", () => {
    for (const args of [[], ["unite"], ["unit", "-t"], ["unit", "--watch"]]) {
      assert.throws(() => readChoice(args, TIERS), /usage: test-tier\.mjs unit\|cli /, args.join(" "));
    }
    assert.throws(() => readChoice(["unit", "--watch"], TIERS), /--watch/);
  });
});

describe("tests", () => {
  it("are chosen by part of a file's name or of their own", () => {
    const chosen = (...filters: readonly string[]): ReturnType<typeof chosenTests> => chosenTests(FILES, { filters, names: [] });
    assert.deepEqual(chosenTests(FILES, ALL_TESTS), { files: FILES, names: [] });
    assert.deepEqual(chosen("fat"), { files: ["test/cli/fat.test.ts"], names: [] });
    assert.deepEqual(chosen("is (whole)"), { files: FILES, names: ["--test-name-pattern=is \\(whole\\)"] });
    assert.deepEqual(chosen("thin.test", "whole"), { files: [FILES[0]], names: ["--test-name-pattern=whole"] });
  });

  it("are chosen by their names with -t, even if a file has such a name", () => {
    const patterns = ["--test-name-pattern=fat", "--test-name-pattern=whole"];
    assert.deepEqual(chosenTests(FILES, { filters: [], names: ["fat", "whole"] }), { files: FILES, names: patterns });
    assert.deepEqual(chosenTests(FILES, { filters: ["thin"], names: ["fat", "whole"] }), { files: [FILES[0]], names: patterns });
  });

  it("are not searched in every file if the named file does not exist", () => {
    assert.throws(() => chosenTests(FILES, { filters: ["thick"], names: ["whole"] }), /No test file has "thick" in its name/);
  });

  it("of the engine are chosen by suite and name", () => {
    assert.deepEqual(chosenGoogleTests(ALL_TESTS), []);
    assert.deepEqual(chosenGoogleTests({ filters: ["PrepareLto", "FatLto"], names: [] }), ["--gtest_filter=*PrepareLto*:*FatLto*"]);
    assert.deepEqual(chosenGoogleTests({ filters: [], names: ["Keeps"] }), ["--gtest_filter=*Keeps*"]);
    assert.deepEqual(chosenGoogleTests({ filters: ["FatLto"], names: ["Keeps"] }), ["--gtest_filter=*FatLto*Keeps*"]);
  });
});
