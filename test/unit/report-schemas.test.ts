/** The JSON Schemas of reports know what the reports can say. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { FAT_STAGES, THIN_STAGES } from "../../src/protocol/stages.js";
import { filesBelow, textOf } from "../support/sources.js";

const STAGES: readonly string[] = [...THIN_STAGES, ...FAT_STAGES].sort();

/** Every list of values below a part of a schema. */
function enumsIn(part: unknown): string[][] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]: [string, unknown]) =>
    name === "enum" && Array.isArray(inner) ? [inner.map(String)] : enumsIn(inner),
  );
}

it("every stage is in the schemas of reports that name stages", () => {
  const lists = filesBelow("schemas").flatMap((file) => enumsIn(JSON.parse(textOf(file) ?? "")).map((values) => ({ file, values })));
  const ofStages = lists.filter(({ values }) => values.some((value) => STAGES.includes(value)));
  assert.ok(ofStages.length > 0);
  for (const { file, values } of ofStages) assert.deepEqual(values.toSorted(), STAGES, file);
});
