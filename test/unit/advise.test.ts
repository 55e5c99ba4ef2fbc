/** What `advise` computes: settings, the order of runs, intervals and verdicts. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { judged, orderOf, verdictOf, type Run } from "../../src/core/advise/benchmark.js";
import { captureOptionsOf } from "../../src/core/advise/build-setting.js";
import { judgedEstimates, type Estimates } from "../../src/core/advise/criterion.js";
import { readReport, removeReport, savedReports, saveReport } from "../../src/core/advise/saved.js";
import { DEFAULT_SETTINGS, needsBuild, parseSetting, snippetOf } from "../../src/core/advise/settings.js";
import type { AdvisedSetting, AdviseReport } from "../../src/protocol/advise.js";
import { paretoFront } from "../../src/protocol/advise-picture.js";
import { advisePage } from "../../src/core/views/advise-page.js";
import { criticalRank, quantile, ratioInterval } from "../../src/core/advise/statistics.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { adviseColumns, sortedBy } from "../../src/protocol/advise-table.js";

const NOT_COUNTED = { userMillis: null, instructions: null } as const;

/** Runs of which only the time is known. */
function runs(times: readonly number[]): Run[] {
  return times.map((millis) => ({ millis, ...NOT_COUNTED }));
}

describe("a setting", () => {
  it("is a build of its own, a replay, or both", () => {
    assert.deepEqual(parseSetting("lto=fat,codegen-units=1"), {
      ...{ name: "lto=fat,codegen-units=1", build: { lto: "fat", codegenUnits: 1 } },
      ...{ ltoLevel: null, llvmArgs: [] },
    });
    assert.deepEqual(parseSetting("-import-instr-limit=10").llvmArgs, ["-import-instr-limit=10"]);
    assert.deepEqual(parseSetting("opt-level=z, inline-threshold=5").llvmArgs, ["-inline-threshold=5"]);
    assert.deepEqual(
      ["lto=off", "lto-opt-level=s", "import-instr-limit=0"].map((text) => needsBuild(parseSetting(text))),
      [true, false, false],
    );
    for (const text of DEFAULT_SETTINGS) assert.equal(parseSetting(text).name, text);
  });

  for (const [text, why] of [
    ["fat", "NAME=VALUE"],
    ["lto=thick", "none of off, "],
    ["codegen-units=0", "a number from 1"],
    ["opt-level=4", "none of 0, 1"],
    ["lto=fat,", "NAME=VALUE"],
    ["a=b c", "NAME=VALUE"],
  ] as const) {
    it(`is refused if it is wrong: ${text}`, () => {
      assert.throws(() => parseSetting(text), new RegExp(why));
    });
  }
});

describe("a captured unit", () => {
  const unit = {
    ...{ workspace: "/w", profile: "release", deviations: [], commandLine: ["--crate-name", "demo", "--target", "wasm32-wasip1"] },
    scope: { folder: "app", bins: ["demo"], features: ["--all-features"], targets: ["i686-pc-windows-gnu", "wasm32-wasip1"] },
  };
  const withToolchain = (toolchain: string | null): typeof unit => ({ ...unit, scope: { ...unit.scope, ...{ toolchain } } });

  it("is built again for its own target, with the toolchain that the capture was asked for", () => {
    assert.deepEqual(captureOptionsOf(withToolchain(null), { toolchain: "nightly" }), {
      ...{ folder: "/w/app", profile: "release", bins: ["demo"], cargoArgs: ["--all-features", "--target=wasm32-wasip1"] },
    });
    assert.equal(captureOptionsOf(withToolchain("beta"), { toolchain: "nightly" }).toolchain, "beta");
    // By path, or by an earlier version.
    assert.equal(captureOptionsOf(unit, { toolchain: "nightly" }).toolchain, "nightly");
  });
});

describe("the lines to add for a setting", () => {
  for (const [text, lines] of [
    ["lto=thin-local,codegen-units=1", ["# Cargo.toml", "[profile.release]", "lto = false", "codegen-units = 1"]],
    ["opt-level=s", ["# Cargo.toml", "[profile.release]", 'opt-level = "s"']],
    ["opt-level=2", ["# Cargo.toml", "[profile.release]", "opt-level = 2"]],
    ["import-instr-limit=10", ["# .cargo/config.toml", "[build]", 'rustflags = ["-Cllvm-args=-import-instr-limit=10"]']],
    // No build has these of LTO alone.
    ["lto-opt-level=s", null],
    ["lto=fat,inline-threshold=5", null],
  ] as const) {
    it(text, () => {
      assert.deepEqual(snippetOf(parseSetting(text), "release")?.split("\n") ?? null, lines);
    });
  }
});

