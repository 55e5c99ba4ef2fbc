/** Stages are data: adding one to a pipeline's list is enough. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stageWords } from "../../src/cli/stages-source.js";
import { stageNamed } from "../../src/core/ir/stages-of.js";
import { matchStageFiles, taggedStages } from "../../src/core/pipelines/saved-stages.js";
import { stageFileName } from "../../src/core/replay/out-folder.js";
import { stageTotals } from "../../src/core/views/stage-totals.js";
import { timelineOf } from "../../src/core/views/timeline.js";
import { ALL_PIPELINES, PIPELINES, type Pipeline, type StageInfo } from "../../src/protocol/pipelines.js";
import type { ModuleReport, RunReport, StageReport, Timing } from "../../src/protocol/runs.js";
import { pipelineWith, stageBefore, tagsOf } from "../../src/protocol/stages.js";
import { formatStageUri, NO_FILTERS, parseStageUri } from "../../src/protocol/uris.js";

const OUTLINE: StageInfo = {
  tag: "thin-lto-after-outline",
  short: "outline",
  label: "Outline",
  activity: "LLVM_thin_lto_outline",
  file: "thin-lto-after-outline.bc",
  artifact: "bitcode",
  fill: "rename",
  imported: true,
  prevailingDecided: true,
};

/** Thin LTO with a stage that rustc does not have, between import and passes. */
const MADE_UP: Pipeline = {
  ...PIPELINES.thin,
  stages: [...PIPELINES.thin.stages.slice(0, -1), OUTLINE, ...PIPELINES.thin.stages.slice(-1)],
};

/** How they are spelled by now: this test is not to be touched when a stage is added. */
const shortNames = MADE_UP.stages.map(({ short }) => short);

describe("a stage that is added to a pipeline's list", () => {
  it("has its place in the order", () => {
    assert.deepEqual(tagsOf(MADE_UP).slice(-2), [OUTLINE.tag, "thin-lto-after-pm"]);
    assert.equal(stageBefore("thin-lto-after-pm", MADE_UP), OUTLINE.tag);
    assert.equal(pipelineWith(OUTLINE.tag, [PIPELINES.fat, MADE_UP]), MADE_UP);
  });

  it("is accepted in either spelling, and listed if an unknown stage is requested", () => {
    for (const text of [OUTLINE.tag, OUTLINE.short]) assert.equal(stageNamed(text, MADE_UP), OUTLINE.tag);
    assert.throws(() => stageNamed("outlined", MADE_UP), {
      name: "UnknownStage",
      report: {
        name: "UnknownStage",
        message: "There is no stage outlined in thin LTO.",
        help: `Stages are ${shortNames.join(", ")}.`,
      },
    });
    assert.throws(() => stageNamed(OUTLINE.short, PIPELINES.fat), { name: "UnknownStage" });
  });

  it("is addressed", () => {
    const address = { subject: { unit: "demo@1" }, module: "a.rcgu.o", stage: OUTLINE.tag, function: null, filters: NO_FILTERS };
    const uri = formatStageUri(address);
    assert.deepEqual(parseStageUri(uri, [MADE_UP]), address);
    assert.equal(parseStageUri(uri), undefined, "none of the program's own pipelines has it");
  });

  it("has bars in the timeline", () => {
    const timing: Timing = { activity: "LLVM_thin_lto_outline", argument: "a.rcgu.o", thread: 0, startMicros: 0, durationMicros: 10 };
    const bars = timelineOf([timing], { bars: 10 }, MADE_UP).lanes.flatMap((lane) => lane.bars);
    assert.deepEqual(
      bars.map(({ stage }) => stage),
      [OUTLINE.tag],
    );
  });

  it("has totals", () => {
    const totals = stageTotals(reportOf(MADE_UP), undefined, MADE_UP);
    assert.deepEqual(
      totals.map(({ label, modules, changed }) => [label, modules, changed]),
      MADE_UP.stages.map(({ label }, index) => [label, 1, index === 0 ? 0 : 1]),
    );
  });

  it("is in help texts", () => {
    assert.equal(
      stageWords([MADE_UP, PIPELINES.fat]),
      `${shortNames.slice(0, -1).join(", ")} or ${shortNames.at(-1) ?? ""}; for fat LTO ${stageWords([PIPELINES.fat])}`,
    );
  });

  it("is found under rustc's name for its file, and written under its own name", () => {
    const names = ["a.m.rcgu.thin-lto-after-outline.bc", "a.m.rcgu.thin-lto-after-pm.bc"];
    assert.deepEqual(
      { ...matchStageFiles(names, { stem: "a", modules: ["m"], pipeline: MADE_UP }) },
      { m: { [OUTLINE.tag]: names[0], "thin-lto-after-pm": names[1] } },
    );
    assert.ok(taggedStages([MADE_UP]).includes(OUTLINE));
    assert.equal(stageFileName("m", OUTLINE.tag), "m.thin-lto-after-outline.bc");
  });
});

describe("all pipelines", () => {
  it("are found by their names", () => {
    for (const [name, pipeline] of Object.entries(PIPELINES)) assert.equal(pipeline.name, name);
  });

  it("use unique names for their stages, and refer only to stages that they have", () => {
    for (const { name, stages, parts, internalized, optimized, searched } of ALL_PIPELINES) {
      for (const spelling of ["tag", "short", "label", "file"] as const) {
        const words = stages.map((stage) => stage[spelling]);
        assert.deepEqual(words, [...new Set(words)], `${name}: ${spelling}`);
      }
      const named = [internalized, optimized, searched, ...parts.flatMap(({ own }) => own?.opens ?? [])];
      for (const tag of named) {
        assert.ok(
          stages.some((stage) => stage.tag === tag),
          `${name}: ${tag}`,
        );
      }
    }
  });
});

function reportOf({ stages }: Pipeline): RunReport {
  const made = stages.map(({ tag }): StageReport => ({
    stage: tag,
    file: null,
    bytes: 100,
    instructions: 10,
    functions: 1,
    millis: 1,
    sameAsPrevious: false,
  }));
  const module: ModuleReport = {
    name: "a.rcgu.o",
    origin: "local",
    crate: "a",
    source: "/a.bc",
    bytes: 100,
    verdict: "re-compiled",
    reason: { kind: "no-session", detail: "" },
    key: null,
    previousKey: null,
    fromStore: false,
    stages: made,
  };
  return {
    schema: 1,
    command: "thin",
    unit: { id: "a@1", name: "a", crateTypes: ["bin"], profile: "release", mode: "thin" },
    llvm: { path: "/llvm.so", version: "22.1", revision: "", matchesProducer: true },
    fidelity: "verified",
    deviations: [],
    settings: { optLevel: "3", targetCpu: null, targetFeatures: "", relocationModel: "pic", llvmArgs: [], preservedSymbols: 0 },
    modules: [module],
    timings: [],
    peakMemoryBytes: 0,
    warnings: [],
  };
}
