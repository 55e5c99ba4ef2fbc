/** Names of modules as users write them, and of files in --out. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LtoError } from "../../src/core/base/errors.js";
import { findModule } from "../../src/core/pipelines/module-names.js";
import { stageFileName } from "../../src/core/replay/out-folder.js";
import { shortModuleName, withoutInvocationId } from "../../src/protocol/module-names.js";

const LOCAL = "84tqhp7s1a7703se707vi3jku";
const UPSTREAM = "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o";
const STD = "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o";

describe("names of modules", () => {
  it("match across builds without the invocation id", () => {
    assert.equal(withoutInvocationId(UPSTREAM), "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.rcgu.o");
    assert.equal(withoutInvocationId(STD), STD);
    assert.equal(withoutInvocationId(LOCAL), LOCAL);
  });

  it("are shown short", () => {
    assert.equal(shortModuleName(LOCAL), "84tqhp7s1a77");
    assert.equal(shortModuleName(UPSTREAM), "3dwn031u1cy7");
    assert.equal(shortModuleName(STD), "std-cgu.0");
    // Leading zeros of the hash are left out.
    const demangle = "rustc_demangle-8d104450181f07c5.rustc_demangle.b10f0ed66389be0-cgu.0.rcgu.o";
    assert.equal(shortModuleName(demangle), "rustc_demangle-cgu.0");
    assert.equal(shortModuleName("plain.bc"), "plain.bc");
  });

  it("are found by what the user writes", () => {
    const names = [LOCAL, UPSTREAM, STD];
    assert.equal(findModule(names, LOCAL), LOCAL);
    assert.equal(findModule(names, UPSTREAM.replace("1vedk78", "abcdefg")), UPSTREAM);
    assert.equal(findModule(names, "std-cgu.0"), STD);
    assert.equal(findModule(names, "84tqhp"), LOCAL);
    const demangle = "rustc_demangle-8d104450181f07c5.rustc_demangle.b10f0ed66389be0-cgu.0.rcgu.o";
    assert.equal(findModule([...names, demangle], "rustc_demangle"), demangle);
    // Every printed name, and parts of them: crate, short name, both.
    const [app, cfg, macros] = [
      "app.0123456789abcdef-cgu.0",
      "cfg-00aabbccddeeff11.cfg.e28293b1aa0f68bd-cgu.0.rcgu.o",
      "cfg_macros.0123456789abcdef-cgu.0",
    ];
    const printed = [app, cfg, macros];
    for (const name of ["app-cgu.0", "app-cgu", "app", "app app-cgu.0", "app · app-cgu.0"]) {
      assert.equal(findModule(printed, name), app, name);
    }
    for (const name of ["cfg", "cfg-cgu.0", "cfg-cgu", "cfg-00aabb"]) assert.equal(findModule(printed, name), cfg, name);
    assert.equal(findModule(["liba.a(x.o)", "libb.a(x.o)"], "libb.a"), "libb.a(x.o)");
  });

  it("are refused with candidates if they match several modules or none", () => {
    const refused = (wanted: string, said: RegExp): void => {
      assert.throws(
        () => findModule([LOCAL, UPSTREAM, STD], wanted),
        (error) =>
          error instanceof LtoError &&
          error.report.name === "UnknownModule" &&
          said.test(`${error.report.message} ${error.report.help ?? ""}`),
      );
    };
    refused("rcgu.o", /2 modules match.*3dwn031u1cy7, std-cgu\.0/);
    refused("nothing", /84tqhp7s1a77, 3dwn031u1cy7, std-cgu\.0/);
    assert.throws(
      () => findModule(["rt.0123456789abcdef-cgu.0", "rt.fedcba9876543210-cgu.0"], "rt-cgu.0"),
      /rt\.0123456789abcdef-cgu\.0, rt\.fed/,
    );
  });
});

describe("file names of stages", () => {
  it("are the module's and the stage's", () => {
    assert.equal(stageFileName(UPSTREAM, "thin-lto-after-pm"), `${UPSTREAM}.thin-lto-after-pm.bc`);
  });

  it("are escaped as file systems need it, and stay unique", () => {
    assert.equal(stageFileName("a/b", "thin-lto-input"), "a%2Fb.thin-lto-input.bc");
    assert.equal(stageFileName("a%2Fb", "thin-lto-input"), "a%252Fb.thin-lto-input.bc");
    assert.equal(stageFileName("..", "thin-lto-input"), "%2E%2E.thin-lto-input.bc");
    assert.equal(stageFileName("größe", "thin-lto-input"), "größe.thin-lto-input.bc");
    assert.equal(stageFileName("a\nb", "thin-lto-input"), "a%0Ab.thin-lto-input.bc");
  });

  it("are shortened to a hash and their tail if they are too long", () => {
    const long = (first: string): string => `${first}${"ö".repeat(300)}.rcgu.o`;
    const [left, right] = [stageFileName(long("x"), "thin-lto-after-internalize"), stageFileName(long("y"), "thin-lto-after-internalize")];
    assert.ok(Buffer.byteLength(left) <= 255);
    assert.match(left, /^[0-9a-f]{16}-ö+\.rcgu\.o\.thin-lto-after-internalize\.bc$/);
    assert.notEqual(left, right);
  });
});