const setting = (name: string, fileBytes: number, millis: number | null): AdvisedSetting => ({
  ...{ name, by: "replayed", unit: "demo-bin-1@1", lto: "thin", optLevel: "3", llvmArgs: [], buildMillis: null, ltoMillis: 1000 },
  ...{ linkMillis: 10, peakMemoryBytes: 1e8, identical: null, fileBytes, textBytes: fileBytes / 2, sections: [], crates: [] },
  ...{ edits: null, symbols: [], inlined: null },
  ...{ output: "/tmp/x", sameOutputAs: null, snippet: 'lto = "<fat>"', kept: false },
  benchmark:
    millis === null
      ? null
      : { medianMillis: millis, quartiles: [millis, millis], runs: 15, ...NOT_COUNTED, verdict: "faster", ratio: [0.9, 0.95] },
});
const report = (settings: readonly AdvisedSetting[]): AdviseReport => ({
  ...{ schema: 1, command: "advise", failed: [], bench: null, criterion: null, inlining: null, notVaried: ["panic"], warnings: [] },
  unit: { id: "demo-bin-1@1", name: "demo <bin>", crateTypes: ["bin"], profile: "release", mode: "thin" },
  settings,
});

describe("the page of advise", () => {
  it("shows names as text, and loads nothing", () => {
    const page = advisePage(report([setting('a<script>"&\u{202e}', 100, 5), setting("b", 200, 3)]));
    assert.ok(page.includes("a&lt;script&gt;&quot;&amp;\\u{202e}"), page.slice(0, 3000));
    assert.ok(page.includes("demo &lt;bin&gt;: settings of LTO"));
    assert.ok(page.includes("lto = &quot;&lt;fat&gt;&quot;"));
    assert.doesNotMatch(page, /<script|src=|href=|url\(|@import/);
  });

  it("has a picture of what can be compared, and names the best", () => {
    const page = advisePage(report([setting("small", 100, 5), setting("fast", 200, 3), setting("neither", 250, 4)]));
    assert.match(page, /settings on the line: small, fast\./);
    assert.equal(page.match(/<circle/g)?.length, 3);
    assert.match(advisePage(report([setting("a", 1, null), setting("b", 2, null)])), /time of LTO and code generation/);
    assert.doesNotMatch(advisePage(report([setting("alone", 1, 2)])), /<svg/);
  });

  it("draws the line through what nothing else is better than in both", () => {
    const items: [number, number][] = [
      [1, 5],
      [2, 2],
      [3, 2],
      [5, 1],
      [5, 5],
      [1, 5],
    ];
    assert.deepEqual(
      paretoFront(items, (item) => item),
      [items[0], items[1], items[3], items[5]],
    );
  });
});

describe("what a setting changes", () => {
  it("is also what an edit re-compiles, and the largest differences", () => {
    const edits = { modules: 40, reusable: 24, functions: 100, median: 2, most: 20, mostBy: "demo::<T>" };
    const [first, other] = [setting("a", 100, 5), { ...setting("b", 200, 3), edits, symbols: [{ name: "f<T>", before: 10, after: 4 }] }];
    const page = advisePage(report([first, { ...other, inlined: [{ name: "g", before: 0, after: 3 }] }]));
    assert.match(page, /re-compiles 2 of the 24 modules that rustc can re-use .median of 100 functions., at most 20 \(demo::&lt;T&gt;\)/);
    assert.match(page, /Every build re-compiles the other 16\./);
    assert.match(page, /in bytes: f&lt;T&gt; −6 \(10 → 4\)\.<br>Calls inlined more or less often: g \+3 \(0 → 3\)\./);
    assert.match(advisePage(report([first, { ...other, edits: { ...edits, reusable: 0 } }])), /An edit re-compiles all 40 modules/);
  });
});

describe("estimates of Criterion", () => {
  const estimates = (nanos: number): Estimates => new Map([["sum/10", { nanos, interval: [nanos * 0.99, nanos * 1.01] }]]);

  it("are compared by their intervals, and with what the first program shows against itself", () => {
    const [benchmark] = judgedEstimates(["a", "b", "c", "d"], [estimates(10), estimates(8), null, estimates(10.05)], estimates(10.1));
    assert.equal(benchmark?.id, "sum/10");
    assert.deepEqual(
      benchmark.estimates.map(({ setting, verdict }) => [setting, verdict]),
      [
        ["a", "baseline"],
        ["b", "faster"],
        ["c", "failed"],
        ["d", "no-difference"],
      ],
    );
    const [drifted] = judgedEstimates(["a", "b"], [estimates(10), estimates(8)], estimates(12));
    assert.equal(drifted?.estimates[1]?.verdict, "too-noisy");
    assert.equal(judgedEstimates(["a", "b"], [estimates(10), estimates(8)], null)[0]?.estimates[1]?.verdict, "too-few-runs");
  });

  it("are on the page and in the text", () => {
    const benchmarks = judgedEstimates(["a", "b"], [estimates(10), estimates(8)], estimates(10));
    const page = advisePage({
      ...report([setting("a", 1, null), setting("b", 2, null)]),
      criterion: { command: "{} --bench", benchmarks },
    });
    assert.match(page, /<h3>sum\/10<\/h3>[\s\S]*8\.00 ns<\/td><td>faster: −22 % to −18 %/);
    assert.match(page, /medians that Criterion estimates, with its intervals: \{\} --bench/);
  });
});

describe("the table of advise", () => {
  it("has columns of a benchmark only if there was one, and sorts by any; rows without a value are last", () => {
    const [one, two, three] = [setting("b", 300, 5), setting("a", 100, null), setting("c", 200, 3)];
    const made = report([one, two, three]);
    const ids = (of: AdviseReport): string[] => adviseColumns(of).map(({ id }) => id);
    assert.ok(!ids(made).includes("verdict"));
    const columns = adviseColumns({ ...made, bench: { command: "{}", rounds: 15, startMillis: 1, error: 0.01, noise: null } });
    const sorted = (id: string, descending: boolean): string[] => {
      const column = columns.find((each) => each.id === id) ?? assert.fail(id);
      return sortedBy(made.settings, column, descending).map(({ name }) => name);
    };
    assert.deepEqual(
      [sorted("setting", false), sorted("file", true)],
      [
        ["a", "b", "c"],
        ["b", "c", "a"],
      ],
    );
    assert.deepEqual(
      [sorted("run", false), sorted("run", true)],
      [
        ["c", "b", "a"],
        ["b", "c", "a"],
      ],
    );
    const change = columns.find(({ id }) => id === "change");
    assert.deepEqual(
      made.settings.map((each) => change?.text(each)),
      ["", "−67 %", "−33 %"],
    );
  });
});

/** Everything that a row and a report can have. */
const WHOLE: AdvisedSetting = {
  ...setting("lto=fat", 90, 4),
  edits: { modules: 4, reusable: 3, functions: 2, median: 1, most: 2, mostBy: "demo::f" },
  symbols: [{ name: "f", before: 1, after: 2, inlined: [{ name: "g", before: 0, after: 1 }] }],
  inlined: [{ name: "g", before: 0, after: 1 }],
};
const CHECKED: Pick<AdviseReport, "criterion" | "inlining"> = {
  criterion: {
    command: "{} --bench",
    benchmarks: [
      {
        id: "sum",
        noise: [0.9, 1.1],
        estimates: [{ setting: "as built", nanos: 8.5, interval: [8, 9], verdict: "baseline", ratio: null }],
      },
    ],
  },
  inlining: { code: { equal: 2, different: 1 }, notAvailable: [{ module: "m", what: "calls", why: "w" }] },
};

describe("a saved comparison", () => {
  it("is read again, listed with the latest first, and removed; what is damaged is not listed, and no other file is read", async () => {
    const root = await mkdtemp(join(tmpdir(), "lto-advice-"));
    try {
      const layout = storeLayout(root);
      const first = await saveReport(layout, report([setting("as built", 100, null)]));
      const second = await saveReport(layout, { ...report([setting("as built", 100, 5), WHOLE]), ...CHECKED, warnings: ["w"] });
      assert.deepEqual([second.name, second.unit, second.settings], ["demo <bin>", "demo-bin-1@1", ["lto=fat"]]);
      const read = await readReport(layout, second.id);
      assert.deepEqual([read.saved, read.report.warnings], [second, ["w"]]);
      assert.deepEqual(
        [read.report.settings[1], read.report.inlining, read.report.criterion],
        [WHOLE, CHECKED.inlining, CHECKED.criterion],
      );
      const listed = async (): Promise<string[]> => (await savedReports(layout)).map(({ saved }) => saved.id);
      assert.deepEqual(new Set(await listed()), new Set([first.id, second.id]));
      const ofUnit = async (unit: string): Promise<number> => (await savedReports(layout, unit)).length;
      assert.deepEqual([await ofUnit("demo-bin-1"), await ofUnit("demo-bin")], [2, 0]);
      await writeFile(join(layout.advice, `${second.id}.json`), "{");
      assert.deepEqual(await listed(), [first.id]);
      await assert.rejects(readReport(layout, second.id), (error) => isLtoError(error, "UnreadableFile"));
      await removeReport(layout, first.id);
      for (const id of [first.id, "../advice/demo-bin-1@1/x", "demo-bin-1/20200101T000000000Z-00000000", ""]) {
        await assert.rejects(readReport(layout, id), (error) => isLtoError(error, "NothingToInspect"), id);
      }
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});

describe("the signed-rank interval", () => {
  it("has the tabulated critical ranks", () => {
    // Tables list the largest sum with which the hypothesis is rejected, which is one less: 0 for n = 6 at 5 %, 8 for 10, 25 for 15, 52 for 20.
    const ranks = [5, 6, 10, 15, 20].map((n) => criticalRank(n, 0.025));
    assert.deepEqual(ranks, [0, 1, 9, 26, 53]);
  });

  it("contains the ratio, and follows no outlier", () => {
    const theirs = [10, 11, 10, 12, 10, 11, 10, 13, 10, 11, 12, 10, 11, 10, 10];
    const ours = theirs.map((time, round) => time * (round === 3 ? 9 : 1.1));
    const [low, high] = ratioInterval(ours, theirs, 0.05) ?? assert.fail("it is known");
    assert.ok(low <= 1.1 && 1.1 <= high && high < 1.11, `${low} to ${high}`);
    assert.equal(ratioInterval(ours.slice(0, 4), theirs.slice(0, 4), 0.05), null);
  });

  it("interpolates quantiles", () => {
    assert.deepEqual(
      [0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share)),
      [1, 1.75, 2.5, 4],
    );
  });
});

describe("a benchmark's verdict", () => {
  it("needs a difference that is larger than the noise", () => {
    const calm = [0.99, 1.01] as const;
    assert.equal(verdictOf([0.9, 0.95], calm), "faster");
    assert.equal(verdictOf([1.03, 1.2], calm), "slower");
    assert.equal(verdictOf([0.98, 1.02], calm), "no-difference");
    // Certain, but smaller than what a program shows against itself.
    assert.equal(verdictOf([0.993, 0.998], calm), "no-difference");
    assert.equal(verdictOf([0.5, 0.6], [1.01, 1.2]), "too-noisy");
    // Nothing is known: the programs may be equal, or one twice as fast.
    assert.equal(verdictOf([0.6, 2], [0.7, 1.5]), "too-noisy");
    assert.equal(verdictOf([0.5, 0.6], null), "too-few-runs");
  });

  it("withstands a load that comes and goes for all programs", () => {
    const rounds = 15;
    const load = Array.from({ length: rounds }, (_, round) => 1 + (round % 4) * 0.4);
    const jitter = (seed: number, round: number): number => 1 + 0.004 * Math.sin(seed * 7 + round * 13);
    const times = [10, 9, 10, 10].map((time, index) => load.map((factor, round) => time * factor * jitter(index, round)));
    const { results } = judged(times.map(runs), [], { command: "{}", rounds });
    assert.deepEqual(
      results.map(({ verdict }) => verdict),
      ["baseline", "faster", "no-difference"],
    );
  });

  it("is of the programs' own time, without that of starting them", () => {
    const rounds = 15;
    const list = (millis: number): number[] => Array.from({ length: rounds }, (_, round) => millis + 0.01 * Math.sin(round * 7 + millis));
    const { results } = judged([list(14), list(13), list(14)].map(runs), runs([10, 10, 10]), { command: "{}", rounds });
    const [low, high] = results[1]?.ratio ?? assert.fail("it is known");
    assert.ok(low < 0.75 && 0.75 < high, `${low} to ${high}`);
    assert.equal(results[1]?.verdict, "faster");
  });

  it("comes with time on processors and instructions, where every run has them", () => {
    const counted = (userMillis: number, instructions: number | null): Run[] =>
      [0, 1, 2].map((round) => ({ millis: 20, userMillis: userMillis + round, instructions }));
    const { results } = judged([counted(8, 1000), counted(5, null), counted(8, 1000)], counted(1, 100), { command: "{}", rounds: 3 });
    assert.deepEqual(
      results.map(({ userMillis, instructions }) => [userMillis, instructions]),
      [
        [7, 900],
        [4, null],
      ],
    );
  });

  it("is no verdict for a program that failed", () => {
    const list = Array.from({ length: 15 }, (_, round) => 10 + (round % 3) * 0.01);
    const { results } = judged([runs(list), null, runs(list)], runs([1]), { command: "{}", rounds: 15 });
    assert.deepEqual(results[1], { medianMillis: null, quartiles: null, runs: 0, ...NOT_COUNTED, verdict: "failed", ratio: null });
  });

  it("is of programs that follow each other in another order each time", () => {
    const orders = [0, 1, 2, 3].map((round) => orderOf(round, 4));
    for (const order of orders) {
      assert.deepEqual(
        order.toSorted((left, right) => left - right),
        [0, 1, 2, 3],
      );
    }
    assert.equal(new Set(orders.map(([first]) => first)).size, 4);
  });
});
