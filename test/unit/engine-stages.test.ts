/** Compares the engine's table of stages (C++) with the list that everything else uses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stagesOf } from "../../src/protocol/stages.js";
import { textOf } from "../support/sources.js";

const TABLE = "addon/lto/rustc/stages.h";
const text = textOf(TABLE) ?? "";

/** The rows of every list of stages, by the list's name. */
const lists = new Map(
  [...text.matchAll(/constexpr pipeline::StageInfo (\w+)\[\] = \{(.*?)\n\};/gs)].map(([, name = "", rows = ""]) => [
    name,
    [...rows.matchAll(/\{"([^"]+)"/g)].map(([, tag]) => tag),
  ]),
);

/** The pipelines with their stages, in order. */
const pipelines = new Map(
  [...text.matchAll(/constexpr pipeline::Pipeline \w+ = \{"([^"]+)", (\w+)\};/g)].map(([, name = "", list = ""]) => [
    name,
    lists.get(list),
  ]),
);

/** A named stage: the pipeline of its list, and its index. */
const named = [...text.matchAll(/\b(\w+)\((RustcThin|RustcFat), (\d+)\)/g)].map(([, name = "", pipeline = "", index = ""]) => ({
  name,
  pipeline,
  index: Number(index),
}));

describe(TABLE, () => {
  it("has the stages of every pipeline, in order", () => {
    assert.deepEqual(Object.fromEntries(pipelines), { "rustc-thin": stagesOf("thin"), "rustc-fat": stagesOf("fat") });
    assert.deepEqual(stagesOf("thin-local"), stagesOf("thin"));
  });

  it("names every stage once, after its tag", () => {
    const words = (tag: string): string => tag.replace(/^(thin-lto|lto)[-.]/, "").replaceAll("-", "");
    const expected = (["Thin", "Fat"] as const).flatMap((prefix) =>
      stagesOf(prefix === "Thin" ? "thin" : "fat").map((tag, index) => ({
        name: `${prefix}${words(tag)}`.toLowerCase(),
        pipeline: `Rustc${prefix}`,
        index,
      })),
    );
    assert.deepEqual(
      named.map((one) => ({ ...one, name: one.name.toLowerCase() })),
      expected,
    );
  });
});
