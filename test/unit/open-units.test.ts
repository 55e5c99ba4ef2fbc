/** Units that stay analysed for the next request: shared, cancelled, replaced and closed. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { LtoError } from "../../src/core/base/errors.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import type { OpenUnit } from "../../src/core/replay/open.js";
import { OpenUnits, type ReplayedBuild } from "../../src/core/replay/open-units.js";

const scratch = mkdtempSync(path.join(os.tmpdir(), "lto-open-units-"));
const core = createCore({ storeRoot: path.join(scratch, "store") });

after(async () => {
  await closeCore(core);
  await fs.rm(scratch, { recursive: true, force: true });
});

/** An analysis of a unit, which ends when the test says so. */
class Opening {
  readonly signal: AbortSignal | undefined;
  closed = 0;
  stale = false;
  #finish: (unit: OpenUnit) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  readonly unit: Promise<OpenUnit>;
  /** The check whether the files are the same waits for it. */
  checked: Promise<void> = Promise.resolve();

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal;
    this.unit = new Promise((resolve, reject) => {
      [this.#finish, this.#fail] = [resolve, reject];
    });
    signal?.addEventListener("abort", () => {
      this.fail("Cancelled");
    });
  }

  finish(): void {
    const check = async (): Promise<void> => {
      await this.checked;
      if (this.stale) throw new LtoError({ name: "FilesChanged", message: "A file was changed." });
    };
    const close = (): Promise<void> => Promise.resolve(void (this.closed += 1));
    this.#finish({ watch: { check }, engine: { runsWhatLiesThere: () => Promise.resolve(true) }, close } as unknown as OpenUnit);
  }

  fail(name: "Cancelled" | "UnreadableFile"): void {
    this.#fail(new LtoError({ name, message: "The analysis ended." }));
  }
}

describe("units that are kept open", () => {
  function kept(): { units: OpenUnits; openings: Opening[]; opening: (index: number) => Promise<Opening> } {
    const openings: Opening[] = [];
    const units = new OpenUnits(core, (_core, _build, signal) => {
      const opening = new Opening(signal);
      openings.push(opening);
      return opening.unit;
    });
    const opening = async (index: number): Promise<Opening> => {
      let found = openings[index];
      for (; found === undefined; found = openings[index]) await setTimeout(1);
      return found;
    };
    return { units, openings, opening };
  }

  const build = (name: string): ReplayedBuild => ({ source: PRODUCERS.filesSource({ paths: [name] }), llvm: "auto", overrides: {} });
  const unitOf = (open: OpenUnit): Promise<OpenUnit> => Promise.resolve(open);
  const isError = (name: string) => (error: unknown) => error instanceof LtoError && error.report.name === name;
  /** Long enough for a request to wait for the analysis. */
  const untilWaiting = (): Promise<void> => setTimeout(50);

  it("are analysed once for several requests, and closed when they are forgotten", async () => {
    const { units, openings, opening } = kept();
    const both = [units.use(build("a"), {}, unitOf), units.use(build("a"), {}, unitOf)];
    (await opening(0)).finish();
    const [one, other] = await Promise.all(both);
    assert.equal(one, other);
    assert.equal(await units.use(build("a"), {}, unitOf), one);
    assert.deepEqual([openings.length, openings[0]?.closed], [1, 0]);
    units.forget();
    await setTimeout(0);
    assert.equal(openings[0]?.closed, 1);
  });

  it("are analysed until the last request that waits is cancelled", async () => {
    const { units, openings, opening } = kept();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = units.use(build("a"), { signal: first.signal }, unitOf);
    const { signal } = await opening(0);
    const joined = units.use(build("a"), { signal: second.signal }, unitOf);
    await untilWaiting();
    second.abort();
    await assert.rejects(joined, isError("Cancelled"));
    assert.ok(signal !== undefined);
    assert.equal(signal.aborted, false);
    first.abort();
    await assert.rejects(waiting, isError("Cancelled"));
    assert.equal(signal.aborted, true);
    const again = units.use(build("a"), {}, unitOf);
    (await opening(1)).finish();
    await again;
    assert.equal(openings.length, 2);
  });

  it("stay analysed if a request about them is cancelled", async () => {
    const { units, openings, opening } = kept();
    const used = units.use(build("a"), {}, unitOf);
    (await opening(0)).finish();
    await used;
    await assert.rejects(units.use(build("a"), { signal: AbortSignal.abort() }, unitOf), isError("Cancelled"));
    await units.use(build("a"), {}, unitOf);
    assert.equal(openings.length, 1);
  });

  it("are analysed again after a failure", async () => {
    const { units, opening } = kept();
    const failing = units.use(build("a"), {}, unitOf);
    (await opening(0)).fail("UnreadableFile");
    await assert.rejects(failing, isError("UnreadableFile"));
    const again = units.use(build("a"), {}, unitOf);
    (await opening(1)).finish();
    await again;
  });

  it("are replaced once if their files changed, and then closed", async () => {
    const { units, openings, opening } = kept();
    const used = units.use(build("a"), {}, unitOf);
    const old = await opening(0);
    old.finish();
    await used;
    old.stale = true;
    const both = Promise.all([units.use(build("a"), {}, unitOf), units.use(build("a"), {}, unitOf)]);
    (await opening(1)).finish();
    await untilWaiting();
    // A third analysis would be waited for.
    openings[2]?.finish();
    await both;
    units.forget();
    await setTimeout(0);
    assert.deepEqual(
      openings.map(({ closed }) => closed),
      [1, 1],
    );
  });

  it("are closed after their last use if others take their place", async () => {
    const { units, openings, opening } = kept();
    let end: () => void = () => undefined;
    const used = units.use(build("a"), {}, () => new Promise<void>((resolve) => (end = resolve)));
    (await opening(0)).finish();
    for (const [index, name] of ["b", "c"].entries()) {
      const other = units.use(build(name), {}, unitOf);
      (await opening(index + 1)).finish();
      await other;
    }
    assert.equal(openings[0]?.closed, 0);
    end();
    await used;
    await setTimeout(0);
    assert.deepEqual(
      openings.map(({ closed }) => closed),
      [1, 0, 0],
    );
    units.forget();
  });

  it("are closed if others take their place while their files are checked", async () => {
    const { units, openings, opening } = kept();
    const used = units.use(build("a"), {}, unitOf);
    const old = await opening(0);
    old.finish();
    await used;
    let check: () => void = () => undefined;
    old.checked = new Promise((resolve) => (check = resolve));
    old.stale = true;
    const again = units.use(build("a"), {}, unitOf);
    await untilWaiting();
    for (const [index, name] of ["b", "c"].entries()) {
      const other = units.use(build(name), {}, unitOf);
      (await opening(index + 1)).finish();
      await other;
    }
    check();
    (await opening(3)).finish();
    await again;
    await setTimeout(0);
    assert.equal(openings[0]?.closed, 1);
    units.forget();
  });
});
