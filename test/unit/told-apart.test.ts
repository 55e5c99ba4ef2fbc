/** Captures that read alike in a list: what tells them apart. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { toldApart } from "../../src/core/workspace/told-apart.js";

const toolchain = {
  rustc: "/r/bin/rustc",
  sysroot: "/r",
  release: "1.95.0",
  commitHash: null,
  host: "x86_64-unknown-linux-gnu",
  llvmVersion: "22.1.2",
};
const unit = {
  ...({ name: "app (bin)", profile: "release", mode: "thin", toolchain, workspace: "/w", incremental: false } as const),
  commandLine: ["--crate-name", "app", "-C", "opt-level=3", "-Cmetadata=0123", "-C", "extra-filename=-0123", "--out-dir", "/w/a"],
};

it("names what not all have, and leaves out what differs in every build", () => {
  const found = toldApart([
    { ...unit, id: "plain" },
    { ...unit, id: "fast", commandLine: [...unit.commandLine, "-Cmetadata=4567", "--cfg", 'feature="fast"'] },
    { ...unit, id: "native", commandLine: [...unit.commandLine, "-C", "target-cpu=native"] },
    { ...unit, id: "nightly", toolchain: { ...toolchain, release: "1.97.0-nightly" }, incremental: true },
    { ...unit, id: "other", profile: "dist" },
  ]);
  assert.deepEqual(Object.fromEntries(found), {
    plain: ["rustc 1.95.0", "not incremental"],
    fast: ["rustc 1.95.0", "not incremental", '--cfg feature="fast"'],
    native: ["rustc 1.95.0", "not incremental", "-C target-cpu=native"],
    nightly: ["rustc 1.97.0-nightly", "incremental"],
  });
});
