/** The tiles of a linked output: what they add up to, and how two outputs are compared. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MOST_TILES, sizeView } from "../../src/core/views/size-view.js";
import type { Sized } from "../../src/protocol/requests/sizes.js";
import type { OutputSizes } from "../../src/protocol/size.js";
import { placed } from "../../webview/sizes/layout.js";

const AFTER: OutputSizes = {
  file: "/target/release/app",
  bytes: 1000,
  outside: 90,
  sections: [
    { name: ".text", bytes: 600, inFile: true, code: true, named: 580, padding: 20, unnamed: 0 },
    { name: ".rodata", bytes: 310, inFile: true, code: false, named: 10, padding: 0, unnamed: 300 },
    { name: ".bss", bytes: 5000, inFile: false, code: false, named: 5000, padding: 0, unnamed: 0 },
  ],
  crates: [],
  symbols: [
    { symbol: "_main", name: "app::main", crate: "app", section: ".text", bytes: 400 },
    { symbol: "_f1", name: "app::f", crate: "app", section: ".text", bytes: 60 },
    { symbol: "_f2", name: "app::f", crate: "app", section: ".text", bytes: 100 },
    { symbol: "start", name: "start", crate: null, section: ".text", bytes: 20 },
    { symbol: "_table", name: "app::TABLE", crate: "app", section: ".rodata", bytes: 10 },
    { symbol: "_zeros", name: "app::ZEROS", crate: "app", section: ".bss", bytes: 5000 },
  ],
};

const BEFORE: OutputSizes = {
  ...AFTER,
  bytes: 950,
  sections: AFTER.sections.map((section) => (section.name === ".text" ? { ...section, bytes: 550, named: 530 } : section)),
  symbols: [
    { symbol: "_main", name: "app::main", crate: "app", section: ".text", bytes: 300 },
    { symbol: "_f9", name: "app::f", crate: "app", section: ".text", bytes: 160 },
    { symbol: "_old", name: "app::old", crate: "app", section: ".text", bytes: 50 },
    { symbol: "start", name: "start", crate: null, section: ".text", bytes: 20 },
    { symbol: "_table", name: "app::TABLE", crate: "app", section: ".rodata", bytes: 10 },
  ],
};

function sum(tiles: readonly Sized[], side: "bytes" | "before"): number {
  return tiles.reduce((total, tile) => total + (tile[side] ?? 0), 0);
}

describe("the tiles of an output", () => {
  it("add up to the file's bytes on both sides, however few symbols have one", () => {
    for (const tiles of [0, 1, 2, 100, Infinity, Number.NaN, -1]) {
      const view = sizeView(AFTER, BEFORE, { code: false, tiles });
      assert.deepEqual([sum(view.tiles, "bytes"), sum(view.tiles, "before")], [AFTER.bytes, BEFORE.bytes], String(tiles));
      assert.deepEqual([view.bytes, view.before], [AFTER.bytes, BEFORE.bytes]);
    }
  });

  it("of functions only, add up to the sections that have them", () => {
    const view = sizeView(AFTER, null, { code: true, tiles: MOST_TILES });
    assert.deepEqual([view.bytes, view.before, sum(view.tiles, "bytes")], [600, null, 600]);
    assert.ok(view.tiles.every(({ section }) => section === ".text"));
  });

  it("are one for each readable name; the largest copy is the one to open", () => {
    const { tiles } = sizeView(AFTER, BEFORE, { code: false, tiles: MOST_TILES });
    assert.deepEqual(
      tiles.find(({ name }) => name === "app::f"),
      { kind: "symbol", crate: "app", name: "app::f", symbol: "_f2", section: ".text", code: true, bytes: 160, before: 160, count: 2 },
    );
  });

  it("say what changed most, what is new and what is gone", () => {
    const { changed, crates } = sizeView(AFTER, BEFORE, { code: false, tiles: 0 });
    assert.deepEqual(
      changed.shown.map(({ name, before, bytes }) => [name, before, bytes]),
      [
        ["app::main", 300, 400],
        ["app::old", 50, 0],
      ],
    );
    assert.deepEqual(crates.shown[0], { crate: "app", bytes: 570, before: 520, symbols: 4 });
  });

  it("keep memory of zeros out of the file's bytes, and list it as a section", () => {
    const { tiles, sections } = sizeView(AFTER, null, { code: false, tiles: MOST_TILES });
    assert.ok(!tiles.some(({ section }) => section === ".bss"));
    assert.deepEqual(sections.shown[0], { name: ".bss", inFile: false, bytes: 5000, before: null });
  });
});

describe("the treemap", () => {
  const view = sizeView(AFTER, BEFORE, { code: false, tiles: MOST_TILES });
  const all = { width: 800, height: 400, side: "bytes", group: null } as const;

  it("has areas in proportion to bytes", () => {
    const tiles = placed(view, all).flatMap((group) => group.tiles);
    const area = (name: string): number => {
      const { width, height } = tiles.find(({ tile }) => tile.name === name) ?? assert.fail(name);
      return width * height;
    };
    const ratio = area("app::main") / area("app::f");
    assert.ok(Math.abs(ratio - 400 / 160) < 0.15, String(ratio));
  });

  it("shows what is gone only on the side before", () => {
    const names = (side: "bytes" | "before"): string[] =>
      placed(view, { ...all, side }).flatMap(({ tiles }) => tiles.map(({ tile }) => tile.name));
    assert.deepEqual([names("bytes").includes("app::old"), names("before").includes("app::old")], [false, true]);
  });

  it("shows one group in the whole picture", () => {
    const [group, ...more] = placed(view, { ...all, group: "app" });
    assert.deepEqual([group?.name, group?.width, group?.height, more.length], ["app", 800, 400, 0]);
  });

  it("draws nothing for an output without bytes", () => {
    assert.deepEqual(placed({ tiles: [] }, all), []);
  });
});
