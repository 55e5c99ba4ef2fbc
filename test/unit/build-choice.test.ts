/** The choice of profile, package and target that a folder keeps, and what a capture makes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { captureChoice, KeptChoices, NO_CHOICE, type BuildChoice } from "../../src/client/build-choice.js";
import type { BuildChoices, PackageChoice, TargetChoice } from "../../src/protocol/build-choices.js";
import { Memory } from "../host/suites/memory.js";

const FOLDER = "file:///w";

function target(kind: TargetChoice["kind"], name: string, requiredFeatures: readonly string[] = []): TargetChoice {
  return { kind, name, crateTypes: ["bin"], requiredFeatures };
}

const APP: PackageChoice = {
  name: "app",
  folder: "",
  byDefault: true,
  targets: [target("bin", "app"), target("example", "app", ["a", "b"])],
};
const TOOLS: PackageChoice = { name: "tools", folder: "tools", byDefault: false, targets: [target("lib", "tools"), target("test", "all")] };
const CHECKS: PackageChoice = { name: "checks", folder: "checks", byDefault: false, targets: [target("bench", "speed")] };

const CHOICES: BuildChoices = {
  profile: "release",
  profiles: ["release", "dev", "tuned"].map((name) => ({ name, inherits: null, lto: "thin", optLevel: "3", incremental: false })),
  packages: [APP, TOOLS, CHECKS],
};

function kept(choice: unknown, choices = CHOICES): BuildChoice {
  const memory = new Memory();
  void memory.update(`lto.buildChoice ${FOLDER}`, choice);
  return new KeptChoices(memory).of(FOLDER, choices);
}

describe("the choice of what to build", () => {
  it("is kept for each folder, and forgotten when it is Cargo's own again", () => {
    const choices = new KeptChoices(new Memory());
    const choice: BuildChoice = { profile: "tuned", package: "app", target: { kind: "bin", name: "app" } };
    choices.keep(FOLDER, choice);
    assert.deepEqual(choices.of(FOLDER, CHOICES), choice);
    assert.deepEqual([choices.has(FOLDER), choices.has("file:///other")], [true, false]);
    choices.keep(FOLDER, NO_CHOICE);
    assert.equal(choices.has(FOLDER), false);
  });

  it("loses what Cargo no longer has, and whatever is no choice", () => {
    assert.deepEqual(kept({ profile: "gone", package: "app", target: { kind: "test", name: "app" } }), { ...NO_CHOICE, package: "app" });
    assert.deepEqual(kept({ profile: "dev", package: "gone", target: { kind: "bin", name: "app" } }), { ...NO_CHOICE, profile: "dev" });
    // Without its bench, there is nothing that Cargo would build of this package.
    assert.deepEqual(kept({ profile: null, package: "checks", target: { kind: "bench", name: "gone" } }), NO_CHOICE);
    for (const odd of [7, "release", null, [], { profile: 1, package: {}, target: "x" }]) assert.deepEqual(kept(odd), NO_CHOICE);
  });

  it("becomes Cargo's options, with the features that the target needs", () => {
    const capture = (choice: Partial<BuildChoice>): object => captureChoice(FOLDER, { ...NO_CHOICE, ...choice }, CHOICES.packages);
    assert.deepEqual(capture({}), { folder: FOLDER });
    assert.deepEqual(capture({ profile: "tuned", package: "tools" }), { folder: FOLDER, profile: "tuned", packages: ["tools"] });
    assert.deepEqual(capture({ package: "tools", target: { kind: "lib", name: "tools" } }), {
      folder: FOLDER,
      packages: ["tools"],
      lib: true,
    });
    assert.deepEqual(capture({ package: "tools", target: { kind: "test", name: "all" } }), {
      ...{ folder: FOLDER, packages: ["tools"], tests: ["all"] },
    });
    assert.deepEqual(capture({ package: "checks", target: { kind: "bench", name: "speed" } }), {
      ...{ folder: FOLDER, packages: ["checks"], benches: ["speed"] },
    });
    assert.deepEqual(capture({ package: "app", target: { kind: "example", name: "app" } }), {
      ...{ folder: FOLDER, packages: ["app"], examples: ["app"], features: ["--features=a,b"] },
    });
  });
});
