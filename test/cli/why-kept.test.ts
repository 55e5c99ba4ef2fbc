/** `why-kept` on real builds: each link of every chain is in the text of the stages, which is read independently. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { KeptLink, RootKind, WhyKeptReport } from "../../src/protocol/why-kept.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { KEPT } from "../support/kept-program.js";
import { copyCaptures, type SharedBuild } from "../support/shared-captures.js";

const build = (name: string, ...options: string[]): SharedBuild => ({ name: `kept-${name}`, program: KEPT, captures: [{ options }] });

/** A symbol, and what keeps it in every mode. */
interface Row {
  readonly symbol: string;
  /** The kinds of the root; undefined: the symbol is gone. */
  readonly root?: readonly RootKind[];
  /** How the last link is referred to. */
  readonly last?: KeptLink["kind"];
  /** Nothing refers to it any more: the chain is that before the passes. */
  readonly unreferenced?: true;
}

const OF_APP: readonly Row[] = [
  { symbol: "app::generic", root: ["entry"], last: "call" },
  { symbol: "<app::plugins::Second as app::plugins::Plugin>::describe", root: ["entry"], last: "vtable" },
  { symbol: "app::plugins::heavy", root: ["entry"], last: "call" },
  { symbol: "app::table::pointed", root: ["entry"], last: "initializer" },
  { symbol: "app::NOTE", root: ["used"], last: "root" },
  { symbol: "app::main::{{closure}}", root: ["entry"], last: "vtable" },
];

const OF_OTHERS: readonly Row[] = [
  { symbol: "exported", root: ["exported-to-c", "outside"], last: "root" },
  { symbol: "rt_target", root: ["exported-to-c", "assembly"], last: "root" },
  { symbol: "rt_trampoline", root: ["assembly"], last: "root" },
  { symbol: "rt::call", root: ["entry"], last: "call" },
  { symbol: "rt::never_called" },
  { symbol: "rt::end", root: ["entry"], last: "call" },
  { symbol: "core::fmt::write", root: ["entry"], last: "call" },
];

const MODES = [
  {
    mode: "thin",
    options: [],
    rows: [...OF_APP, ...OF_OTHERS, { symbol: "rt::between", root: ["entry"], last: "call", unreferenced: true }],
  },
  { mode: "thin-local", options: ["--lto", "thin-local"], rows: OF_APP },
  { mode: "fat", options: ["--lto", "fat"], rows: [...OF_APP, ...OF_OTHERS, { symbol: "rt::between" }] },
] as const satisfies readonly { readonly mode: string; readonly options: readonly string[]; readonly rows: readonly Row[] }[];

/** The text of one definition in a module's. */
function definitionIn(text: string, symbol: string): string {
  const names = symbol.startsWith("@") ? [symbol] : [`@${symbol}`, `@"${symbol}"`];
  const lines = text.split("\n");
  const variable = lines.find((line) => names.some((name) => line.startsWith(`${name} = `)));
  if (variable !== undefined) return variable;
  const first = lines.findIndex((line) => line.startsWith("define ") && names.some((name) => line.includes(` ${name}(`)));
  assert.ok(first >= 0, `${symbol} is not defined`);
  return lines.slice(first, lines.indexOf("}", first)).join("\n");
}

