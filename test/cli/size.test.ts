/** `size`: the sections are those of the file, everything in them adds up, and builds are compared. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CallsReport } from "../../src/protocol/calls.js";
import type { SizeReport } from "../../src/protocol/size.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli, validate } from "../support/cli.js";
import { copyCaptures, DEMO_FAT, DEMO_THIN } from "../support/shared-captures.js";

describe("size", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let [thin, fat] = ["", ""];
  let report: SizeReport;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-size-"));
    cli = new TestCli(join(scratch, "store"));
    thin = (await copyCaptures(DEMO_THIN, cli.store, 1)).unit;
    fat = (await copyCaptures(DEMO_FAT, cli.store, 1)).unit;
    report = await cli.report<SizeReport>(["size", thin]);
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const folder = (): string => join(cli.store, "captures", thin, "1");
  const manifest = async (): Promise<UnitManifest> => JSON.parse(await readFile(join(folder(), "manifest.json"), "utf8")) as UnitManifest;
  const output = async (): Promise<string> => join(folder(), (await manifest()).link?.output ?? assert.fail("nothing was linked"));

  it("lists the sections of the file, with their sizes", async () => {
    await validate("size", report);
    const listed = execFileSync("readelf", ["--section-headers", "--wide", await output()], { encoding: "utf8" });
    const sections = [...listed.matchAll(/\] (\S+) +(\w+) +[\da-f]+ [\da-f]+ ([\da-f]+) /g)]
      .map(([, name = "", type = "", size = ""]) => ({ name, inFile: type !== "NOBITS", bytes: Number.parseInt(size, 16) }))
      .filter(({ bytes }) => bytes > 0);
    assert.ok(sections.length > 20);
    assert.deepEqual(
      report.sections.map(({ name, inFile, bytes }) => ({ name, inFile, bytes })),
      sections,
    );
  });

  it("adds up: symbols, padding and the rest to the section, sections and the rest to the file", async () => {
    for (const { name, bytes, named, padding, unnamed } of report.sections) {
      assert.equal(named + padding + unnamed, bytes, name);
      const symbols = report.symbols.filter(({ section }) => section === name);
      assert.equal(
        symbols.reduce((sum, symbol) => sum + symbol.bytes, 0),
        named,
        name,
      );
    }
    const { size } = await stat(await output());
    assert.equal(report.bytes, size);
    assert.equal(
      report.sections.reduce((sum, { inFile, bytes }) => sum + (inFile ? bytes : 0), report.outside),
      size,
    );
    assert.equal(
      report.crates.reduce((sum, { bytes }) => sum + bytes, 0),
      report.sections.reduce((sum, { named }) => sum + named, 0),
    );
  });

  it("has the sizes of the file's symbol table, once for each address", async () => {
    const listed = execFileSync("readelf", ["--symbols", "--wide", await output()], { encoding: "utf8" });
    const table = listed.slice(listed.indexOf("'.symtab'"));
    const functions = [...table.matchAll(/: ([\da-f]+) +([1-9]\d*) FUNC +\w+ +\w+ +\d+ (\S+)/g)].map(
      ([, address = "", size = "", symbol = ""]) => {
        return { address, size: Number(size), symbol };
      },
    );
    const at = new Map(functions.map((one) => [one.address, functions.filter(({ address }) => address === one.address)]));
    assert.ok(at.size > 100);
    const code = report.symbols.filter(({ section }) => section === ".text");
    for (const same of at.values()) {
      const shown = code.filter(({ symbol }) => same.some((one) => one.symbol === symbol));
      if (new Set(same.map(({ symbol }) => symbol)).size < same.length || shown.length > 1) continue;
      assert.deepEqual(
        shown.map(({ bytes }) => bytes),
        [same[0]?.size],
        same[0]?.symbol,
      );
    }
    assert.ok(report.crates.some(({ crate, bytes }) => crate === "std" && bytes > 10_000));
  });

  it("compares two builds by readable names", async () => {
    const compared = await cli.report<SizeReport>(["size", fat, "--against", thin]);
    const { against } = compared;
    assert.equal(against?.bytes, report.bytes);
    const text = against.sections.find(({ name }) => name === ".text") ?? assert.fail(".text does not differ");
    assert.equal(text.before, report.sections.find(({ name }) => name === ".text")?.bytes);
    assert.ok(against.symbols.length > 0);
    assert.ok(against.symbols.every((one) => one.before !== one.after));
    assert.equal((await cli.report<SizeReport>(["size", thin, "--against", thin])).against?.symbols.length, 0);
  });

  it("says what was inlined into each function, as `calls` does, and what differs in it", async () => {
    const compared = await cli.report<SizeReport>(["size", fat, "--against", thin, "--inlined"]);
    await validate("size", compared);
    assert.deepEqual([compared.inlining?.code.different, compared.inlining?.notAvailable], [0, []]);
    const { calls } = await cli.report<CallsReport>(["calls", fat]);
    const known = compared.symbols.filter(({ inlined }) => inlined !== undefined);
    assert.ok(known.length > 100, `${known.length} functions are known`);
    for (const { symbol, inlined } of known) {
      const own = calls.filter(({ callerSymbol, verdict }) => callerSymbol === symbol && verdict === "inlined");
      assert.deepEqual(
        inlined?.reduce((sum, { times }) => sum + times, 0),
        own.reduce((sum, { times }) => sum + times, 0),
        symbol,
      );
    }
    const { stdout } = await cli.run(["size", fat, "--inlined"]);
    assert.match(stdout, /^ +[\d,]+ {2}.+ {2}\.text\n {16}inlined: .+$/m);
    const reasons = compared.against?.symbols.filter(({ inlined = [] }) => inlined.length > 0) ?? [];
    assert.ok(reasons.length > 0, "fat LTO inlines something else");
    assert.ok(reasons.every(({ inlined = [] }) => inlined.every((one) => one.before !== one.after)));
  });

  it("says what the output lacks", async () => {
    execFileSync("strip", [await output()]);
    const stripped = await cli.report<SizeReport>(["size", thin]);
    assert.deepEqual([stripped.symbols, stripped.crates], [[], []]);
    assert.match(stripped.warnings.join("\n"), /stripped/);
    await writeFile(join(folder(), "manifest.json"), JSON.stringify({ ...(await manifest()), link: undefined }));
    assert.match((await cli.error(["size", thin], 3)).message, /has no linked output/);
  });
});
