/** What is wrong with a value is told by file and property. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as z from "zod/mini";
import { parseJson } from "../../src/core/formats/parse.js";

const schema = z.object({
  schema: z.literal(1),
  unit: z.object({ id: z.string() }),
  stages: z.array(z.object({ bytes: z.number() })),
  mode: z.enum(["thin", "fat"]),
});

const good = { schema: 1, unit: { id: "a" }, stages: [{ bytes: 1 }], mode: "thin" };
const subject = { what: "The record of a test", file: "/store/record.json", mend: "Remove it." };

describe("parseJson", () => {
  it("gives the value", () => {
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

  it("names the file where there is no JSON", () => {
    assert.throws(() => parseJson(schema, "{", subject), { name: "UnreadableFile", message: /\/store\/record\.json/ });
  });
});
