/** schemas/, which describe the output of `--json`, are generated from the types of the reports. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { reportSchemas } from "../../scripts/lib/report-schemas.js";
import { allStages } from "../../src/protocol/stages.js";
import { repository } from "../support/repository.js";

const schemas = reportSchemas();

describe("the published schemas", () => {
  it("match the types in src/protocol: `npm run schemas` regenerates them", async () => {
    const folder = join(repository, "schemas");
    const made = await schemas;
    assert.deepEqual(readdirSync(folder).sort(), [...made.keys()].sort());
    for (const [name, text] of made) assert.equal(readFileSync(join(folder, name), "utf8"), text, name);
  });

  it("include every stage of every pipeline", async () => {
    const text = (await schemas).get("thin.schema.json") ?? "";
    for (const { tag } of allStages()) assert.ok(text.includes(`"${tag}"`), tag);
  });
});
