/** Matching Cargo's artifacts with the wrapper's records. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Artifact } from "../../src/core/producers/rust/capture/cargo-build.js";
import { recordOf } from "../../src/core/producers/rust/capture/records.js";
import type { FoundRecord } from "../../src/core/producers/rust/capture/records.js";
import { RustcArguments } from "../../src/core/pipelines/rustc-args.js";

function record(cwd: string, ...args: readonly string[]): FoundRecord {
  return {
    folder: "/records/1",
    args: new RustcArguments(args),
    record: {
      ...{ schema: 1, programs: ["rustc"], args, added: [], cwd, environment: {}, previousSessions: [] },
      ...{ startedAt: 0, finishedAt: 1, exitCode: 0, signal: null },
    },
  };
}

function artifact(changes: Partial<Artifact>): Artifact {
  return {
    ...{ packageId: "demo 0.1.0", name: "demo", kind: ["bin"], crateTypes: ["bin"], srcPath: "/w/src/main.rs", test: false },
    ...{ filenames: ["/t/release/demo"], executable: "/t/release/demo", fresh: false },
    ...changes,
  };
}

describe("the record of an artifact", () => {
  it("is the one of the same crate and source", () => {
    const other = record("/w", "--crate-name", "other", "src/main.rs");
    const own = record("/w", "--crate-name", "demo", "src/main.rs");
    assert.equal(recordOf(artifact({}), [other, own]), own);
    assert.equal(recordOf(artifact({ srcPath: "/w/src/lib.rs" }), [other, own]), undefined);
  });

  it("is found for a source outside its package", () => {
    const own = record("/w", "--crate-name", "demo_c", "--crate-type", "cdylib", "demo-c/../shared/lib.rs");
    assert.equal(recordOf(artifact({ name: "demo_c", srcPath: "/w/demo-c/../shared/lib.rs" }), [own]), own);
  });

  it("is found if Cargo dropped a control character from the printed path", () => {
    const own = record("/w\u007F", "--crate-name", "demo", "src/main.rs");
    assert.equal(recordOf(artifact({}), [own]), own);
  });

  it("is that of the tests if these were built", () => {
    const [plain, tests] = [
      record("/w", "--crate-name", "demo", "src/main.rs"),
      record("/w", "--crate-name", "demo", "--test", "src/main.rs"),
    ];
    assert.equal(recordOf(artifact({ test: true }), [plain, tests]), tests);
    assert.equal(recordOf(artifact({}), [tests, plain]), plain);
  });
});
