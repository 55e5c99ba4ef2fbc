/** `explain` on scripted edits of examples/rust: each has the expected cause, and reaches the modules that rustc itself re-compiled. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { listUnits, loadUnit } from "../../src/core/store/captures.js";
import { findToolchains } from "../../src/core/machine/toolchain.js";
import type { CauseKind, ExplainedModule, ExplainKind, ExplainReport, IfChangedReport } from "../../src/protocol/explain.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { repository } from "../support/repository.js";

const BARS = "crates/textstats/src/bars.rs";
const MAIN = "crates/textstats/src/main.rs";
const LENGTHS = "crates/text-stats/src/lengths.rs";
const WORDS = "crates/text-core/src/words.rs";

interface Edit {
  readonly name: string;
  readonly profile: "local" | "release";
  readonly change: () => Promise<void>;
  readonly env?: NodeJS.ProcessEnv;
  /** In order; the first one is the main cause. */
  readonly causes: readonly { readonly kind: CauseKind; readonly title: RegExp }[];
  /** The kinds of the modules of the program's own crate that were not re-used. */
  readonly kinds: readonly ExplainKind[];
  /** The effect of the main cause. */
  readonly effect?: RegExp;
  /** Decisive facts of modules of the program's own crate. */
  readonly facts?: readonly RegExp[];
}

