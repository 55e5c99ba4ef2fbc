/** Builds for other targets than the machine's: stages, keys, objects and the archive are rustc's. They need neither a standard library nor a linker. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { AssemblyReport } from "../../src/protocol/asm.js";
import type { VerifyReport } from "../../src/protocol/runs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { TestCli } from "../support/cli.js";
import { crate, skipWithoutNoCore, TINY, UNSTABLE } from "../support/no-core.js";
import { layOut, type Program } from "../support/programs.js";

/** What targets differ in: calls, data, floats, traps. */
const NO_CORE: Program = {
  ...TINY,
  "app/Cargo.toml": crate("app", '[lib]\ncrate-type = ["staticlib"]\n[dependencies]\ntiny = { path = "../tiny" }\n'),
  "app/src/lib.rs": `${UNSTABLE}
extern crate tiny;
use tiny::*;
mod other;
extern "C" { fn outside(value: u32) -> u32; fn ends() -> !; }
#[no_mangle]
pub static mut COUNTER: u32 = 7;
#[no_mangle]
pub unsafe extern "C" fn entry(x: u32) -> u32 { COUNTER = outside(tiny::area(x, 2)) + other::twice(x); COUNTER }
#[no_mangle]
pub extern "C" fn halved(x: f32, y: f32) -> f32 { tiny::half(x) * y }
#[no_mangle]
pub unsafe extern "C" fn stop() { ends() }
`,
  "app/src/other.rs": "use tiny::*;\n#[inline(never)]\npub fn twice(value: u32) -> u32 { scale(value) * 2 }\n",
};

const NONE = { identical: 0, different: 0, absent: 0 };

const TARGETS = [
  "aarch64-unknown-linux-gnu",
  "wasm32-unknown-unknown",
  "thumbv7em-none-eabihf",
  "riscv64gc-unknown-linux-gnu",
  "i686-unknown-linux-gnu",
];

describe("a build for another target", { skip: skipWithoutNoCore }, () => {
  let scratch = "";
  let cli: TestCli;
  let units: readonly string[] = [];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-targets-"));
    cli = new TestCli(join(scratch, "store"));
    const workspace = await layOut(NO_CORE, join(scratch, "w"));
    const targets = TARGETS.flatMap((target) => ["--target", target]);
    const { code, stdout, stderr } = await cli.run(["capture", workspace, "--", ...targets], { env: { RUSTC_BOOTSTRAP: "1" } });
    assert.equal(code, 0, stderr);
    units = stdout.trim().split("\n");
    assert.equal(units.length, TARGETS.length);
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const unitFor = async (target: string): Promise<string> => {
    for (const unit of units) {
      const text = await readFile(join(cli.store, "captures", unit, "1", "manifest.json"), "utf8");
      if ((JSON.parse(text) as UnitManifest).commandLine.includes(target)) return unit;
    }
    return assert.fail(`no unit for ${target}`);
  };

  for (const target of TARGETS) {
    it(`is rustc's to the byte: ${target}`, async () => {
      const report = await cli.report<VerifyReport>(["verify", await unitFor(target)]);
      const { different, objects = NONE, keys, binary } = report;
      assert.deepEqual(different, []);
      assert.ok(objects.identical > 1, `${objects.identical} objects`);
      assert.deepEqual([objects.different, objects.absent, keys.equal, binary?.identical], [0, 0, objects.identical, true]);
    });
  }

  const checksOf = async (target: string): Promise<AssemblyReport["functions"][number]["checked"][]> => {
    const { functions } = await cli.report<AssemblyReport>(["asm", await unitFor(target), "other::twice"]);
    assert.ok(functions.every(({ lines }) => lines.length > 1));
    return functions.map(({ checked }) => checked);
  };

  it("has functions whose assembly is the machine code of rustc's object", async () => {
    assert.deepEqual(await checksOf("thumbv7em-none-eabihf"), [{ result: "equal", with: "rustc", why: null }]);
  });

  it("has assembly for WebAssembly too, which is not compared", async () => {
    const why = "Functions are compared in ELF objects only.";
    assert.deepEqual(await checksOf("wasm32-unknown-unknown"), [{ result: null, with: null, why }]);
  });
});
