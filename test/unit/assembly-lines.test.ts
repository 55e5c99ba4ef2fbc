/** The lines of assembly: places, what is hidden, readable names, and what makes two builds comparable. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assemblyLines, comparableLines, filesOf, symbolsIn, withoutComment } from "../../src/core/explain/asm/lines.js";
import { checkWords, figureWords, withoutTabs } from "../../src/protocol/asm-words.js";

const SYMBOL = "_ZN4demo3run17h0123456789abcdefE";
const TEXT = [
  `\t.section\t.text.${SYMBOL},"ax",@progbits`,
  `\t.globl\t${SYMBOL}           # -- Begin function ${SYMBOL}`,
  `\t.type\t${SYMBOL},@function`,
  `${SYMBOL}:               # @${SYMBOL}`,
  ".Lfunc_begin7:",
  "\t.loc\t1 12 0                          # src/main.rs:12:0",
  "\t.cfi_startproc",
  "# %bb.0:",
  "\t#DEBUG_VALUE: run:n <- $edi",
  "\tpushq\t%rbx",
  ".Ltmp3:",
  "\t.loc\t2 5 9 prologue_end              # lib.rs:5:9",
  `\tcallq\t${SYMBOL}@PLT`,
  "\t.loc\t2 0 9 is_stmt 0",
  ".LBB7_1:                                # =>This Inner Loop Header: Depth=1",
  "\tleaq\t.LJTI7_0(%rip), %rax            # imm",
  "\tjne\t.LBB7_1",
  ".Lfunc_end7:",
  `\t.size\t${SYMBOL}, .Lfunc_end7-${SYMBOL}`,
  "\t.cfi_endproc",
  '\t.section\t.rodata,"a",@progbits',
  ".LJTI7_0:",
  "\t.long\t.LBB7_1-.LJTI7_0",
  '\t.section\t.gcc_except_table,"a",@progbits',
  "GCC_except_table7:",
  "\t.uleb128 .Ltmp3-.Lfunc_begin7",
  "                                        # -- End function",
  "",
].join("\n");

const FORMAT = {
  comment: "#",
  files: filesOf(['.file\t0 "/built" "src/main.rs" md5 0x00', '.file\t1 "src/main.rs"', '.file\t2 "/lib" "src/lib.rs"']),
};
const nameOf = (symbol: string): string => (symbol === SYMBOL ? "demo::run" : symbol);
const shown = assemblyLines(TEXT, FORMAT, { raw: false, nameOf });

describe("files of line tables", () => {
  it("are below their folder, and that below the one that was compiled in", () => {
    assert.deepEqual(Object.fromEntries(FORMAT.files), { 0: "/built/src/main.rs", 1: "/built/src/main.rs", 2: "/lib/src/lib.rs" });
    assert.deepEqual([...filesOf(['.file\t0 "/w" "m.rs"', '.file\t3 "sub" "a\\"b.rs"']).values()], ["/w/m.rs", '/w/sub/a"b.rs']);
  });
});

describe("lines of assembly", () => {
  it("have the places of instructions, none for line 0", () => {
    const places = shown.filter(({ text }) => /^\t[a-z]/.test(text)).map(({ text, at }) => [text.trim().split("\t")[0], at?.line ?? null]);
    assert.deepEqual(places, [
      ["pushq", 12],
      ["callq", 5],
      ["leaq", null],
      ["jne", null],
    ]);
    assert.deepEqual(shown.find(({ text }) => text.startsWith("\tcallq"))?.at, { file: "/lib/src/lib.rs", line: 5, column: 9 });
  });

  it("hide what only debuggers and unwinders need", () => {
    const text = shown.map((line) => line.text).join("\n");
    for (const hidden of [".cfi_", ".loc", "DEBUG_VALUE", ".Ltmp3", ".Lfunc_begin7", "-- Begin", "-- End", "except_table"]) {
      assert.ok(!text.includes(hidden), hidden);
    }
    // `.size` refers to the end, the jump table to the loop.
    for (const kept of [".Lfunc_end7:", ".LBB7_1:", ".LJTI7_0:", "This Inner Loop Header"]) assert.ok(text.includes(kept), kept);
  });

  it("name what they call", () => {
    const texts = shown.map((line) => line.text);
    assert.ok(texts.includes(`\tcallq\t${SYMBOL}@PLT  # demo::run`));
    assert.ok(texts.includes(`${SYMBOL}:  # demo::run`));
    assert.ok(texts.includes("\tleaq\t.LJTI7_0(%rip), %rax  # imm"));
  });

  it("are LLVM's own if raw", () => {
    const raw = assemblyLines(TEXT, FORMAT, { raw: true, nameOf });
    assert.equal(raw.map((line) => line.text).join("\n") + "\n", TEXT);
  });

  it("do not depend on other functions of the module", () => {
    const lines = (number: number): string[] => {
      const section = '\t.section\t".gcc_except_table._ZN1$a","a",@progbits';
      const text = ["_f:", `.Ltmp${number}:`, "\tcallq\tg", `.Ltmp${number + 1}:`, `\tjmp\t.Ltmp${number + 1}`, `\tjmp\t.Ltmp${number}`];
      const table = [section, `GCC_except_table${number}:`, `\t.uleb128 .Ltmp${number}-.Lfunc_begin${number}`];
      return assemblyLines([...text, ...table, ""].join("\n"), FORMAT, { raw: false, nameOf }).map((line) => line.text);
    };
    assert.deepEqual(lines(18), ["_f:", ".Ltmp0:", "\tcallq\tg", ".Ltmp1:", "\tjmp\t.Ltmp1", "\tjmp\t.Ltmp0"]);
    assert.deepEqual(lines(0), lines(18));
  });

  it("are read outside of quotes", () => {
    assert.equal(withoutComment('\tcallq\t"a # b"  # said', "#"), '\tcallq\t"a # b"');
    assert.equal(withoutComment("# whole", "#"), "");
    assert.deepEqual(symbolsIn('\tmovq\t"_ZN1a1$1bE"@GOTPCREL(%rip), %rax'), ["_ZN1a1$1bE"]);
    assert.deepEqual(symbolsIn("\tmovq\t_Rabc@GOTPCREL(%rip), %rax"), ["_Rabc"]);
  });
});

describe("assembly of two builds", () => {
  it("is the same but for numbers of labels and hashes", () => {
    const other = TEXT.replaceAll("7_", "19_")
      .replaceAll("func_end7", "func_end19")
      .replaceAll("Ltmp3", "Ltmp88")
      .replaceAll("0123456789abcdef", "fedcba9876543210");
    const lines = assemblyLines(other, FORMAT, { raw: false, nameOf });
    const otherName = (symbol: string): string => (symbol.includes("fedcba9876543210") ? "demo::run" : symbol);
    assert.deepEqual(comparableLines(lines, "#", otherName), comparableLines(shown, "#", nameOf));
  });
});

describe("words about assembly", () => {
  it("name the figures that are known", () => {
    const none = { bytes: null, stackBytes: null, spills: 0, reloads: 0, spillBytes: 0, instructions: null, mix: [] };
    assert.deepEqual(figureWords(none), []);
    const mix = Array.from({ length: 10 }, (_, index) => ({ mnemonic: `m${index}`, count: 20 - index }));
    const [figures, instructions] = figureWords({
      ...none,
      bytes: 412,
      stackBytes: 1,
      spills: 2,
      reloads: 1,
      spillBytes: 16,
      instructions: 155,
      mix,
    });
    assert.equal(figures, "412 bytes of code, 1 byte of stack, 2 spills and 1 reload, 16 bytes for saved registers, 155 instructions");
    assert.ok(instructions?.startsWith("20 m0, 19 m1") === true && instructions.endsWith(", 23 others"));
  });

  it("say whether the text is true", () => {
    assert.equal(checkWords({ result: "equal", with: "rustc", why: null }), "The same machine code as in rustc's object.");
    assert.match(checkWords({ result: null, with: null, why: "Because." }), /^Not checked\. Because\.$/);
  });

  it("align operands without tabs", () => {
    assert.equal(withoutTabs("\tmovq\t%rax, %rbx"), "    movq    %rax, %rbx");
    assert.equal(withoutTabs("\tretq"), "    retq");
  });
});
