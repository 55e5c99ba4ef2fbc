/** Profiles as a workspace's Cargo.toml has them. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { workspaceProfiles } from "../../src/core/producers/rust/workspace/profiles.js";

let folder = "";

before(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "lto-profiles-"));
});

after(() => fs.rm(folder, { recursive: true, force: true }));

async function profilesOf(text: string): Promise<string[]> {
  await fs.writeFile(path.join(folder, "Cargo.toml"), text);
  const found = await workspaceProfiles(folder);
  return found.map(
    ({ name, inherits, lto, optLevel, incremental }) => `${name}<${inherits ?? ""} ${lto} ${optLevel}${incremental ? " incremental" : ""}`,
  );
}

describe("the profiles of a workspace", () => {
  it("are Cargo's own, if it has none", async () => {
    assert.deepEqual(await profilesOf("[workspace]\n"), [
      "release< thin-local 3",
      "dev< off 0 incremental",
      "bench< thin-local 3",
      "test< off 0 incremental",
    ]);
  });

  it("inherit, also from Cargo's own and over several steps", async () => {
    const text = `
[profile.release]
lto = "fat"
codegen-units = 1
[profile.bench]
lto = false
[profile.tuned]
inherits = "dist"
opt-level = "s"
[profile.dist]
inherits = "release"
lto = "thin"
incremental = true
`;
    assert.deepEqual(await profilesOf(text), [
      "release< fat 3",
      "dev< off 0 incremental",
      // With a single codegen unit there is no thin-local LTO.
      "bench< off 3",
      "test< off 0 incremental",
      "dist<release thin 3 incremental",
      "tuned<dist thin s incremental",
    ]);
  });

  it("are listed even if Cargo would refuse one: it inherits itself, nothing, or has a name that objects have", async () => {
    const text = `[profile.a]\ninherits = "b"\n[profile.b]\ninherits = "a"\nlto = true\n[profile.constructor]\nopt-level = 1\n`;
    assert.deepEqual((await profilesOf(text)).slice(4), ["a<b fat 0", "b<a fat 0", "constructor< thin-local 1"]);
  });

  it("that cannot be read are an error with the file and the property", async () => {
    for (const [text, why] of [
      ["[profile.release\n", /cannot be read/],
      ["[profile.release]\nlto = 1\n", /`profile\.release\.lto` is 1/],
    ] as const) {
      await assert.rejects(profilesOf(text), (error) => isLtoError(error, "UnreadableFile") && why.test(error.message));
    }
  });
});