for (const { mode, options, rows } of MODES) {
  describe(`why-kept of ${mode} LTO`, { skip: skipWithoutRust }, () => {
    let scratch = "";
    let cli: TestCli;
    let unit = "";
    const texts = new Map<string, Promise<string>>();

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "lto-inspector-kept-"));
      cli = new TestCli(join(scratch, "store"));
      ({ unit } = await copyCaptures(build(mode, ...options), cli.store));
    });

    after(async () => {
      await rm(scratch, { recursive: true, force: true });
    });

    const textOf = (module: string, stage: string): Promise<string> => {
      const key = `${module}\n${stage}`;
      const known = texts.get(key) ?? cli.run(["show", unit, module, "--stage", stage, "--hide", "none"]).then(({ stdout }) => stdout);
      texts.set(key, known);
      return known;
    };

    /** Asserts that the definition of one link mentions the next. */
    const assertMentions = async (from: KeptLink, to: KeptLink, stage: string): Promise<void> => {
      const text = await textOf(from.module, stage);
      const own = from.symbol === "" ? text.replaceAll(/^(?!module asm).*$/gm, "") : definitionIn(text, from.symbol);
      assert.ok(own.includes(to.symbol), `${from.name} does not mention ${to.symbol} at ${stage}`);
    };

    const assertChain = async ({ chain, stage }: WhyKeptReport): Promise<void> => {
      let lasting: KeptLink | undefined;
      let previous: KeptLink | undefined;
      for (const link of chain) {
        if (link.kind === "inlined" && link.stage === stage) {
          // Only debug info has it.
          assert.ok((await textOf(link.module, stage)).includes(`"${link.symbol}"`), `${link.name} is not in the debug info`);
          continue;
        }
        // Of a function that the passes inlined, the stage before them has both references.
        if (previous !== undefined) await assertMentions(previous, link, previous.kind === "inlined" ? previous.stage : link.stage);
        previous = link;
        if (link.kind === "inlined") continue;
        if (lasting !== undefined) await assertMentions(lasting, link, link.stage);
        lasting = link;
      }
    };

    for (const { symbol, root, last, unreferenced } of rows as readonly Row[]) {
      it(`says of ${symbol} ${root === undefined ? "since when it is gone" : `that the root is ${root.join(" and ")}`}`, async () => {
        const report = await cli.report<WhyKeptReport>(["why-kept", unit, symbol]);
        if (root === undefined) {
          const [gone] = report.gone;
          assert.ok(gone !== undefined, JSON.stringify(report.chain));
          assert.ok(gone.cause.length > 0);
          assert.equal(report.found, null);
          return;
        }
        assert.deepEqual(report.root?.kinds, root);
        assert.equal(report.chain.at(-1)?.kind, last);
        assert.equal(report.unreferenced !== null, unreferenced === true);
        assert.equal(report.chain.at(-1)?.symbol, report.found?.symbol);
        assert.equal(report.chain[0]?.kind, "root");
        await assertChain(report);
      });
    }

    it("names vtables by their types, and what the compiler inlined in between", async () => {
      const { chain } = await cli.report<WhyKeptReport>(["why-kept", unit, "app::plugins::heavy"]);
      const names = chain.map(({ name }) => name);
      const wanted = ["main", "app::main", "app::plugins::pick", "app::plugins::ALL", "vtable of Second for app::plugins::Plugin"];
      assert.deepEqual(
        names.filter((name) => wanted.includes(name)),
        wanted,
      );
    });

    it("tells what the passes inlined in between", { skip: mode === "thin-local" && "rt takes no part" }, async () => {
      const { chain, hints } = await cli.report<WhyKeptReport>(["why-kept", unit, "rt::end"]);
      assert.deepEqual(chain.map(({ name, kind }) => [name, kind]).slice(-2), [
        ["rt::between", "inlined"],
        ["rt::end", "call"],
      ]);
      assert.deepEqual(hints, []);
      // Unlike app, rt has no line tables.
      const ofLast = await cli.report<WhyKeptReport>(["why-kept", unit, "rt::last"]);
      assert.match(ofLast.hints.join(), /^Functions that the compiler inlined before LTO can be missing: rt::call has no line tables/);
    });

    it("lists every preserved symbol with a reason", async () => {
      const { roots } = await cli.report<WhyKeptReport>(["why-kept", unit, "--roots"]);
      assert.ok(roots.every(({ why }) => why.length > 0));
      const kindsOf = (symbol: string): readonly RootKind[] | undefined => roots.find((root) => root.symbol === symbol)?.kinds;
      assert.deepEqual(kindsOf("main"), ["entry"]);
      assert.deepEqual(kindsOf("exported"), ["exported-to-c"]);
      assert.equal(kindsOf("__llvm_profile_counter_bias")?.[0], "instrumentation");
    });

    it("refuses names that no module has", async () => {
      assert.equal((await cli.error(["why-kept", unit, "no_such_function"], 3)).name, "UnknownFunction");
      assert.equal((await cli.error(["why-kept", unit, "main", "--stage", "none"], 2)).name, "UnknownStage");
      assert.equal((await cli.error(["why-kept", unit], 2)).name, "Usage");
    });
  });
}
