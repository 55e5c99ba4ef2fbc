/** The linker's command line, which shows which rlibs are linked as they are. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { linkLineNoted, noteLinkLine } from "../../src/core/machine/own-notes.js";
import { keepLinkLine } from "../../src/core/producers/rust/capture/link-line.js";
import { cleanTemporaries } from "../../src/core/producers/rust/capture/temporaries.js";
import { outputName, wordsFor } from "../../src/core/verify/link-words.js";
import type { LinkLine, LinkWord } from "../../src/protocol/units.js";
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
  const temporary = path.join(folder, "tmp");
  const record = { cwd: build, environment: { TMPDIR: temporary } };
  const keep = (...words: readonly string[]): ReturnType<typeof keepLinkLine> => {
    fs.writeFileSync(printed, `LC_ALL="C" PATH="/secret" ${words.map((word) => JSON.stringify(word)).join(" ")}\n`);
    const objects = { a: { file: "rustc/a.o", source: at("a.rcgu.o") } };
    const kept = new Map([[at("libknown.rlib"), "inputs/libknown.rlib"]]);
    return keepLinkLine({ printed, record, changing: [build], target, objects, kept, failed: (why) => said.push(why) });
  };
  const said: string[] = [];
  const lineOf = async (...words: readonly string[]): Promise<LinkLine> => {
    const line = await keep(...words);
    if (line === undefined || "why" in line) assert.fail(line?.why);
    return line;
  };

  before(() => {
    fs.mkdirSync(at("rustcAb12Cd/raw-dylibs"), { recursive: true });
    fs.mkdirSync(at("a,b"));
    for (const name of ["a,b/list", "b.rcgu.o", "rustcAb12Cd/symbols.o", "list", "libknown.rlib", "liba.so", "out"]) {
      fs.writeFileSync(at(name), name);
    }
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
    const line = await lineOf("cc", ...words, ...others, "-o", "out", "-pie");
    assert.deepEqual(line.words, [
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

  it("are the static libraries that a name finds, the first in the folders' order, where no shared one is taken", async () => {
    const [first, second] = [at("first"), at("second")];
    for (const file of [`${first}/libboth.so`, `${first}/libboth.a`, `${first}/lib,.a`, `${second}/libown.a`, `${second}/libboth.a`]) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, "");
    }
    const search = ["-L", second, `-L${first}`];
    const shared = ["-Wl,-Bdynamic", "-lnone", "-Wl,-Bstatic", "-lnone", "-o"];
    assert.deepEqual((await lineOf("cc", ...search, "-lown", "-l:lib,.a", "-lboth", ...shared, "out")).words, [
      ...search,
      ...["second/libown.a", "first/lib,.a", "second/libboth.a"].map((name, index) => ({
        file: `link/${index}/${path.basename(name)}`,
        before: "",
      })),
      ...[...shared, { output: true }],
    ]);
    const sharedFirst = ["-L", first, "-lboth"];
    assert.deepEqual((await lineOf("cc", ...sharedFirst, "-Wl,-Bstatic", "-lboth", "-o", "out")).words, [
      ...[...sharedFirst, "-Wl,-Bstatic"],
      ...[{ file: "link/0/libboth.a", before: "" }, "-o", { output: true }],
    ]);
  });

  it("are also kept from the folder that rustc 1.85 makes for the linker in the system's temporary folder", async () => {
    const [made, others] = ["rustcEf34Gh", "others"].map((name) => path.join(temporary, name)) as [string, string];
    for (const name of [made, others]) fs.mkdirSync(name, { recursive: true });
    for (const name of ["symbols.o", "list"]) fs.writeFileSync(path.join(made, name), name);
    fs.writeFileSync(path.join(others, "x.o"), "");
    const list = `-Wl,--version-script=${path.join(made, "list")}`;
    const line = await lineOf("cc", list, path.join(made, "symbols.o"), path.join(others, "x.o"), "-o", "out");
    assert.deepEqual(line.words, [
      { file: "link/0/list", before: "-Wl,--version-script=" },
      { file: "link/1/symbols.o", before: "" },
      path.join(others, "x.o"),
      ...["-o", { output: true }],
    ]);
    await cleanTemporaries({ record: { ...record, args: [] }, folder });
    assert.deepEqual(fs.readdirSync(temporary), ["others"], "they are removed, and nobody else's");
  });

  it("are not kept where they could be programs, or several options", async () => {
    const words = ["-Xlinker", at("list"), "-Wl,-plugin", at("list"), "-wrapper", at("list"), `-Wl,--version-script=${at("a,b/list")}`];
    assert.deepEqual((await lineOf("cc", ...words, at("a,b/list"), "-o", "out")).words, [
      ...words,
      { file: "link/0/list", before: "" },
      ...["-o", { output: true }],
    ]);
  });

  it("are left out if one cannot be kept, and the reason is said", async () => {
    fs.writeFileSync(at("big.o"), "");
    fs.truncateSync(at("big.o"), 5e9);
    const line = await keep("cc", at("b.rcgu.o"), at("big.o"), "-o", "out");
    assert.ok(line !== undefined && "why" in line);
    const { why } = line;
    assert.match(why, /could not be kept: .*big\.o has 5000000000 bytes/);
    assert.deepEqual(said, [why]);
    assert.ok(!fs.existsSync(path.join(target, "link")));
  });

  it("are not kept if the link cannot be repeated", async () => {
    const kept = async (...words: readonly string[]): Promise<string> => {
      const line = await keep(...words);
      assert.ok(line !== undefined && "why" in line, words.join(" "));
      assert.equal(
        line.output?.file,
        line.why.includes("no output") || line.why.includes("another folder") ? undefined : "link/output/out",
      );
      return line.why;
    };
    assert.match(await kept("cc", "a.rcgu.o"), /names no output/);
    assert.match(await kept("cc", "-o", "not-there"), /wrote no output/);
    for (const words of [
      ["-Wl,-Map=m"],
      ["-Wl,-Map,m"],
      ["-Wl,--gc-sections,--Map=m"],
      ["-Xlinker", "-Map=m"],
      ["-Wl,--dependency-file=d"],
      ["-Wl,--out-implib", "-Wl,i.a"],
      ["-Wl,--reproduce=r.tar"],
      ["-Map", "m"],
      ["-save-temps"],
      ["-o", "twice"],
      ["-otwice"],
      ["-Wl,-o,twice"],
    ]) {
      assert.match(await kept("cc", "-o", "out", ...words), /makes the linker write another file/, words.join(" "));
    }
    assert.match(await kept("cc", "-o", "out", "@options"), /options in a file/);
    await lineOf("cc", "-o", "out", "-Wl,-M", "-Wl,-omagic", "-Wl,--version-script=Map");
    fs.writeFileSync(at("rustcAb12Cd/raw-dylibs/libx.so"), "");
    assert.match(await kept("cc", "-L", at("rustcAb12Cd/raw-dylibs"), "-o", "out"), /raw-dylib.*libx\.so/);
    for (const name of ["-lx", "-l:libx.so"]) {
      const { words } = await lineOf("cc", "-L", at("rustcAb12Cd/raw-dylibs"), "-lc", name, "-o", "out");
      assert.deepEqual(words, ["-lc", { file: "link/0/libx.so", before: "" }, "-o", { output: true }]);
    }
    fs.rmSync(printed);
    const parts = {
      printed,
      record,
      changing: [build],
      target,
      objects: {},
      kept: new Map<string, string>(),
      failed: (why: string) => said.push(why),
    };
    assert.equal(await keepLinkLine(parts), undefined, "no linker was started");
  });
});

describe("the note of a linker's command line", () => {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "lto-link-note-"));
  after(() => {
    fs.rmSync(state, { recursive: true });
  });
  const line = (...words: readonly LinkWord[]): LinkLine => ({
    ...{ program: "cc", words, environment: {}, folder: "/w", output: "link/output/out", source: "/w/out" },
  });
  const list = { file: "link/0/list", before: "-Wl,-T," } as const;
  const object = { file: "link/1/b.o", before: "" } as const;
  const noted = line("-pie", { module: "a" }, list, object, "-o", { output: true });

  before(async () => {
    await noteLinkLine(noted, { XDG_STATE_HOME: state });
  });

  it("covers every word with its kind, and files by name", async () => {
    const isNoted = (...words: readonly LinkWord[]): Promise<boolean> => linkLineNoted(line(...words), { XDG_STATE_HOME: state });
    const rest = ["-o", { output: true }] as const;
    assert.ok(await isNoted("-pie", { module: "a" }, { ...list, file: "/elsewhere/link/0/list" }, object, ...rest));
    const others: readonly (readonly LinkWord[])[] = [
      ["-pie", { module: "a" }, list, ...rest],
      ["-pie", { module: "a" }, list, object, object, ...rest],
      ["-pie", { module: "a" }, list, { ...object, file: "link/1/c.o" }, ...rest],
      ["-pie", { module: "a" }, "-Wl,-T,", object, ...rest],
      ["-pie", { module: "a" }, { ...list, before: "-T" }, object, ...rest],
      ["-pie", { module: "b" }, list, object, ...rest],
      [{ module: "a" }, "-pie", list, object, ...rest],
      ["-pie", { module: "a" }, list, object, "-o"],
      ["-pie", { module: "a" }, list, object, { output: true }, "-o"],
      ["-pie", { module: "a" }, list, "", object, ...rest],
    ];
    for (const words of others) assert.equal(await isNoted(...words), false, JSON.stringify(words));
  });
});

describe("the words for linking again", () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lto-link-words-"));
  after(() => {
    fs.rmSync(scratch, { recursive: true });
  });
  const capture = path.join(scratch, "a,b", "capture");
  const within = (name: string): string => path.join(capture, name);
  const sources = { a: "/w/a.rcgu.o", twin: "/elsewhere/a.rcgu.o", parent: "/w/..", folder: "/w/output" };
  const rustcObjects = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, { file: `rustc/${name}.o`, source }]));
  const line = (words: readonly LinkWord[], output = within("link/output/out")): LinkLine => ({
    ...{ program: "cc", words, environment: {}, folder: "/w", output, source: "/w/out" },
  });
  let made = 0;
  const wordsOf = async (link: LinkLine): Promise<string[]> => {
    const folder = path.join(scratch, `made-${++made}`);
    fs.mkdirSync(path.join(folder, "output"), { recursive: true });
    const output = path.join(folder, "output", outputName(link));
    const objectOf = (module: string): string | undefined => (module === "lost" ? undefined : "/store/blob");
    const words = await wordsFor({ folder: capture, rustcObjects }, link, { folder, output, objectOf });
    return words.map((word) => word.replace(folder, "$"));
  };
  const refused = (link: LinkLine, why: RegExp): Promise<void> => assert.rejects(wordsOf(link), { name: "IncompleteUnit", message: why });

  before(() => {
    fs.mkdirSync(within("link/0"), { recursive: true });
    for (const file of [within("link/0/list"), path.join(scratch, "outside")]) fs.writeFileSync(file, "");
    fs.symlinkSync(path.join(scratch, "outside"), within("link/0/way"));
  });

  it("have objects and the output in the scratch folder", async () => {
    const words = await wordsOf(line(["-pie", { module: "a" }, { file: within("link/0/list"), before: "-T" }, "-o", { output: true }]));
    assert.deepEqual(words, ["-pie", "$/a.rcgu.o", `-T${within("link/0/list")}`, "-o", "$/output/out"]);
  });

  it("have no path that becomes further options: the store's may have a comma, a file's name may not", async () => {
    const words = await wordsOf(line([{ file: within("link/0/list"), before: "-Wl,--version-script=" }]));
    assert.match(words.join(" "), /^-Wl,--version-script=\$\/kept-\w+\/list$/);
    await refused(line([{ file: within("link/0/a,b"), before: "-Wl,-T" }]), /comma/);
  });

  it("have no file from outside the capture's folder", async () => {
    for (const file of [path.join(scratch, "outside"), within("link/0/way"), within("../other")]) {
      await refused(line([{ file, before: "" }]), /not in the capture's folder/);
      await refused(line([], file), /not in the capture's folder/);
    }
  });

  it("need an object of each module, with a name of its own", async () => {
    await refused(line([{ module: "lost" }]), /no object of lost/);
    await refused(line([{ module: "a" }, { module: "twin" }]), /no name of its own/);
    await refused(line([{ module: "parent" }]), /no name of its own/);
    await refused(line([{ module: "folder" }]), /no name of its own/);
    for (const source of ["/w/..", "/"]) await refused({ ...line([]), source }, /has no name/);
  });
});