describe("explain", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let workspace = "";
  let cli: TestCli;

  const edit = async (file: string, from: string, to: string): Promise<void> => {
    const path = join(workspace, file);
    const text = await readFile(path, "utf8");
    assert.equal(text.split(from).length, 2, `${file}: ${from}`);
    await writeFile(path, text.replace(from, to));
  };

  const capture = async (profile: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const ended = await cli.run(["capture", workspace, "--profile", profile], { env });
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout.trim().split("\n").at(-1) ?? assert.fail("nothing was captured");
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-explain-"));
    workspace = join(scratch, "textstats");
    cli = new TestCli(join(scratch, "store"));
    await cp(join(repository, "examples", "rust"), workspace, { recursive: true, filter: (file) => basename(file) !== "target" });
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  /** For any edit, rustc's log agrees, and every re-compiled module has a cause or is never cached. */
  const accountedFor = (report: ExplainReport): void => {
    assert.ok(report.rustc.known > 0);
    assert.equal(report.rustc.agreeing, report.rustc.known);
    assert.deepEqual(report.findings, []);
    assert.deepEqual(report.warnings, []);
    for (const { verdict, reason, name } of report.modules) {
      if (verdict !== "re-compiled") assert.ok(verdict === "gone" || reason.kind === "key-equal", `${name}: ${reason.kind}`);
      else if (reason.kind !== "key-equal-but-not-cached") assert.ok(reason.causes.length > 0, `${name}: ${reason.kind} has no cause`);
      if (reason.causes.length > 0) assert.ok(reason.fact.known, `${name}: ${reason.fact.text}`);
      for (const id of reason.causes) assert.ok(verdict === "gone" || report.causes.some((cause) => cause.id === id));
    }
  };

  const ownModules = ({ modules }: ExplainReport): ExplainedModule[] =>
    modules.filter(({ origin, verdict }) => origin === "local" && verdict === "re-compiled");

  const code = (title: RegExp): Edit["causes"] => [{ kind: "code-changed", title }];

  const edits: readonly Edit[] = [
    {
      name: "a private function that was copied into the caller",
      profile: "local",
      change: () => edit(BARS, "{:>7.1} %", "{:>8.1} %"),
      causes: code(
        /^`crates\/textstats\/src\/bars\.rs` was edited \(fn `percentage`\), and with it `textstats::bars::bar` in crate `textstats` changed$/,
      ),
      kinds: ["own-code-changed", "imports-changed"],
      effect: /^1 module re-compiled for itself, \d+ because (?:it imports|they import) from it$/,
    },
    {
      name: "visibility, which does not change the code",
      profile: "local",
      change: () => edit(BARS, "pub fn cells", "fn cells"),
      causes: [{ kind: "recompiled-unchanged", title: /^Something in crate `textstats` changed that left no trace in the bitcode/ }],
      kinds: ["key-equal-but-not-green"],
    },
    {
      name: "#[inline(never)]",
      profile: "local",
      change: () => edit(BARS, "fn percentage", "#[inline(never)]\nfn percentage"),
      causes: code(/^`crates\/textstats\/src\/bars\.rs` was edited: `textstats::bars::percentage` in crate `textstats` came$/),
      kinds: ["own-code-changed", "imports-changed"],
    },
    {
      name: "#[used]",
      profile: "local",
      change: () => edit(BARS, "/// How many of a number", "#[used]\nstatic BARS_VERSION: u32 = 7;\n\n/// How many of a number"),
      causes: code(/^`crates\/textstats\/src\/bars\.rs` was edited \(static `BARS_VERSION`\) in crate `textstats`$/),
      kinds: ["own-code-changed", "imports-changed"],
    },
    {
      name: "a function with another name",
      profile: "local",
      change: async () => {
        const text = await readFile(join(workspace, BARS), "utf8");
        await writeFile(join(workspace, BARS), text.replaceAll("percentage(", "percent_text("));
      },
      causes: code(
        /^`crates\/textstats\/src\/bars\.rs` was edited: `textstats::bars::percentage` became `textstats::bars::percent_text` and `textstats::bars::bar` changed in crate `textstats`$/,
      ),
      kinds: ["own-code-changed", "imports-changed"],
    },
    {
      name: "functions in another order",
      profile: "local",
      change: async () => {
        const moved = `fn percent_text(share: f64) -> String {\n    format!("{:>8.1} %", share * 100.0)\n}\n`;
        await edit(BARS, `#[inline(never)]\n${moved}`, "");
        await edit(BARS, "/// A bar for a share", `#[inline(never)]\n${moved}\n/// A bar for a share`);
      },
      causes: [],
      kinds: [],
    },
    {
      name: "a function that becomes too large to be imported",
      profile: "local",
      change: () =>
        edit(BARS, "    let mut text =", '    for _ in 0..filled {\n        eprint!("{filled}{share}");\n    }\n    let mut text ='),
      causes: code(/^`crates\/textstats\/src\/bars\.rs` was edited: `textstats::bars::bar` in crate `textstats` changed$/),
      kinds: ["own-code-changed", "imports-changed"],
      facts: [
        /^`textstats::bars::bar` grew from \d\d to 1\d\d instructions; the import limit is 100\.$/,
        /; the import limit is 100, so this module no longer imports it from `textstats::bars`\.$/,
      ],
    },
    {
      name: "a file that was touched",
      profile: "local",
      change: () => utimes(join(workspace, BARS), new Date(), new Date()),
      causes: [],
      kinds: [],
    },
    {
      name: "a session that was deleted",
      profile: "local",
      change: async () => {
        const targets = join(cli.store, "targets");
        for (const hash of await readdir(targets)) {
          await rm(join(targets, hash, "target", "local", "incremental"), { recursive: true, force: true });
        }
        await edit(MAIN, "//! Prints", "//! It prints");
      },
      causes: [{ kind: "session-gone", title: /^rustc's incremental session was gone$/ }],
      kinds: ["output-missing"],
    },
    {
      name: "the opt level",
      profile: "local",
      change: () => edit("Cargo.toml", 'inherits = "release"\nlto = false', 'inherits = "release"\nlto = false\nopt-level = 2'),
      causes: [{ kind: "settings-changed", title: /^`opt-level` changed from 3 to 2$/ }],
      kinds: ["settings-changed"],
      effect: /^\d+ modules re-compiled$/,
    },
    {
      name: "the target CPU",
      profile: "local",
      change: () => Promise.resolve(),
      env: { RUSTFLAGS: "-C target-cpu=x86-64-v2" },
      causes: [{ kind: "settings-changed", title: /^`target-cpu` changed from \(default\) to x86-64-v2$/ }],
      kinds: ["settings-changed"],
    },
    {
      name: "a comment in a dependency, which is rebuilt",
      profile: "release",
      change: () => edit(WORDS, "//! Cuts text into words.", "//! Cuts a text into words."),
      causes: [],
      kinds: [],
    },
    {
      name: "the body of a function that another crate imports",
      profile: "release",
      change: () => edit(LENGTHS, "part as f64 / whole as f64", "part as f64 * 2.0 / whole as f64"),
      causes: code(/^`crates\/text-stats\/src\/lengths\.rs` was edited: `text_stats::lengths::ratio` in crate `text_stats` changed$/),
      kinds: ["imports-changed"],
      effect: /^1 module re-compiled for itself, \d+ because they import from it/,
    },
    {
      name: "a new caller in another crate",
      profile: "release",
      change: () => edit(MAIN, "    Ok(())\n", '    println!("{}", text_core::words::trim_apostrophes(&text));\n    Ok(())\n'),
      causes: code(
        /^`crates\/textstats\/src\/main\.rs` was edited \(fn `run`\), and with it `textstats::main` in crate `textstats` changed$/,
      ),
      kinds: ["own-code-changed"],
    },
  ];

  const units = new Map<string, string>();

  for (const [index, { name, profile, change, env, causes, kinds, effect, facts = [] }] of edits.entries()) {
    it(`names the cause: ${name}`, async () => {
      if (edits[index - 1]?.profile !== profile) {
        const unit = await capture(profile);
        const first = await cli.report<ExplainReport>(["explain", unit]);
        assert.equal(first.against, null);
        assert.ok(first.modules.every(({ reason }) => reason.kind === "nothing-to-compare"));
        units.set(profile, unit);
      }
      await change();
      const unit = await capture(profile, env);
      const before = units.get(profile) ?? assert.fail("nothing was captured");
      // Other flags for rustc make another unit, which has no earlier build.
      assert.equal(unit === before, env === undefined);
      const report = await cli.report<ExplainReport>(["explain", unit, ...(unit === before ? [] : ["--against", before])]);
      accountedFor(report);
      const said = report.causes.map(({ kind, title }) => `${kind}: ${title}`).join("\n");
      for (const [at, expected] of causes.entries()) {
        assert.equal(report.causes[at]?.kind, expected.kind, said);
        assert.match(report.causes[at].title, expected.title);
      }
      if (causes.length === 0) assert.equal(said, "");
      if (effect !== undefined) assert.match(report.causes[0]?.effect ?? "", effect);
      for (const fact of facts) {
        const own = ownModules(report).map(({ reason }) => reason.fact.text);
        assert.ok(
          own.some((text) => fact.test(text)),
          `${String(fact)}: ${own.join("\n")}`,
        );
      }
      const found = new Set(ownModules(report).map(({ reason }) => reason.kind));
      assert.deepEqual(
        [...kinds].filter((kind) => !found.has(kind)),
        [],
        `found: ${[...found].join(", ")}`,
      );
      if (kinds[0] !== "output-missing") {
        assert.deepEqual(
          [...found].filter((kind) => !kinds.includes(kind)),
          [],
        );
      }
    });
  }

  it("explains one module with all differences, and says how the cause reached it", async () => {
    const unit = units.get("release") ?? assert.fail("nothing was captured");
    const whole = await cli.report<ExplainReport>(["explain", `${unit}@3`]);
    assert.match(whole.causes[0]?.title ?? "", /ratio/);
    const importer = ownModules(whole)[0] ?? assert.fail("nothing was re-compiled");
    const report = await cli.report<ExplainReport>(["explain", `${unit}@3`, importer.name]);
    assert.deepEqual(
      report.modules.map((module) => module.name),
      [importer.name],
    );
    const ratio = importer.differences.find(({ what, name }) => what === "import" && name === "text_stats::lengths::ratio");
    assert.equal(ratio?.change, "source-changed");
    assert.match(ratio.after ?? "", /^\d+ instructions$/);
    assert.match(importer.reason.chain.join("\n"), /ratio` .*in crate `text_stats` changed\nimports `text_stats::lengths::ratio` from/);
    assert.ok(importer.parts.includes("imports") && !importer.parts.includes("module"));
    const words = await cli.run(["explain", `${unit}@3`]);
    assert.match(
      words.stdout,
      /^1\. `[^`]+\/lengths\.rs` was edited: `text_stats::lengths::ratio` in crate `text_stats` changed → 1 module re-compiled for itself/m,
    );
    assert.match(words.stdout, /rustc's log agrees on (\d+) of \1 decisions\./);
    const single = await cli.run(["explain", `${unit}@3`, importer.name]);
    assert.match(single.stdout, /parts of the key that differ: imports/);
  });

  it("compares a build with another one, a run, and a build of other settings", async () => {
    const unit = units.get("release") ?? assert.fail("nothing was captured");
    const older = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--against", `${unit}@1`]);
    assert.equal(older.against?.name, `${unit}@1`);
    assert.match(older.causes[0]?.title ?? "", /ratio/);
    const run = await cli.report<RunReport>(["thin", `${unit}@2`, "--analyze"]);
    assert.ok(run.modules.length > 0);
    const [name] = (await readdir(join(cli.store, "runs"))).filter((id) => !id.startsWith("."));
    const against = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--against", name ?? ""]);
    assert.equal(against.against?.name, name);
    assert.match(against.causes[0]?.title ?? "", /ratio/);
    const other = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--against", units.get("local") ?? ""]);
    assert.equal(other.causes[0]?.kind, "settings-changed");
    await cli.error(["explain", unit, "--against", "20260101T000000-00000000"], 3);
    await cli.error(["explain", unit, "--against", "no-such-unit"], 3);
    await cli.error(["explain", unit, "no-such-module"], 3);
  });

  it("names another LLVM", async (context) => {
    const unit = units.get("local") ?? assert.fail("nothing was captured");
    const release = (await listUnits(cli.store)).find(({ id }) => id === unit)?.toolchain.release ?? "";
    const others = (await findToolchains()).map(({ toolchain }) => toolchain);
    const other = others.find((toolchain) => toolchain.llvmVersion.startsWith("22.1.") && toolchain.release !== release);
    if (other === undefined) {
      context.skip("there is one toolchain only");
      return;
    }
    const ended = await cli.run(["capture", workspace, "--profile", "local", "--toolchain", other.rustc]);
    assert.equal(ended.code, 0, ended.stderr);
    const report = await cli.report<ExplainReport>(["explain", ended.stdout.trim().split("\n").at(-1) ?? "", "--against", unit]);
    assert.equal(report.causes[0]?.kind, "llvm-changed");
    assert.ok(report.causes[0].title.includes(`rustc ${release} became ${other.release}`), report.causes[0].title);
    assert.deepEqual(new Set(ownModules(report).map(({ reason }) => reason.kind)), new Set(["llvm-changed"]));
  });

  it("predicts the cost of an edit correctly", async () => {
    const unit = units.get("release") ?? assert.fail("nothing was captured");
    const report = await cli.report<IfChangedReport>(["explain", `${unit}@2`, "--if-changed", "lengths::ratio"]);
    const happened = await cli.report<ExplainReport>(["explain", `${unit}@3`]);
    const short = (names: readonly string[]): string[] => names.map((name) => name.replace(/\.[0-9a-z]{7}(?=\.rcgu\.o$)/, "")).sort();
    assert.deepEqual(short(report.ifChanged?.itself ?? []), short(happened.causes[0]?.itself ?? []));
    assert.deepEqual(short(report.ifChanged?.importers ?? []), short(happened.causes[0]?.importers ?? []));
    assert.equal(report.ifChanged?.cacheable, ownModules(happened).length);
    const ranks = report.contagious.map(({ cacheable }) => cacheable);
    assert.deepEqual(
      ranks,
      ranks.toSorted((left, right) => right - left),
    );
    assert.ok(report.contagious.every(({ name }) => /^<*text/.test(name)));
    const module = await cli.report<IfChangedReport>(["explain", unit, "--if-changed", report.ifChanged.itself[0] ?? ""]);
    assert.equal(module.ifChanged?.what, "module");
    await cli.error(["explain", unit, "--if-changed", "no_such_function"], 3);
  });

  it("audits what rustc re-used, and reports a wrong re-use", async () => {
    const unit = units.get("release") ?? assert.fail("nothing was captured");
    const sound = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--audit"]);
    const { reused, identical, sameText, different, notKept } = sound.audit ?? assert.fail("there was no audit");
    assert.ok(reused > 0);
    assert.deepEqual({ identical, sameText, different, notKept }, { identical: reused, sameText: 0, different: 0, notKept: 0 });
    assert.equal(sound.counts.reused, reused);
    // One module's output is replaced by another's, as if rustc had re-used a stale one.
    const [stale, other] = sound.modules.filter(({ verdict }) => verdict === "re-used").map(({ name }) => name);
    const origin = await loadUnit(cli.store, `${unit}@1`);
    const file = (name = ""): string => origin.rustcStages[name]?.["thin-lto-after-pm"] ?? assert.fail(`no output of ${name}`);
    const kept = await readFile(file(stale));
    await rm(file(stale));
    await writeFile(file(stale), await readFile(file(other)));
    const alarm = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--audit"], 1);
    assert.equal(alarm.audit?.different, 1);
    assert.deepEqual(
      alarm.findings.map(({ kind, module }) => ({ kind, module })),
      [{ kind: "wrong-reuse", module: stale }],
    );
    assert.ok(alarm.findings[0]?.detail.includes(`${unit}@1`));
    const one = await cli.run(["explain", `${unit}@3`, stale ?? "", "--audit"]);
    assert.equal(one.code, 1);
    assert.match(one.stdout, /^audit: 1 re-used module rebuilt: .*1 different: wrongly re-used$/m);
    await truncate(file(stale), 100);
    const damaged = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--audit"]);
    assert.equal(damaged.audit?.notKept, 1, "a file that cannot be read is not reported as a wrong re-use");
    assert.ok(damaged.findings.some(({ kind, detail }) => kind === "not-available" && detail.includes(file(stale))));
    await rm(file(stale));
    const lost = await cli.report<ExplainReport>(["explain", `${unit}@3`, "--audit"]);
    assert.equal(lost.audit?.notKept, 1);
    await writeFile(file(stale), kept);
  });

  it("does not compare sessions whose files rustc has overwritten", async () => {
    const incremental = join(scratch, "incremental");
    const build = (): void => {
      const args = ["-O", "-C", "codegen-units=4", "-C", `incremental=${incremental}`, "--crate-type=lib", "--crate-name=demo"];
      const built = spawnSync("rustc", [...args, "--out-dir", join(scratch, "out"), join(scratch, "demo.rs")], { encoding: "utf8" });
      assert.equal(built.status, 0, built.stderr);
    };
    const source = (
      factor: number,
    ): string => `pub mod a { #[inline(never)] pub fn scaled(x: u32) -> u32 { x.wrapping_mul(${factor}).rotate_left(5) } }
pub mod b { #[inline(never)] pub fn twice(x: u32) -> u32 { crate::a::scaled(x) ^ crate::a::scaled(x + 1) } }\n`;
    for (const factor of [3, 5]) {
      await writeFile(join(scratch, "demo.rs"), source(factor));
      build();
    }
    const [crate] = await readdir(incremental);
    const sessions = (await readdir(join(incremental, crate ?? ""))).filter((name) => /^s-[^.]+$/.test(name)).sort();
    const latest = join(incremental, crate ?? "", sessions.at(-1) ?? "");
    const report = await cli.report<ExplainReport>(["explain", latest]);
    assert.equal(report.against, null);
    assert.ok(report.modules.every(({ reason }) => reason.kind === "nothing-to-compare"));
    assert.match(report.warnings.join("\n"), /hard-links/);
    const earlier = sessions.at(-2);
    if (earlier !== undefined) await cli.error(["explain", latest, "--against", join(incremental, crate ?? "", earlier)], 3);
  });

  it("keeps little data beside captures and runs to explain later builds", async () => {
    const unit = units.get("release") ?? assert.fail("nothing was captured");
    const { size } = await stat(join(cli.store, "captures", unit, "1", "key-components.json.gz"));
    const { modules } = await cli.report<ExplainReport>(["explain", `${unit}@1`]);
    // A thousand modules take less than 5 MB.
    assert.ok(size < modules.length * 5000, `${size} bytes for ${modules.length} modules`);
  });
});
