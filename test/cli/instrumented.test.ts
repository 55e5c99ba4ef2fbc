/** Fat LTO of instrumented programs without a session: the replay inserts what LLVM inserts before LTO. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import { outcomeOf } from "../../src/protocol/verification.js";
import type { VerifyReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";

const MANIFEST = `[package]
name = "counted"
version = "0.1.0"
edition = "2021"

[profile.release]
lto = "fat"
codegen-units = 2
`;

const SOURCE = `mod work {
    #[inline(never)]
    pub fn often(n: usize) -> usize { (0..n).filter(|i| i % 3 == 0).sum() }
}
fn main() { println!("{}", work::often(std::env::args().count())); }
`;

describe("fat LTO of an instrumented program", () => {
  let scratch = "";

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-instrumented-"));
    await mkdir(join(scratch, "src"));
    await writeFile(join(scratch, "Cargo.toml"), MANIFEST);
    await writeFile(join(scratch, "src", "main.rs"), SOURCE);
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  for (const [index, flag] of ["-Cinstrument-coverage", "-Cprofile-generate=/nowhere"].entries()) {
    it(`${flag}: three stages, byte for byte, and no warning`, async (context) => {
      const toolchain = await findMatrixToolchain("stable");
      if (typeof toolchain === "string") {
        context.skip(toolchain);
        return;
      }
      const cli = new TestCli(join(scratch, `store-${index}`));
      const env = { ...toolchain.environment, RUSTFLAGS: flag };
      const captured = await cli.run(["capture", scratch], { env });
      assert.equal(captured.code, 0, captured.stderr);
      assert.doesNotMatch(captured.stderr, /warning/);
      const file = join(scratch, "verify.json");
      await cli.run(["verify", captured.stdout.trim(), "--json", file], { env });
      const report = JSON.parse(await readFile(file, "utf8")) as VerifyReport;
      assert.deepEqual(report.different, []);
      assert.equal(outcomeOf(report), "verified");
      assert.deepEqual(
        Object.values(report.stages).map(({ identical }) => identical),
        [1, 1, 1],
      );
    });
  }
});
