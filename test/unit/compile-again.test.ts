import assert from "node:assert/strict";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { compileAgain } from "../../src/core/producers/rust/capture/compile-again.js";
import { compileForPreserved } from "../../src/core/producers/rust/capture/preserved-files.js";
import { RustcArguments } from "../../src/core/pipelines/rustc-args.js";
import type { RustcRecord } from "../../src/core/producers/rust/wrapper/record.js";
import { isLtoError } from "../../src/core/base/errors.js";

const record: RustcRecord = {
  ...{ schema: 1, programs: ["a-wrapper", "/bin/sh"], args: [], added: [], cwd: "/", environment: { SET: "yes" }, previousSessions: [] },
  ...{ startedAt: 0, finishedAt: 0, exitCode: 0, signal: null },
};

describe("compiling a crate again", () => {
  it("runs rustc, the last of the programs, with the environment of the record", async () => {
    assert.equal(await compileAgain(record, ["-c", 'test "$SET" = yes && test -z "$HOME"']), undefined);
  });

  it("returns rustc's error", async () => {
    const said = await compileAgain(record, ["-c", "echo 'warning: w' >&2; echo 'error: no' >&2; echo 'aborting' >&2; exit 1"]);
    assert.equal(said, "error: no");
  });

  it("for preserved symbols, says why there are none", async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "lto-compile-again-"));
    try {
      const args = new RustcArguments(["--crate-name", "a", "--crate-type", "bin", "a.rs"]);
      // The shell takes `a.rs` for a script, which does not exist.
      assert.match(String(await compileForPreserved(record, args, path.join(folder, "preserved"), {})), /a\.rs/);
    } finally {
      await fs.rm(folder, { recursive: true });
    }
  });

  it("ends if the capture is cancelled", async () => {
    const cancel = new AbortController();
    const running = compileAgain(record, ["-c", "sleep 60"], { signal: cancel.signal });
    cancel.abort();
    await assert.rejects(running, (error) => isLtoError(error, "Cancelled"));
  });
});
