/** `show`, `diff` and `find` over stage files that rustc itself saved, without any capture or replay. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Ajv } from "ajv";
import { skipWithoutRust } from "../support/cli.js";
import { repository } from "../support/repository.js";
import type { DiffReport, FindReport, ShowReport } from "../../src/protocol/ir.js";

const DEMO = `
pub mod shapes {
    #[inline(never)]
    pub fn area(width: u32, height: u32) -> u32 {
        scale(width).wrapping_mul(height)
    }
    // Not copied into every unit as other small functions are: it has to be imported.
    #[no_mangle]
    pub fn scale(value: u32) -> u32 {
        value.wrapping_mul(3).rotate_left(5)
    }
}
pub mod report {
    #[inline(never)]
    pub fn total(values: &[u32]) -> u32 {
        values.iter().map(|&value| crate::shapes::area(value, 2) ^ crate::shapes::scale(value)).sum()
    }
}
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("show, diff and find over rustc's own stage files", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let temps = "";

  const cli = (...args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...process.env, LTO_INSPECTOR_STORE: join(scratch, "store"), NO_COLOR: "1" };
      execFile(process.execPath, [join(repository, "dist", "cli.js"), ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });

  /** A report, compared with its schema. */
  const report = async <T>(command: string, ...args: readonly string[]): Promise<T> => {
    const file = join(scratch, "report.json");
    const ended = await cli(command, ...args, "--json", file);
    assert.equal(ended.code, 0, ended.stderr);
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    const schema = JSON.parse(await readFile(join(repository, "schemas", `${command}.schema.json`), "utf8")) as object;
    const ajv = new Ajv({ allErrors: true });
    assert.ok(ajv.validate(schema, value), ajv.errorsText());
    return value as T;
  };

  /** The module of a function after import (rustc decides how it partitions the crate). */
  const moduleOf = async (name: string): Promise<string> => {
    const { hits } = await report<FindReport>("find", temps, name, "--stage", "input");
    return hits.find((hit) => hit.demangled === name && hit.role === "defined")?.module ?? assert.fail(`${name} is not defined anywhere`);
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-ir-"));
    temps = join(scratch, "temps");
    await writeFile(join(scratch, "demo.rs"), DEMO);
    const args = ["-O", "-C", "codegen-units=4", "-C", "save-temps", "--crate-type=lib", "--out-dir", temps, "demo.rs"];
    const built = spawnSync("rustc", args, { cwd: scratch, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    assert.ok(readdirSync(temps).some((name) => name.endsWith("thin-lto-after-pm.bc")));
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("find: says where a function is defined, imported and used", async () => {
    const found = await report<FindReport>("find", temps, "shapes::area");
    assert.equal(found.stage, "thin-lto-after-import");
    assert.ok(found.searched >= 2);
    assert.deepEqual(found.errors, []);
    const roles = found.hits.map(({ role }) => role);
    assert.equal(roles[0], "defined");
    assert.ok(roles.includes("imported") || roles.includes("referenced"), roles.join(" "));
    const used = found.hits.find(({ role }) => role !== "defined");
    assert.ok(used?.usedByDemangled.includes("demo::report::total"));
    assert.ok(found.hits.every(({ demangled }) => demangled.startsWith("demo::shapes::area")));
    const imported = (await report<FindReport>("find", temps, "scale")).hits.find(({ role }) => role === "imported");
    assert.equal(imported?.linkage, "available_externally");
  });

  it("find: says if there are no results, and if there are more", async () => {
    const none = await cli("find", temps, "no such symbol");
    assert.equal(none.code, 0);
    assert.match(none.stdout, /was not found/);
    assert.equal((await report<FindReport>("find", temps, "demo::", "--limit", "1")).truncated, true);
  });

  it("show: prints a function, and the whole module", async () => {
    const module = await moduleOf("demo::report::total");
    const shown = await report<ShowReport>("show", temps, module, "--stage", "pm", "--function", "report::total");
    assert.equal(shown.stage.madeBy, "rustc");
    assert.equal(shown.stage.stage, "thin-lto-after-pm");
    assert.ok(shown.text.startsWith(`; demo::report::total\n; in module ${module}, stage thin-lto-after-pm\n`), shown.text);
    assert.match(shown.text, /^define .*@_.*total/m);
    assert.equal(shown.truncated, false);
    const whole = await cli("show", temps, module, "--stage", "thin-lto-after-pm");
    assert.match(whole.stdout, /^; ModuleID = /);
    assert.match(whole.stdout, /^target triple = /m);
  });

  it("show: hides what --hide lists, and demangles", async () => {
    const module = await moduleOf("demo::report::total");
    const { stdout } = await cli(
      "show",
      temps,
      module,
      "--stage",
      "pm",
      "--function",
      "report::total",
      "--hide",
      "debug,metadata,attributes",
      "--demangle",
      "--stable",
    );
    assert.match(stdout, /^define .*@"demo::report::total"\(ptr %arg0/m);
    assert.doesNotMatch(stdout, /^attributes | !\w+ !\w|noundef|#\d/m);
  });

  it("show: says where it truncated the text", async () => {
    const module = await moduleOf("demo::report::total");
    const { code, stdout, stderr } = await cli("show", temps, module, "--stage", "pm", "--limit", "20");
    assert.equal(code, 0);
    assert.equal(stdout.trimEnd().split("\n").length, 20);
    assert.match(stderr, /The text was truncated/);
  });

  it("diff: lists the passes' changes by function, with an exit code on request", async () => {
    const module = await moduleOf("demo::report::total");
    const changes = await report<DiffReport>("diff", temps, module, "import", "pm");
    assert.equal(changes.different, true);
    assert.equal(changes.patch, null);
    const total = changes.functions.find(({ demangled }) => demangled === "demo::report::total");
    assert.equal(total?.change, "changed");
    assert.ok(total.parts.includes("body"));
    assert.equal((await cli("diff", temps, module, "import", "pm")).code, 0);
    assert.equal((await cli("diff", temps, module, "import", "pm", "--exit-code")).code, 1);
    assert.equal((await cli("diff", temps, module, "pm", "pm", "--exit-code")).code, 0);
  });

  it("diff: shows only real changes in one function's text", async () => {
    const module = await moduleOf("demo::report::total");
    const same = await report<DiffReport>("diff", temps, module, "pm", "thin-lto-after-pm", "--function", "total");
    assert.equal(same.patch, "");
    assert.equal(same.different, false);
    const changed = await report<DiffReport>("diff", temps, module, "import", "pm", "--function", "total");
    assert.match(changed.function ?? "", /total/);
    assert.match(changed.patch ?? "", /^--- thin-lto-after-import\n\+\+\+ thin-lto-after-pm\n@@ /);
  });

  it("accepts one stage file as its module", async () => {
    const file = readdirSync(temps).find((name) => name.endsWith("thin-lto-after-pm.bc")) ?? "";
    const { unit } = await report<ShowReport>("show", join(temps, file), "cgu", "--stage", "input");
    assert.equal(unit.id, temps);
  });

  it("makes stages that rustc did not save, from a session directory and from a plain file", async () => {
    const incremental = join(scratch, "incremental");
    const args = [
      "-O",
      "-C",
      "codegen-units=4",
      "-C",
      `incremental=${incremental}`,
      "--crate-type=lib",
      "--out-dir",
      join(scratch, "out"),
      "demo.rs",
    ];
    const built = spawnSync("rustc", args, { cwd: scratch, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    const session =
      readdirSync(incremental, { recursive: true, encoding: "utf8" }).find((name) => /\/s-[0-9a-z]+-[^/.]+$/.test(name)) ?? "";
    const unit = join(incremental, session);
    const { hits } = await report<FindReport>("find", unit, "demo::report::total");
    const module = hits.find(({ role }) => role === "defined")?.module ?? "";
    const changes = await report<DiffReport>("diff", unit, module, "input", "pm", "--function", "report::total");
    assert.deepEqual([changes.from.madeBy, changes.to.madeBy], ["replay", "replay"]);
    assert.notEqual(changes.patch, "");
    const shown = await report<ShowReport>(
      "show",
      join(unit, `${module}.pre-lto.bc`),
      module,
      "--stage",
      "pm",
      "--function",
      "report::total",
    );
    assert.equal(shown.stage.madeBy, "replay");
    assert.match(shown.text, /^define .*total/m);
  });

  it("lists candidates for an ambiguous name, and exits with 2 or 3", async () => {
    const failing = async (expected: number, pattern: RegExp, ...args: readonly string[]): Promise<void> => {
      const { code, stderr, stdout } = await cli(...args);
      assert.equal(code, expected, stderr);
      assert.match(stderr, pattern);
      assert.equal(stdout, "");
    };
    const module = await moduleOf("demo::report::total");
    await failing(3, /modules match cgu/, "show", temps, "cgu", "--stage", "pm");
    await failing(3, /There is no module nosuch/, "show", temps, "nosuch", "--stage", "pm");
    await failing(3, /UnknownFunction.*no function named nosuch/s, "show", temps, module, "--stage", "pm", "--function", "nosuch");
    await failing(3, /UnknownFunction.*Neither stage/s, "diff", temps, module, "input", "pm", "--function", "nosuch");
    await failing(2, /There is no stage sideways.*Stages are input/s, "show", temps, module, "--stage", "sideways");
    await failing(2, /missing required argument/, "show", temps);
    await failing(2, /Allowed are none/, "show", temps, module, "--stage", "pm", "--hide", "everything");
    await failing(3, /does not exist/, "show", join(scratch, "absent.bc"), module, "--stage", "pm");
    const broken = join(scratch, "a.broken.rcgu.thin-lto-input.bc");
    await writeFile(broken, "BC\xc0\xde and no more");
    await failing(3, /ParseBitcode|NotAnObject/, "show", broken, "broken", "--stage", "input");
    await failing(3, /ParseBitcode|NotAnObject/, "find", broken, "main", "--stage", "input");
    const input = readdirSync(temps).find((name) => name.endsWith("thin-lto-input.bc")) ?? "";
    await rm(join(temps, input));
    assert.ok(!existsSync(join(temps, input)));
    const own = input.split(".").slice(1, -3).join(".");
    await failing(3, /IncompleteUnit.*no file of stage thin-lto-input/s, "diff", temps, own, "input", "pm");
  });
});
