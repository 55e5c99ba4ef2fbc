/** Messages name the file and the property of a wrong value. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as z from "zod/mini";
import { dictionary } from "../../src/core/base/dictionary.js";
import { byName } from "../../src/core/base/by-name.js";
import { parseJson } from "../../src/core/base/parse.js";

const schema = z.object({
  schema: z.literal(1),
  unit: z.object({ id: z.string() }),
  stages: z.array(z.object({ bytes: z.number() })),
  mode: z.enum(["thin", "fat"]),
});

const good = { schema: 1, unit: { id: "a" }, stages: [{ bytes: 1 }], mode: "thin" };
const subject = { what: "The record of a test", file: "/store/record.json", help: "Remove it." };

describe("parseJson", () => {
  it("returns the value", () => {
    assert.deepEqual(parseJson(schema, JSON.stringify(good), subject), good);
  });

  const cases: readonly (readonly [name: string, value: unknown, why: RegExp])[] = [
    ["a schema from the future", { ...good, schema: 99 }, /`schema` is 99, not 1 \(/],
    ["a property that is missing", { ...good, unit: {} }, /`unit\.id` is missing/],
    ["a property of another type", { ...good, stages: {} }, /`stages` is an object, not an array/],
    ["an element of another type", { ...good, stages: [{ bytes: "7" }] }, /`stages\[0\]\.bytes` is "7", not a number/],
    ["a word that is not known", { ...good, mode: "best" }, /`mode` is "best", not "thin" or "fat"/],
    ["null", null, /its content is null, not an object/],
  ];
  for (const [name, value, why] of cases) {
    it(`names file and property: ${name}`, () => {
      assert.throws(() => parseJson(schema, JSON.stringify(value), subject), {
        name: "UnreadableFile",
        message: new RegExp(`^The record of a test cannot be read: .*${why.source}.*/store/record\\.json`),
      });
    });
  }

  it("names a file that is not JSON", () => {
    assert.throws(() => parseJson(schema, "{", subject), { name: "UnreadableFile", message: /\/store\/record\.json/ });
  });
});

describe("properties with names from outside", () => {
  const verdicts = byName(z.object({ verdict: z.enum(["re-used", "re-compiled"]) }));
  const read = (text: string): Readonly<Record<string, { readonly verdict: string }>> => parseJson(verdicts, text, subject);

  it("are read and written for any name, without others", () => {
    const text = '{"__proto__":{"verdict":"re-used"},"constructor":{"verdict":"re-compiled"}}';
    const found = read(text);
    assert.equal(JSON.stringify(found), text);
    const verdictOf = (name: string): string | undefined => found[name]?.verdict;
    assert.deepEqual(["__proto__", "constructor", "toString", "valueOf"].map(verdictOf), ["re-used", "re-compiled", undefined, undefined]);
    assert.deepEqual(
      ["__proto__", "constructor"].filter((name) => name in read("{}")),
      [],
    );
    assert.deepEqual(Object.entries(dictionary([["__proto__", 1]])), [["__proto__", 1]]);
  });

  it("are named if they are wrong", () => {
    const wrong: readonly (readonly [text: string, why: RegExp])[] = [
      ["[]", /its content is an array, not an object/],
      ['{"__proto__":{"verdict":"best"}}', /`__proto__\.verdict` is "best", not "re-used" or "re-compiled"/],
      ['{"a":7}', /`a` is 7, not an object/],
    ];
    for (const [text, why] of wrong) assert.throws(() => read(text), { name: "UnreadableFile", message: why });
    const missing = z.object({ verdicts });
    assert.throws(() => parseJson(missing, "{}", subject), { message: /`verdicts` is missing/ });
  });
});
