/** What a recorded rustc command line says: options in every spelling, the LTO mode, and the settings. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RustcArguments } from "../../src/core/pipelines/rustc-args.js";
import { ltoModeOf, settingsOf, unsupportedSettings } from "../../src/core/producers/rust/capture/settings.js";
import { llvmArgumentsOf } from "../../src/core/producers/rust/target-arguments.js";
import { toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import type { TargetSpec } from "../../src/protocol/units.js";
import { llvmFeatures } from "../../src/core/producers/rust/capture/target-features.js";

const HOST = "x86_64-unknown-linux-gnu";

function args(line: string): RustcArguments {
  return new RustcArguments(line.split(" ").filter((word) => word !== ""));
}

const SPEC: TargetSpec = {
  llvmTarget: "riscv64-x",
  relocationModel: "static",
  codeModel: "medium",
  mergeFunctions: "disabled",
  functionSections: false,
  trapUnreachable: false,
  relaxElfRelocations: true,
  useCtorsSection: true,
  generateArangeSection: false,
  emulatedTls: true,
  singlethread: true,
  abi: "lp64d",
  floatAbi: "hard",
  features: "+m",
  llvmArgs: [],
};

const TOOLCHAIN = { host: HOST, release: "1.96.0" };

function settings(line: string): ReturnType<typeof settingsOf> {
  return settingsOf(args(line), TOOLCHAIN);
}

describe("rustc's arguments", () => {
  it("are read as Cargo writes them", () => {
    const parsed = args(
      "--crate-name a --edition=2021 a/src/main.rs --error-format=json --crate-type bin --emit=dep-info,link -C opt-level=3 -C lto=thin" +
        " --check-cfg cfg(docsrs,test) -C extra-filename=-92cc --out-dir /t/deps -L dependency=/t/deps -L native=/n -L /plain" +
        " --extern priv,noprelude:b=/t/libb.rlib --extern std",
    );
    assert.equal(parsed.crateName, "a");
    assert.deepEqual(parsed.inputs, ["a/src/main.rs"]);
    assert.deepEqual(parsed.crateTypes, ["bin"]);
    assert.deepEqual(parsed.emits, ["dep-info", "link"]);
    assert.equal(parsed.fileStem, "a-92cc");
    assert.equal(parsed.outDir, "/t/deps");
    assert.deepEqual(parsed.libraryFolders, ["/t/deps", "/plain"]);
    assert.deepEqual(parsed.externs, [{ name: "b", file: "/t/libb.rlib" }]);
    assert.equal(parsed.target, null);
  });

  it("have several crate types, and one with --test", () => {
    assert.deepEqual(args("--crate-type rlib,cdylib --crate-type=staticlib").crateTypes, ["rlib", "cdylib", "staticlib"]);
    assert.deepEqual(args("--crate-type lib --test").crateTypes, ["bin"]);
    assert.deepEqual(args("").crateTypes, ["bin"]);
  });

  it("use the file name of a target file as its name", () => {
    assert.equal(args("--target=specs/mine.json").target, "mine");
    assert.equal(args("--target aarch64-unknown-linux-gnu").target, "aarch64-unknown-linux-gnu");
  });
});

describe("the mode of LTO", () => {
  const modes: readonly (readonly [string, string | null])[] = [
    ["-C lto=thin", "thin"],
    ["-Clto=fat", "fat"],
    ["-C lto", "fat"],
    ["-C lto=yes", "fat"],
    ["-C lto=off -C opt-level=3", null],
    ["-C lto=fat -C lto=thin", "thin"],
    ["-C opt-level=3", "thin-local"],
    ["-O", "thin-local"],
    ["-C opt-level=3 -C codegen-units=1", null],
    ["-C opt-level=0", null],
    ["", null],
    ["-C opt-level=2 -C linker-plugin-lto", null],
    ["-C opt-level=2 -C linker-plugin-lto=no", "thin-local"],
    ["-C opt-level=0 -Z thinlto", "thin-local"],
    ["-C opt-level=3 -Zthinlto=no", null],
  ];
  for (const [line, mode] of modes) {
    it(`of \`${line}\` is ${mode ?? "none"}`, () => {
      assert.equal(ltoModeOf(args(line)), mode);
    });
  }
});

describe("settings", () => {
  it("have rustc's defaults", () => {
    assert.deepEqual(settings(""), {
      optLevel: "0",
      targetTriple: null,
      targetCpu: null,
      targetFeatures: "",
      relocationModel: "pic",
      codeModel: null,
      llvmArgs: [],
      vectorizeLoops: false,
      vectorizeSlp: false,
      mergeFunctions: false,
      passes: [],
      noPrepopulatePasses: false,
      fewerNames: true,
      preferDynamic: false,
      dylibLto: false,
      linkerPluginLto: false,
      profilerRuntime: false,
    });
  });

  it("follow the opt level; the last option wins", () => {
    const level = (line: string): unknown[] => {
      const { optLevel, vectorizeLoops, vectorizeSlp, mergeFunctions } = settings(line);
      return [optLevel, vectorizeLoops, vectorizeSlp, mergeFunctions];
    };
    assert.deepEqual(level("-C opt-level=1"), ["1", false, false, false]);
    assert.deepEqual(level("-C opt-level=2"), ["2", true, false, true]);
    assert.deepEqual(level("-Copt-level=1 -Copt_level=3"), ["3", true, true, true]);
    assert.deepEqual(level("-C opt-level=s"), ["s", false, false, true]);
    assert.deepEqual(level("-C opt-level=1 -O"), ["3", true, true, true]);
    assert.deepEqual(level("-O -C opt-level=z"), ["z", false, false, true]);
    assert.deepEqual(level("-C opt-level=3 -C no-vectorize-loops -C no-vectorize-slp=yes -Z merge-functions=disabled"), [
      "3",
      false,
      false,
      false,
    ]);
    assert.deepEqual(level("-C opt-level=3 -C no-vectorize-loops=no"), ["3", true, true, true]);
  });

  it("-O is the level that it is in the release", () => {
    const levels = ["1.82.0", "1.85.1", "1.86.0", "1.99.0"].map((release) => settingsOf(args("-O"), { host: HOST, release }).optLevel);
    assert.deepEqual(levels, ["2", "2", "3", "3"]);
  });

  it("add lists up", () => {
    const found = new RustcArguments(["-C", "llvm-args=-a -b", "-Cllvm-args=-c=1", "-C", "passes=x y", "-C", "passes=z"]);
    assert.deepEqual(settingsOf(found, TOOLCHAIN).llvmArgs, ["-a", "-b", "-c=1"]);
    assert.deepEqual(settingsOf(found, TOOLCHAIN).passes, ["x", "y", "z"]);
    assert.equal(settings("-C target-feature=+avx2 -Ctarget-feature=-sse4a").targetFeatures, "+avx2,-sse4a");
  });

  it("have a target's LLVM arguments before or after the user's", () => {
    const asked = (release: string): readonly string[] =>
      settingsOf(args("-C llvm-args=-a"), { host: HOST, release }, { ...SPEC, llvmArgs: ["-t"] }).llvmArgs;
    assert.deepEqual(asked("1.96.0"), ["-a", "-t"]);
    assert.deepEqual(asked("1.97.0"), ["-t", "-a"]);
  });

  it("are the target's where the command line has none", () => {
    const used = (line: string): ReturnType<typeof settingsOf> => settingsOf(args(`--target x ${line}`), TOOLCHAIN, SPEC);
    const { targetTriple, relocationModel, codeModel, mergeFunctions } = used("-C opt-level=3");
    assert.deepEqual([targetTriple, relocationModel, codeModel, mergeFunctions], ["riscv64-x", "static", "medium", false]);
    const asked = used("-C opt-level=3 -C relocation-model=pic -C code-model=large -Z merge-functions=aliases");
    assert.deepEqual([asked.relocationModel, asked.codeModel, asked.mergeFunctions], ["pic", "large", true]);
  });

  it("know LLVM's arguments for a target", () => {
    const standard = (line: string, spec?: TargetSpec): string[] =>
      llvmArgumentsOf(
        toolchainProfile("1.96.0"),
        { commandLine: line.split(" "), ...(spec === undefined ? {} : { targetSpec: spec }) },
        [],
      );
    const plain = toolchainProfile("1.96.0").standardLlvmArguments;
    assert.deepEqual(standard(""), plain);
    assert.deepEqual(standard("-Z merge-functions=trampolines -Z no-generate-arange-section"), plain.slice(2));
    assert.deepEqual(standard("", { ...SPEC, llvmTarget: "wasm32-unknown-unknown" }), ["-wasm-enable-eh", ...plain.slice(2)]);
  });

  it("keep the names of values if rustc prints them or a sanitizer needs them", () => {
    assert.ok(!settings("--emit=llvm-ir,link").fewerNames);
    assert.ok(!settings("--emit llvm-bc=/x.bc").fewerNames);
    assert.ok(!settings("-Z sanitizer=address").fewerNames);
    assert.ok(settings("-Z sanitizer=thread").fewerNames);
    assert.ok(settings("--emit=llvm-ir -Z fewer-names=yes").fewerNames);
    assert.ok(!settings("-Z fewer-names=no").fewerNames);
  });

  it("know targets without position-independent code", () => {
    assert.equal(settings("--target thumbv7em-none-eabihf").relocationModel, "static");
    assert.equal(settings("--target x86_64-unknown-none").relocationModel, "pic");
    assert.equal(settings("--target wasm32-unknown-unknown").relocationModel, "static");
    assert.equal(settings("-C relocation-model=pie").relocationModel, "pie");
  });

  it("know what changes the preserved symbols", () => {
    assert.ok(settings("-C instrument-coverage").profilerRuntime);
    assert.ok(!settings("-C instrument-coverage=off").profilerRuntime);
    assert.ok(settings("-C profile-generate=/tmp").profilerRuntime);
    assert.ok(settings("-C prefer-dynamic").preferDynamic);
    assert.ok(settings("-C linker-plugin-lto=/plugin.so").linkerPluginLto);
    assert.ok(settings("-Z dylib-lto").dylibLto);
  });

  it("warn about what a replay does not reproduce", () => {
    const count = (line: string): number => unsupportedSettings(args(line)).length;
    assert.equal(count("-C lto=fat -Z sanitizer=hwaddress -C profile-use=x"), 1);
    assert.equal(count("-C lto=fat -Z sanitizer=address -C profile-use=x"), 0);
    assert.equal(count("-C lto=fat -Z sanitizer=memory -Z sanitizer-memory-track-origins"), 1);
    assert.equal(count("-Z codegen-backend=x"), 1);
    assert.equal(count("-C opt-level=3"), 0);
  });

  it("do not warn about what thin LTO or a session makes irrelevant", () => {
    for (const line of ["-C lto=thin", "-C lto=fat -C incremental=/i", "-C opt-level=3"]) {
      assert.deepEqual(unsupportedSettings(args(`${line} -Z sanitizer=hwaddress -C profile-use=x -C profile-generate`)), [], line);
    }
    assert.deepEqual(unsupportedSettings(args("-C lto=fat -Z sanitizer=thread -C profile-generate -C instrument-coverage")), []);
  });

  it("know what LLVM inserts before LTO", () => {
    const pattern = "default_%m.profraw";
    const none = { coverage: false, profileGenerate: null, profileUse: null, sanitizers: [] };
    assert.equal(settings("-C opt-level=3").instrumentation, undefined);
    assert.deepEqual(settings("-C instrument-coverage").instrumentation, { ...none, coverage: true });
    assert.deepEqual(settings("-C profile-generate").instrumentation, { ...none, profileGenerate: pattern });
    assert.deepEqual(settings("-C profile-generate=/p").instrumentation, { ...none, profileGenerate: `/p/${pattern}` });
    assert.deepEqual(settings("-C profile-use=/p.profdata").instrumentation, { ...none, profileUse: "/p.profdata" });
    assert.deepEqual(settings("-Z sanitizer=address,thread").instrumentation, { ...none, sanitizers: ["address", "thread"] });
  });
});

describe("target features", () => {
  it("become LLVM's names", () => {
    assert.equal(llvmFeatures("+pclmulqdq,-bmi1", HOST), "+pclmul,-bmi");
    assert.equal(llvmFeatures("+sse4.2", HOST), "+sse4.2,+crc32");
    assert.equal(llvmFeatures("-sse4.2", HOST), "-sse4.2");
    assert.equal(llvmFeatures("+neon,+tme", "aarch64-apple-darwin"), "+neon,+fp-armv8");
    assert.equal(llvmFeatures("+crt-static,junk,", HOST), "");
  });
});
