/** The number of preserved symbols compared with rustc's. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import { comparePreserved } from "../../src/core/verify/preserved-symbols.js";
import type { CrateType, UnitManifest } from "../../src/protocol/units.js";
import { repository } from "../support/repository.js";

const schema = JSON.parse(readFileSync(join(repository, "schemas", "verify.schema.json"), "utf8")) as {
  readonly properties: { readonly preservedSymbols: object };
  readonly definitions: object;
};
const isInSchema = new Ajv().compile({ ...schema.properties.preservedSymbols, definitions: schema.definitions });

describe("preserved symbols", () => {
  const decided = (preservedSymbols: number | null): UnitManifest["decisions"] =>
    ({ preservedSymbols }) as unknown as UnitManifest["decisions"];
  const cases: readonly (readonly [string, UnitManifest["mode"], CrateType, number | null, number, object])[] = [
    ["that rustc counts as we do", "thin", "bin", 2, 2, { rustc: 2, ours: 2 }],
    ["of which rustc counts more in LTO over crates", "thin", "bin", 3, 2, { rustc: 3, ours: 2 }],
    [
      "that its metadata alone knows, in thin-local LTO of a program",
      "thin-local",
      "bin",
      42,
      1,
      { rustc: 42, ours: 1, withoutEffect: 41 },
    ],
    ["of a library for Rust, whose metadata we have", "thin-local", "rlib", 3, 2, { rustc: 3, ours: 2 }],
    ["that rustc counts fewer of", "thin-local", "bin", 1, 2, { rustc: 1, ours: 2 }],
    ["that rustc does not count", "thin-local", "bin", null, 2, { rustc: null, ours: 2 }],
  ];
  for (const [what, mode, crateType, rustc, ours, expected] of cases) {
    it(`${what}: the report says so, in the words of its schema`, () => {
      const unit = { mode, crateTypes: [crateType], decisions: decided(rustc) } as unknown as UnitManifest;
      const compared = comparePreserved(unit, ours);
      assert.deepEqual(compared, expected);
      assert.ok(isInSchema(compared), JSON.stringify(isInSchema.errors));
    });
  }
});
