/** Objects: rustc's names for them, the settings that rustc generates them with, and the words for what differs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { matchObjects, shortenedName } from "../../src/core/pipelines/saved-stages.js";
import { parseJsonIf } from "../../src/core/base/parse.js";
import { targetSpecJson } from "../../src/core/producers/rust/formats/target-spec.js";
import { codegenSettings, splitDwarfOf } from "../../src/core/producers/rust/codegen-settings.js";
import { differenceOf } from "../../src/core/verify/compare-objects.js";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import type { Toolchain } from "../../src/protocol/units.js";

const TOOLCHAIN: Toolchain = {
  rustc: "/r/bin/rustc",
  sysroot: "/r",
  host: "x86_64-unknown-linux-gnu",
  release: "1.96.0",
  commitHash: null,
  llvmVersion: "22.1.8",
};

function built(line: string): { commandLine: string[]; toolchain: Toolchain } {
  return { commandLine: line.split(" ").filter((word) => word !== ""), toolchain: TOOLCHAIN };
}

describe("rustc's objects", () => {
  it("are found by their modules, with and without an invocation id, shortened or not", () => {
    const stem = "a-92cc1c5188dae644";
    const long = `${"rustc_std_workspace_core-75c1307561ed9634.".repeat(3)}bad053b43a2a041f-cgu.0.rcgu.o`;
    const cut = shortenedName(`${stem}.${long}.0ae73bt.rcgu.o`);
    const query = { stem, modules: ["a.1", "b", long], pipeline: PIPELINES.thin };
    const names = [`${stem}.a.1.0ae73bt.rcgu.o`, `${stem}.b.rcgu.o`, cut, `${stem}.b.rcgu.bc`, "other.c.rcgu.o"];
    assert.deepEqual(
      matchObjects(names, query),
      new Map([
        ["a.1", `${stem}.a.1.0ae73bt.rcgu.o`],
        ["b", `${stem}.b.rcgu.o`],
        [long, cut],
      ]),
    );
  });
});

describe("the settings of code generation", () => {
  it("are rustc's defaults without options", () => {
    const settings = codegenSettings(built("--crate-type bin"));
    assert.deepEqual(settings, {
      functionSections: true,
      uniqueSectionNames: true,
      trapUnreachable: true,
      relaxElfRelocations: false,
      useInitArray: true,
      emulatedTls: false,
      singlethread: false,
      emitStackSizes: false,
      abi: "",
      floatAbi: "default",
      debugCompression: "none",
    });
    assert.equal(splitDwarfOf(built("")), "off");
  });

  it("follow the options", () => {
    const options =
      "-Z function-sections=no -Zno-unique-section-names -Z trap-unreachable=off -Zrelax-elf-relocations=y -Z use-ctors-section -Z emit-stack-sizes";
    const settings = codegenSettings(built(`--crate-type bin ${options} -Z tls-model=emulated -Z debuginfo-compression=zlib`));
    assert.deepEqual(settings, {
      functionSections: false,
      uniqueSectionNames: false,
      trapUnreachable: false,
      relaxElfRelocations: true,
      useInitArray: false,
      emulatedTls: true,
      singlethread: false,
      emitStackSizes: true,
      abi: "",
      floatAbi: "default",
      debugCompression: "zlib",
    });
    assert.equal(splitDwarfOf(built("-C split-debuginfo=unpacked")), "split");
    assert.equal(splitDwarfOf(built("-Csplit-debuginfo=packed -Z split-dwarf-kind=single")), "single");
  });

  it("are those of the target's specification", () => {
    const printed = {
      "llvm-target": "thumbv7em-none-eabihf",
      "relocation-model": "static",
      "function-sections": false,
      "llvm-floatabi": "hard",
      "llvm-abiname": "aapcs",
      "use-ctors-section": true,
      singlethread: true,
      arch: "arm",
    };
    const spec = parseJsonIf(targetSpecJson, JSON.stringify(printed)) ?? assert.fail("it is not read");
    const used = (line: string, llvmTarget = spec.llvmTarget): ReturnType<typeof codegenSettings> =>
      codegenSettings({ ...built(`--target x ${line}`), targetSpec: { ...spec, llvmTarget } });
    const { functionSections, useInitArray, singlethread, abi, floatAbi, trapUnreachable } = used("") ?? assert.fail("it is not known");
    assert.deepEqual(
      [functionSections, useInitArray, singlethread, abi, floatAbi, trapUnreachable],
      [false, false, true, "aapcs", "hard", true],
    );
    const asked = used("-Z function-sections -Z use-ctors-section=no -C soft-float") ?? assert.fail("it is not known");
    assert.deepEqual([asked.functionSections, asked.useInitArray, asked.floatAbi], [true, true, "soft"]);
    assert.equal(used("-C target-feature=+atomics", "wasm32-unknown-unknown")?.singlethread, false);
    assert.equal(used("-C target-feature=+simd128", "wasm32-unknown-unknown")?.singlethread, true);
    assert.equal(used("", "wasm32-unknown-emscripten"), null);
    assert.equal(parseJsonIf(targetSpecJson, JSON.stringify({ ...printed, "relocation-model": "new" })), undefined);
  });

  it("are unknown for other targets without their specification, and where objects are or contain bitcode", () => {
    for (const line of [
      "--target wasm32-unknown-unknown --crate-type cdylib",
      "--crate-type bin -C linker-plugin-lto",
      "--crate-type rlib,cdylib",
    ]) {
      assert.equal(codegenSettings(built(line)), null, line);
    }
    assert.notEqual(codegenSettings(built("--crate-type rlib,cdylib -C embed-bitcode=no")), null);
  });
});

describe("a difference between objects", () => {
  it("names sections and symbols", () => {
    const sections = [
      { section: ".text.f", why: "12 bytes instead of 16", symbols: ["f", "g"] },
      { section: "", why: "headers differ", symbols: [] },
    ];
    assert.equal(differenceOf({ sections, more: 0 }), ".text.f: 12 bytes instead of 16 (f, g); headers differ");
    assert.equal(differenceOf({ sections: [], more: 2 }), "2 more sections");
  });
});
