/** The symbols that rustc preserves in a crate, which are read only once while their files do not change. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { stampOf } from "../../src/core/base/file-digest.js";
import { closeCore, createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { crateSymbolsOf, type CrateSymbols } from "../../src/core/producers/rust/crate-symbols.js";
import { readingEngine } from "../../src/core/replay/reading-engine.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { runTool, skipWithout } from "../support/llvm-tools.js";
import { until } from "../support/patience.js";
import { LIST, LISTED_OBJECTS } from "../support/listed-objects.js";

const TEXT = `define void @kept() { ret void }
define internal void @hidden() { ret void }
define available_externally void @elsewhere() { ret void }
declare void @declared()
@__llvm_profile_runtime = global i32 0
`;

describe("the symbols that rustc preserves in a crate", { skip: skipWithout("opt-22") }, () => {
  let scratch = "";
  let core: CoreContext;
  let unit: UnitManifest;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-crate-symbols-"));
    core = createCore({ storeRoot: join(scratch, "store") });
    await write(TEXT);
    await writeFile(join(scratch, LIST), "");
    unit = { ...(await LISTED_OBJECTS.left.read(scratch)), preservedFiles: [join(scratch, "m.bc")], decisions: decided(1) };
  });

  after(async () => {
    await closeCore(core);
    await rm(scratch, { recursive: true, force: true });
  });

  async function write(text: string): Promise<void> {
    await writeFile(join(scratch, "m.ll"), text);
    runTool("opt-22", ["m.ll", "-o", "m.bc"], scratch);
  }

  function decided(preservedSymbols: number): UnitManifest["decisions"] {
    const none = { previousKeys: null, currentKeys: {}, verdicts: {}, localModules: [], upstreamOrCachedModules: [] };
    return { ...none, preservedSymbols };
  }

  /** @param signal if it is already aborted, every request fails */
  const symbols = async (of = unit, signal?: AbortSignal): Promise<CrateSymbols> =>
    crateSymbolsOf(of, await readingEngine(core, "auto"), signal);
  const isCancelled = (error: unknown): boolean => isLtoError(error, "Cancelled");

  it("are the external definitions, or none if rustc's count differs", async () => {
    assert.deepEqual(await symbols(), { symbols: ["kept"], warnings: [] });
    assert.deepEqual(await symbols({ ...unit, decisions: decided(2) }), { symbols: null, warnings: [] });
  });

  it("are read once while the files are the same", async () => {
    await until("a time that the next change will show against", async () => (await stampOf(join(scratch, "m.bc"))).settled);
    await symbols();
    assert.deepEqual(await symbols(unit, AbortSignal.abort()), { symbols: ["kept"], warnings: [] });
    await write(TEXT.replace("@kept", "@other"));
    await assert.rejects(symbols(unit, AbortSignal.abort()), isCancelled);
    assert.deepEqual((await symbols()).symbols, ["other"]);
  });

  it("are unknown if a file is missing, with a warning", async () => {
    await rm(join(scratch, "m.bc"));
    const { symbols: none, warnings } = await symbols();
    assert.equal(none, null);
    assert.match(warnings.join(), /^The files with the symbols that rustc preserves cannot be read: .*m\.bc/);
  });
});
