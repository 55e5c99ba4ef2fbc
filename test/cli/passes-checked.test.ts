/** Traces of passes on real builds: they change no byte, and miss no change. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { AnalyzedModule } from "../../src/protocol/engine/analysis.js";
import { pipelineOf } from "../../src/protocol/pipelines.js";
import { tagsOf } from "../../src/protocol/stages.js";
import { ltoSource } from "../../src/cli/source.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { withStages } from "../../src/core/replay/each-module.js";
import { openUnit, type OpenUnit } from "../../src/core/replay/open.js";
import { skipWithoutRust } from "../support/cli.js";
import { copyCaptures, DEMO_FAT, DEMO_LOCAL, DEMO_THIN, type SharedBuild } from "../support/shared-captures.js";

/** Every function is hashed after every pass: in larger modules that takes minutes. */
const LARGEST_CHECKED_BYTES = 400_000;

/** Opens a capture in a store of its own, and passes it on with a folder for blobs. */
async function withUnit(build: SharedBuild, use: (open: OpenUnit, blobs: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "lto-traces-"));
  const core = createCore({ storeRoot: join(scratch, "store") });
  try {
    const { unit } = await copyCaptures(build, join(scratch, "store"), 1);
    const open = await openUnit(core, await ltoSource(core, [unit]), { llvm: "auto", overrides: {}, keysFile: null });
    const blobs = join(scratch, "blobs");
    await mkdir(blobs);
    try {
      await use(open, blobs);
    } finally {
      await open.close();
    }
  } finally {
    await closeCore(core);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @returns whether every function was checked after every pass */
async function checkTrace(
  { engine, analyzed, inputs }: OpenUnit,
  { name, bytes, reason }: AnalyzedModule,
  blobs: string,
): Promise<boolean> {
  const last = tagsOf(pipelineOf(inputs.mode)).at(-1) ?? assert.fail();
  const check = bytes <= LARGEST_CHECKED_BYTES && reason !== "base-module";
  const of = { unit: analyzed.unit, module: name };
  const plain = await engine.attempt("optimize", { ...of, stages: [last], blobs: null, object: null });
  const { content, missed } = await engine.attempt("passTrace", { ...of, blobs, check });
  assert.equal(content, plain.stages.at(-1)?.blob, `${name}: the same bytes`);
  assert.deepEqual(missed, check ? [] : null, `${name}: no change is missed`);
  return check;
}

describe("traces of passes", { skip: skipWithoutRust }, () => {
  for (const [what, build, least] of [
    ["thin LTO", DEMO_THIN, 28],
    ["thin-local LTO", DEMO_LOCAL, 2],
    ["fat LTO", DEMO_FAT, 0],
  ] as const) {
    it(`${what}: the same bytes in every module${least === 0 ? "" : ", and no change is missed"}`, async () => {
      await withUnit(build, async (open, blobs) => {
        let checked = 0;
        for (const module of withStages(open.analyzed.result.modules)) checked += (await checkTrace(open, module, blobs)) ? 1 : 0;
        assert.ok(checked >= least, `${checked} modules are checked`);
      });
    });
  }
});
