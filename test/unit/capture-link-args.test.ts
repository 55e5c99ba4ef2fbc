/** The linker's command line, which shows which rlibs are linked as they are. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { keepLinkLine } from "../../src/core/producers/rust/capture/link-line.js";
import { linkerVariables, linkerWords } from "../../src/core/producers/rust/capture/link-args.js";

describe("the linker's command line", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "environment and program",
      'LC_ALL="C" PATH="/a b:/c" VSLANG="1033" "cc" "-m64" "/t/libnb-01.rlib"\n',
      ["cc", "-m64", "/t/libnb-01.rlib"],
    ],
    ["quotes and other characters", String.raw`"cc" "a \"b\" c" "\u{1b}é"`, ["cc", 'a "b" c', "\u001bé"]],
    ["what only looks like a variable", '"cc" "-DX=\\"y\\"" "-Wl,--x=y"', ["cc", '-DX="y"', "-Wl,--x=y"]],
    ["a changed folder", 'cd "/w" && "cc" "x"', ["/w", "cc", "x"]],
    ["nothing", "", []],
  ];
  for (const [what, printed, words] of cases) {
    it(`is split into words: ${what}`, () => {
      assert.deepEqual(linkerWords(printed), words);
    });
  }
});

describe("the linker's variables", () => {
  it("are those before the program", () => {
    assert.deepEqual({ ...linkerVariables(String.raw`LC_ALL="C" PATH="/a b:\"c" "cc" "X=\"1\"" "Y="`) }, { LC_ALL: "C", PATH: '/a b:"c' });
    assert.deepEqual({ ...linkerVariables('"cc" "-DX=\\"y\\""') }, {});
  });
});

describe("the linker's files", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-link-line-"));
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const [build, target, printed] = ["build", "capture", "link-args"].map((name) => path.join(folder, name)) as [string, string, string];
  const at = (name: string): string => path.join(build, name);
  const keep = (...words: readonly string[]): ReturnType<typeof keepLinkLine> => {
    fs.writeFileSync(printed, `LC_ALL="C" PATH="/secret" ${words.map((word) => JSON.stringify(word)).join(" ")}\n`);
    const objects = { a: { file: "rustc/a.o", source: at("a.rcgu.o") } };
    const kept = new Map([[at("libknown.rlib"), "inputs/libknown.rlib"]]);
    return keepLinkLine({ printed, cwd: build, changing: [build], target, objects, kept });
  };

  before(() => {
    fs.mkdirSync(at("rustcAb12Cd/raw-dylibs"), { recursive: true });
    for (const name of ["b.rcgu.o", "rustcAb12Cd/symbols.o", "list", "libknown.rlib", "liba.so", "out"]) fs.writeFileSync(at(name), name);
  });

  it("are kept if a later build replaces them; modules and the output are named as such", async () => {
    const words = [
      "-m64",
      "a.rcgu.o",
      at("b.rcgu.o"),
      at("rustcAb12Cd/symbols.o"),
      at("libknown.rlib"),
      `-Wl,--version-script=${at("list")}`,
    ];
    const others = ["-L", at("rustcAb12Cd/raw-dylibs"), at("liba.so"), "/lib/none.a", `-fuse-ld=${at("list")}`];
    const line = await keep("cc", ...words, ...others, "-o", "out", "-pie");
    assert.deepEqual(line?.words, [
      ...["-m64", { module: "a" }],
      { file: "link/0/b.rcgu.o", before: "" },
      { file: "link/1/symbols.o", before: "" },
      { file: "inputs/libknown.rlib", before: "" },
      { file: "link/2/list", before: "-Wl,--version-script=" },
      ...[at("liba.so"), "/lib/none.a", `-fuse-ld=${at("list")}`, "-o", { output: true }, "-pie"],
    ]);
    assert.deepEqual([line.program, { ...line.environment }, line.folder, line.source], ["cc", { LC_ALL: "C" }, build, at("out")]);
    for (const file of [line.output, "link/0/b.rcgu.o", "link/2/list"]) assert.ok(fs.existsSync(path.join(target, file)), file);
  });

  it("are not kept if the link cannot be repeated", async () => {
    assert.equal(await keep("cc", "a.rcgu.o"), undefined, "no output is named");
    assert.equal(await keep("cc", "-o", "not-there"), undefined, "it was not linked");
    fs.writeFileSync(at("rustcAb12Cd/raw-dylibs/libx.so"), "");
    assert.equal(await keep("cc", "-L", at("rustcAb12Cd/raw-dylibs"), "-o", "out"), undefined, "rustc made import libraries");
    fs.rmSync(printed);
    const parts = { printed, cwd: build, changing: [build], target, objects: {}, kept: new Map<string, string>() };
    assert.equal(await keepLinkLine(parts), undefined, "no linker was started");
  });
});
