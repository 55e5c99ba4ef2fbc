/** Reports about builds that fail or do no LTO. */
import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { latestCapture } from "../../src/core/store/captures.js";
import { notLinkedBecause } from "../../src/core/producers/rust/capture/not-linked.js";
import { RustcArguments } from "../../src/core/pipelines/rustc-args.js";
import { whyNoLto } from "../../src/core/producers/rust/capture/why-no-lto.js";
import { compareLinking, refusalOfRustc } from "../../src/core/verify/verify-fat.js";
import { configuredFlags } from "../../src/core/machine/cargo-config.js";

describe("a build that was not linked", () => {
  const unit = { id: "app-bin-01234567", name: "app (bin)", mode: "fat" } as const;
  const failed = (output: string): ReturnType<typeof notLinkedBecause> =>
    notLinkedBecause({ name: "BuildFailed", message: "", output }, unit);

  it("names what the linker missed, and suggests to search for a symbol of the user's crates", () => {
    const lld = ["error: linking with `cc` failed: exit status: 1", "  rust-lld: error: undefined symbol: __rustc::__rust_alloc"];
    const { message, help } = failed([...lld, "  rust-lld: error: undefined symbol: gen::plus::h57d89153d47ff7b4"].join("\n"));
    assert.match(
      message,
      /^app \(bin\) was not linked: .*linking with `cc` failed.*; undefined symbol: __rustc::__rust_alloc; undefined symbol: gen::plus/,
    );
    assert.match(help ?? "", /`lto-inspector find app-bin-01234567 gen::plus --stage restriction`/);
  });

  it("reads GNU ld's errors, and quotes what a shell would interpret", () => {
    const { help } = failed("error: linking with `cc` failed\n a.o: undefined reference to `<gen::A as T>::f'");
    assert.match(help ?? "", /find app-bin-01234567 '<gen::A as T>::f' --stage/);
    assert.match(failed("error: LLVM said no").message, /\(error: LLVM said no\)/);
  });
});

describe("fat LTO that fails in rustc", () => {
  const output = "warning: Linking globals named 'twice': symbol multiply defined!\n\nerror: failed to load bitcode of module";
  const unit = { id: "app-bin-01234567", name: "app (bin)", mode: "fat" } as const;
  const notLinked = notLinkedBecause({ name: "BuildFailed", message: "", output }, unit);
  const decisions = {
    verdicts: {},
    preservedSymbols: 2,
    previousKeys: {},
    currentKeys: {},
    localModules: [],
    upstreamOrCachedModules: [],
    linked: ["base", "b"],
  };
  const modules = ["base", "b", "c"].map((name) => ({ name }));

  it("names the symbol with two definitions", () => {
    assert.match(notLinked.help ?? "", /^Rename one of the two definitions of twice: `lto-inspector fat app-bin-01234567`/);
    assert.equal(refusalOfRustc({ notLinked, rustcStages: {} }), "Linking globals named 'twice': symbol multiply defined");
  });

  it("ends rustc's list at the module that it could not link", () => {
    const { counts, different } = compareLinking({ notLinked, rustcStages: {}, decisions }, modules);
    assert.deepEqual([counts, different], [{ rustc: 2, ours: 2, sameBase: true, sameOrder: true }, []]);
  });

  it("is not reported if rustc left stages, or failed for another reason", () => {
    const stages = { base: { "lto.input": "/base.lto.input.bc" } };
    const undefinedSymbol = notLinkedBecause({ name: "BuildFailed", message: "", output: "undefined symbol: x" }, unit);
    for (const [failure, rustcStages] of [
      [notLinked, stages],
      [undefinedSymbol, {}],
    ] as const) {
      assert.equal(refusalOfRustc({ notLinked: failure, rustcStages }), undefined);
      const { different } = compareLinking({ notLinked: failure, rustcStages, decisions }, modules);
      assert.deepEqual(
        different.map(({ module }) => module),
        ["c"],
      );
    }
  });
});

describe("why rustc does no LTO", () => {
  for (const [args, why] of [
    ["-C opt-level=3 -C codegen-units=1", /one codegen unit/],
    ["-C opt-level=3 -C linker-plugin-lto", /linker-plugin-lto/],
    ["-C opt-level=0", /not optimised/],
    ["-C lto=off -C opt-level=3", /-C lto=off/],
    ["-C opt-level=3 -Z thinlto=no", /thinlto/],
    ["-C opt-level=3", undefined],
    ["-C opt-level=3 -C lto=thin -C codegen-units=1", undefined],
  ] as const) {
    it(args, () => {
      const reason = whyNoLto(new RustcArguments(args.split(" ")));
      if (why === undefined) assert.equal(reason, undefined);
      else assert.match(reason?.why ?? "", why);
    });
  }
});

describe("flags for rustc", () => {
  it("come from the first variable that is set", async () => {
    const of = async (environment: NodeJS.ProcessEnv): Promise<readonly string[]> =>
      (await configuredFlags(tmpdir(), { cargo: "/nowhere/cargo", environment }, { target: "x86_64-unknown-linux-gnu", options: [] }))
        .flags;
    assert.deepEqual(await of({ CARGO_ENCODED_RUSTFLAGS: "-C\x1fa b", RUSTFLAGS: "-C c" }), ["-C", "a b"]);
    assert.deepEqual(await of({ RUSTFLAGS: " -C  c " }), ["-C", "c"]);
    assert.deepEqual(await of({ RUSTFLAGS: "" }), []);
  });
});

describe("the latest capture of a unit", () => {
  it("is the latest complete one", async () => {
    const store = await mkdtemp(join(tmpdir(), "latest-"));
    try {
      const write = async (capture: number, text: string): Promise<void> => {
        const folder = join(store, "captures", "a-bin-01234567", String(capture));
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, "manifest.json"), text);
      };
      assert.equal(await latestCapture(store, "a-bin-01234567"), undefined);
      await write(1, '{"complete":false}');
      assert.equal(await latestCapture(store, "a-bin-01234567"), 1);
      await write(2, '{"complete":true}');
      await write(3, '{"complete":false}');
      assert.equal(await latestCapture(store, "a-bin-01234567"), 2);
      await write(4, "damaged");
      assert.equal(await latestCapture(store, "a-bin-01234567"), 4);
    } finally {
      await rm(store, { recursive: true });
    }
  });
});
