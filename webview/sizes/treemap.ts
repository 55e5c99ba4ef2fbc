/** The treemap: a group for each crate, a tile for each symbol, with areas as large as their bytes. */
import * as l10n from "../../src/protocol/l10n.js";
import type { OutputView, SizeTile } from "../../src/protocol/requests/sizes.js";
import { h, oncePerFrame, replace, show, svg } from "../dom.js";
import { bytes } from "../../src/protocol/words.js";
import { placed, type PlacedGroup, type PlacedTile, type Rectangle } from "./layout.js";
import { changePatterns } from "./patterns.js";
import { changeOf, crateName, groupOf, nameOf, shortNameOf, sizeText } from "./words.js";

/** In pixels: the picture's height, a letter's width, and the least tile with a name. */
const HEIGHT = { wide: 420, narrow: 300 };
const NARROW = 600;
const LETTER = 6.3;
const ROOM_FOR_NAME = { width: 44, height: 15 };
/** How many tints crates have. */
const TINTS = 6;

export interface TreemapEvents {
  /** A click on a tile. */
  choose(tile: SizeTile): void;
  /** A click on a group's name. */
  enter(group: string): void;
}

export interface ShownSizes {
  readonly output: OutputView;
  readonly side: "bytes" | "before";
  /** The only group to show; null: all. */
  readonly group: string | null;
}

export class Treemap {
  readonly element: HTMLElement;
  readonly #picture = svg("svg", { class: "treemap-picture", role: "img" });
  readonly #tip = h("div", { class: "tip", hidden: true });
  #shown: ShownSizes | undefined;
  #tiles = new Map<Element, PlacedTile>();
  readonly #drawSoon = oncePerFrame(() => {
    this.#draw();
  });

  constructor(events: TreemapEvents) {
    this.element = h("div", { class: "treemap" }, this.#picture, this.#tip);
    new ResizeObserver(this.#drawSoon).observe(this.element);
    this.#picture.addEventListener("click", ({ target }) => {
      const tile = this.#tiles.get(target as Element)?.tile;
      const group = (target as Element).getAttribute("data-group");
      if (tile !== undefined) events.choose(tile);
      else if (group !== null) events.enter(group);
    });
    this.#picture.addEventListener("mousemove", (event) => {
      this.#showTip(event);
    });
    this.#picture.addEventListener("mouseleave", () => {
      show(this.#tip, false);
    });
  }

  show(shown: ShownSizes): void {
    this.#shown = shown;
    this.#draw();
  }

  #draw(): void {
    const { clientWidth: width } = this.element;
    if (this.#shown === undefined || width === 0) return;
    const { output, side, group } = this.#shown;
    const height = width < NARROW ? HEIGHT.narrow : HEIGHT.wide;
    this.#tiles = new Map();
    const groups = placed(output, { width, height, side, group });
    const tints = new Map(output.crates.shown.map(({ crate }, index) => [crateName(crate), index % TINTS]));
    this.#picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#picture.setAttribute("height", String(height));
    this.#picture.setAttribute("aria-label", words(this.#shown));
    replace(this.#picture, changePatterns(), ...groups.map((one) => this.#group(one, tints.get(one.name))));
    show(this.#tip, false);
  }

  #group(group: PlacedGroup, tint: number | undefined): SVGGElement {
    const { name, named, tiles } = group;
    const title = named
      ? svg("text", { x: group.x + 4, y: group.y + 12, class: "treemap-group-name", "data-group": name }, clipped(name, group.width - 8))
      : null;
    return svg("g", { class: `treemap-group tint-${tint ?? "none"}` }, frame(group), title, ...tiles.flatMap((tile) => this.#tile(tile)));
  }

  #tile(placedTile: PlacedTile): (SVGElement | null)[] {
    const { tile, x, y, width, height } = placedTile;
    const change = changeOf(tile);
    const rect = svg("rect", { ...fixed(placedTile), class: `treemap-tile kind-${tile.kind} change-${change}` });
    this.#tiles.set(rect, placedTile);
    const over =
      change === "same"
        ? null
        : svg("rect", { ...fixed(placedTile), class: `treemap-change change-${change}`, fill: `url(#change-${change})` });
    const named = width >= ROOM_FOR_NAME.width && height >= ROOM_FOR_NAME.height;
    const label = named
      ? svg("text", { x: x + 3, y: y + 11, class: "treemap-name" }, clipped(tailOf(shortNameOf(tile), width - 6), width - 6))
      : null;
    return [rect, over, label];
  }

  #showTip({ target, clientX, clientY }: MouseEvent): void {
    const tile = this.#tiles.get(target as Element)?.tile;
    show(this.#tip, tile !== undefined);
    if (tile === undefined) return;
    const place = [groupOf(tile), tile.section].filter((part) => part !== "").join(" · ");
    replace(this.#tip, h("div", { class: "tip-title" }, nameOf(tile)), h("div", {}, sizeText(tile)), h("div", { class: "dim" }, place));
    const box = this.element.getBoundingClientRect();
    const left = Math.min(clientX - box.left + 12, Math.max(0, box.width - this.#tip.offsetWidth - 4));
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${clientY - box.top + 16}px`;
  }
}

function frame(group: Rectangle): SVGRectElement {
  return svg("rect", { ...fixed(group), class: "treemap-frame" });
}

function fixed({ x, y, width, height }: Rectangle): Readonly<Record<"x" | "y" | "width" | "height", string>> {
  return { x: x.toFixed(1), y: y.toFixed(1), width: Math.max(0, width).toFixed(1), height: Math.max(0, height).toFixed(1) };
}

function clipped(text: string, width: number): string {
  const letters = Math.floor(width / LETTER);
  return text.length <= letters ? text : letters < 2 ? "" : `${text.slice(0, letters - 1)}…`;
}

/** As many of the last parts of a path as fit: the first ones are those of its neighbours too. */
function tailOf(name: string, width: number): string {
  const parts = name.includes("<") ? [name] : name.split("::");
  while (parts.length > 1 && parts.join("::").length * LETTER > width) parts.shift();
  return parts.join("::");
}

/** The picture's text for screen readers; the tables beside it have the numbers. */
function words({ output, side, group }: ShownSizes): string {
  const [largest] = output.crates.shown;
  const total = bytes(output[side]);
  if (group !== null) return l10n.t("Treemap of {0}. The tables that follow have its largest symbols.", group);
  if (largest === undefined) return l10n.t("Treemap of {0}.", total);
  return l10n.t(
    "Treemap of {0}. The largest crate is {1} with {2}. The tables that follow have the numbers.",
    total,
    crateName(largest.crate),
    bytes(largest[side]),
  );
}
