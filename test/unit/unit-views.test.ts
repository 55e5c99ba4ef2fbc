/** What the extension needs to capture a unit again: the same part of the workspace, in a folder that is open. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { viewOfCapture } from "../../src/core/views/unit-views.js";
import type { CaptureScope, UnitManifest } from "../../src/protocol/units.js";

const UNIT: UnitManifest = {
  ...{ schema: 1, id: "a-bin-01234567", capture: 1, name: "a (bin)", crateName: "a", packageName: "a", crateTypes: ["bin"] },
  ...{ profile: "release", mode: "thin", incremental: true, workspace: "/at/w", capturedAt: "2026-01-01T00:00:00.000Z" },
  toolchain: { rustc: "/r/bin/rustc", sysroot: "/r", host: "x", release: "1.95.0", commitHash: null, llvmVersion: "22.1.2" },
  ...{ commandLine: [], settings: PLAIN_SETTINGS, deviations: [], complete: true, localModules: [], upstream: [] },
  ...{ previousKeysFile: null, currentKeysFile: null, decisions: null, rustcStages: {}, outputBytes: null, warnings: [] },
};

function again(scope: CaptureScope | undefined, open: string | null): CaptureScope | null {
  const unit = scope === undefined ? UNIT : { ...UNIT, scope };
  return viewOfCapture(storeLayout("/store"), unit, { workspaceFolder: open, runs: [], verified: new Set(), apart: new Map() }).again;
}

describe("capturing a unit again", () => {
  it("builds the same part of the workspace", () => {
    const scope = { folder: "tools", packages: ["a"], features: ["--all-features"] };
    assert.deepEqual(again(scope, "/at/w"), { ...scope, folder: "file:///at/w/tools" });
    assert.deepEqual(again({ folder: "" }, "/at"), { folder: "file:///at/w" });
    assert.deepEqual(again(undefined, "/at/w"), { folder: "file:///at/w" });
  });

  it("never starts Cargo outside of the open folder", () => {
    assert.equal(again({ folder: "" }, null), null);
    for (const folder of ["../other", "../../etc", "..", "/etc"]) {
      assert.ok(again({ folder }, "/at/w")?.folder.startsWith("file:///at/w"), folder);
    }
    assert.deepEqual(again({ folder: "" }, "/at/w/tools"), { folder: "file:///at/w/tools" });
    assert.deepEqual(again({ folder: "..tools" }, "/at/w"), { folder: "file:///at/w/..tools" });
  });
});
