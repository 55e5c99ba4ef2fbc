/** Names come from untrusted files: no command prints what a terminal would interpret, and JSON keeps the names unchanged. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FindReport } from "../../src/protocol/ir.js";
import { TestCli, skipWithoutRust } from "../support/cli.js";
import { obeyed } from "../support/injections.js";
import { injectedWorkspace, printingCommands, SYMBOLS, type Printing } from "../support/printing-commands.js";

describe("what commands print", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli!: TestCli;
  let printing!: Printing;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-terminal-"));
    cli = new TestCli(join(scratch, "store"));
    const workspace = await injectedWorkspace(scratch);
    await cli.capture(workspace);
    await injectedWorkspace(scratch, 5);
    const unit = await cli.capture(workspace);
    const fat = await cli.capture(workspace, "--profile", "fat");
    const built = spawnSync(
      "rustc",
      ["-O", "--crate-type=lib", "--emit=llvm-bc", "-C", "codegen-units=1", "-o", "evil.bc", "src/exported.rs"],
      {
        cwd: workspace,
        encoding: "utf8",
      },
    );
    assert.equal(built.status, 0, built.stderr);
    // Cargo cannot handle a line break in a path, but named files may have one.
    const file = join(workspace, "evil\nFORGED\u{1b}[2J.bc");
    await copyFile(join(workspace, "evil.bc"), file);
    printing = { workspace, unit, fat, file };
  });

  after(() => rm(scratch, { recursive: true, force: true }));

  it("contains nothing that a terminal would interpret", async () => {
    const through: string[] = [];
    for (const { args, names } of printingCommands(printing)) {
      const { stdout, stderr } = await cli.run(args);
      const printed = `${stdout}${stderr}`;
      const found = obeyed(printed);
      const command = args.join(" ");
      if (found.length > 0) through.push(`${JSON.stringify(command)}: ${found.join(", ")}`);
      if (names && !/\\u\{|\\1B/.test(printed)) through.push(`${JSON.stringify(command)} shows no name:\n${printed}`);
    }
    assert.deepEqual(through, []);
  });

  it("contains only our own colours if colours are enabled", async () => {
    const { stdout } = await cli.run(["find", printing.file, "evil"], { env: { FORCE_COLOR: "1", NO_COLOR: undefined } });
    const begun = "\u{1b}[";
    assert.deepEqual(obeyed(stdout.replaceAll(begun, "")), []);
    const ours = stdout
      .split(begun)
      .slice(1)
      .map((after) => /^(\d+)m/.exec(after)?.[1]);
    assert.deepEqual(
      ours.filter((code) => code === undefined || !["1", "2", "22", "32", "33", "36", "39"].includes(code)),
      [],
    );
    assert.ok(ours.includes("32"), "our green");
  });

  it("is JSON with unchanged names, and nothing that a terminal would interpret", async () => {
    const args = ["find", printing.file, "evil", "--json", "-"];
    const { stdout } = await cli.run(args);
    assert.deepEqual(obeyed(stdout), []);
    const { hits } = await cli.report<FindReport>(args.slice(0, -2));
    assert.deepEqual([...new Set(hits.map(({ symbol }) => symbol))].sort(), [...SYMBOLS].sort());
  });

  it("is Cargo's output, line by line, if a build fails", async () => {
    const folder = await mkdtemp(join(scratch, "broken-"));
    await writeFile(
      join(folder, "Cargo.toml"),
      '[package]\nname = "broken"\nversion = "0.1.0"\n[lib]\npath = "lib.rs"\ncrate-type = ["cdylib"]\n',
    );
    await writeFile(join(folder, "lib.rs"), "fn f() { missing(); }\n");
    const error = await cli.error(["capture", folder], 3);
    assert.match(error.output ?? "", /cannot find function `missing`.*\n/);
    const { stderr } = await cli.run(["capture", folder]);
    assert.equal(stderr.match(/^ *error\[E0425\]: cannot find function `missing`/gm)?.length, 1, stderr);
  });
});
