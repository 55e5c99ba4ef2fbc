/** Distinguishing captures that look alike in a list. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { leftoversToldApart, toldApart } from "../../src/core/producers/rust/workspace/told-apart.js";
import type { FoundUnit } from "../../src/protocol/discovery.js";

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

it("names the facts that not all share, without those that differ in every build", () => {
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

it("distinguishes what builds left by their paths, or by rustc's suffix", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const found = (kind: FoundUnit["kind"], name: string, path: string, known?: string): FoundUnit => ({
    ...({ kind, unit: path, name, path, profile: "release", mode: "thin-local", modules: 1, modifiedAt: at, complete: true } as const),
    ...(known === undefined ? {} : { toldApart: [known] }),
  });
  const units = [
    found("session", "app (session)", "/w/target/release/incremental/app-1x/s-a"),
    found("session", "app (session)", "/w/target/release/incremental/app-2y/s-b"),
    found("output", "app (bin)", "/w/target/release/app"),
    found("output", "app (bin)", "/w/target/x86_64-unknown-linux-gnu/release/app"),
    found("stage-files", "app (rustc's saved stages)", "/w/target/release/deps", "app-01"),
    found("stage-files", "app (rustc's saved stages)", "/w/target/release/deps", "app-02"),
    found("stage-files", "lib (rustc's saved stages)", "/w/target/release/deps", "lib-03"),
    found("rlib", "lib (rlib)", "/w/target/release/deps/liblib-04.rlib"),
  ];
  assert.deepEqual(
    leftoversToldApart(units).map(({ toldApart: told }) => told),
    [
      ["app-1x", "s-a", at],
      ["app-2y", "s-b", at],
      [at],
      ["x86_64-unknown-linux-gnu", at],
      ["app-01", at],
      ["app-02", at],
      undefined,
      undefined,
    ],
  );
});
