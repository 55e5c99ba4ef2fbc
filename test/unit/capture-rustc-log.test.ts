/** rustc's log: split from stderr line by line, and parsed. The lines come from rustc 1.95. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRustcLog } from "../../src/core/pipelines/rustc-log.js";
import { StderrSplitter } from "../../src/core/producers/rust/wrapper/stderr-splitter.js";

const T = " INFO rustc_codegen_llvm::back::lto";

const THIN_LOG = `\
 INFO rustc_codegen_ssa::back::lto 2 symbols to preserve in this crate
${T} adding bitcode from b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o
${T} going for that thin, thin LTO
${T} local module: 0 - didkpyuqmkm2guaylmidwcudj
${T} local module: 1 - f2urc76loy7f0glf0gk50ubyb
${T} upstream or cached module "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o"
${T} upstream or cached module "1sbn6e1v5rxe4gcnb4xj3ty1b"
${T} thin LTO data created
${T} thin LTO cache key map loaded
${T} prev_key_map: Some(
     ThinLTOKeysMap {
         keys: {
             "1sbn6e1v5rxe4gcnb4xj3ty1b": "9CD079202F8668BA5F16F584539DE98DCBE6714E",
         },
     },
 )
${T} curr_key_map: ThinLTOKeysMap {
     keys: {
         "1sbn6e1v5rxe4gcnb4xj3ty1b": "9CD079202F8668BA5F16F584539DE98DCBE6714E",
         "didkpyuqmkm2guaylmidwcudj": "9DD7F544F708F7F0EE72DBABE83F5BC640A296EF",
         "a\\"b\\u{e9}": "0000000000000000000000000000000000000000",
     },
 }
${T} checking which modules can be-reused and which have to be re-optimized.
${T}  - didkpyuqmkm2guaylmidwcudj: re-compiled
${T}  - f2urc76loy7f0glf0gk50ubyb: re-compiled
${T}  - b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o: re-compiled
${T}  - 1sbn6e1v5rxe4gcnb4xj3ty1b: re-used
${T} running thin lto passes over f2urc76loy7f0glf0gk50ubyb
`;

const FAT_LOG = `\
${T} adding bitcode from up.o
${T} going for a fat lto
${T} using "base-cgu.0" as a base module
${T} linking "alloc"
${T} linking "up.o"
`;

function split(text: string, size: number): { log: string; rest: string } {
  const log: Buffer[] = [];
  const rest: Buffer[] = [];
  const splitter = new StderrSplitter(
    (bytes) => log.push(bytes),
    (bytes) => rest.push(bytes),
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  splitter.end();
  return { log: Buffer.concat(log).toString(), rest: Buffer.concat(rest).toString() };
}

describe("the log of modules named like properties of objects", () => {
  it("is parsed like any other", () => {
    const log = parseRustcLog(
      `${T} curr_key_map: ThinLTOKeysMap {\n "__proto__": "00",\n}\n${T}  - __proto__: re-used\n${T}  - constructor: re-compiled\n`,
    );
    assert.deepEqual(Object.entries(log?.verdicts ?? {}), [
      ["__proto__", "re-used"],
      ["constructor", "re-compiled"],
    ]);
    assert.deepEqual(Object.entries(log?.currentKeys ?? {}), [["__proto__", "00"]]);
  });
});

describe("rustc's log", () => {
  it("is parsed completely", () => {
    const log = parseRustcLog(THIN_LOG);
    assert.ok(log);
    assert.equal(log.preservedSymbols, 2);
    assert.deepEqual(log.addedBitcode, ["b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o"]);
    assert.deepEqual(log.localModules, ["didkpyuqmkm2guaylmidwcudj", "f2urc76loy7f0glf0gk50ubyb"]);
    assert.deepEqual(log.upstreamOrCachedModules, [
      "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o",
      "1sbn6e1v5rxe4gcnb4xj3ty1b",
    ]);
    assert.deepEqual({ ...log.previousKeys }, { "1sbn6e1v5rxe4gcnb4xj3ty1b": "9CD079202F8668BA5F16F584539DE98DCBE6714E" });
    assert.equal(Object.keys(log.currentKeys).length, 3);
    assert.equal(log.currentKeys['a"bé'], "0".repeat(40));
    assert.deepEqual(
      { ...log.verdicts },
      {
        didkpyuqmkm2guaylmidwcudj: "re-compiled",
        f2urc76loy7f0glf0gk50ubyb: "re-compiled",
        "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o": "re-compiled",
        "1sbn6e1v5rxe4gcnb4xj3ty1b": "re-used",
      },
    );
  });

  it("names upstream modules in the words of either release", () => {
    const modules = ["up to 1.95", "from 1.96 on"];
    const [old = "", now = ""] = modules;
    const log = parseRustcLog(`${T} upstream or cached module "${old}"\n${T} upstream module "${now}"\n`);
    assert.deepEqual(log?.upstreamOrCachedModules, modules);
  });

  it("counts symbols to preserve, whichever crate of rustc's says so", () => {
    for (const target of ["rustc_codegen_llvm", "rustc_codegen_ssa"]) {
      assert.equal(parseRustcLog(` INFO ${target}::back::lto 3 symbols to preserve in this crate\n`)?.preservedSymbols, 3);
    }
  });

  it("reports missing previous keys", () => {
    assert.equal(parseRustcLog(`${T} prev_key_map: None\n`)?.previousKeys, null);
  });

  it("of fat LTO names the base module and the linked modules", () => {
    assert.deepEqual(parseRustcLog(FAT_LOG)?.linked, ["base-cgu.0", "alloc", "up.o"]);
  });

  it("is null for other output", () => {
    assert.equal(parseRustcLog(""), null);
    assert.equal(parseRustcLog(" INFO rustc_middle::ty hello\n"), null);
  });
});

describe("stderr", () => {
  const json = '{"$message_type":"artifact","artifact":"a.d","emit":"dep-info"}\n';
  const others = `warning: a linker's words\n   INFO but not a log line\n${json}`;

  for (const size of [1, 7, 100_000]) {
    it(`is split if it comes in pieces of ${size} bytes`, () => {
      const parts = split(json + THIN_LOG + others, size);
      assert.equal(parts.log, THIN_LOG);
      assert.equal(parts.rest, json + others);
    });
  }

  it("separates a diagnostic between the lines of a map", () => {
    const [before = "", after = ""] = THIN_LOG.split("         keys: {\n", 2);
    const parts = split(`${before}${json}         keys: {\n${after}`, 64);
    assert.equal(parts.rest, json);
  });

  it("may end without a newline", () => {
    assert.deepEqual(split(`${T} linking "x"`, 5), { log: `${T} linking "x"`, rest: "" });
    assert.deepEqual(split("error: é", 1), { log: "", rest: "error: é" });
  });
});
