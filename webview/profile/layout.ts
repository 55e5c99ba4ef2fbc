/** Where the frames of a flame graph are: what is zoomed in on has the whole width, below what it is a part of. Pure functions. */
import { hierarchy, partition } from "d3-hierarchy";
import { pathTo, widthOf, type Flame, type Measure } from "./tree.js";

/** Narrower frames are not drawn, in pixels: they would be lines. */
const THINNEST = 1.5;

export interface PlacedFlame {
  readonly flame: Flame;
  readonly x: number;
  readonly width: number;
  /** From the top. */
  readonly row: number;
  /** Whether it is around what is zoomed in on. */
  readonly around: boolean;
}

export interface FlameLayout {
  readonly width: number;
  readonly by: Measure;
}

/** @param zoomed what has the whole width */
export function placedFlames(zoomed: Flame, { width, by }: FlameLayout): PlacedFlame[] {
  const above = pathTo(zoomed).slice(0, -1);
  const around = above.map((flame, row): PlacedFlame => ({ flame, x: 0, width, row, around: true }));
  const root = hierarchy<Flame>(zoomed, ({ parts }) => [...parts])
    .sum((flame) => (flame.parts.length === 0 ? widthOf(flame, by) : 0))
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0));
  const placed = partition<Flame>()
    .size([width, 1])(root)
    .descendants()
    .filter(({ x0, x1, depth }) => depth === 0 || x1 - x0 >= THINNEST)
    .map(({ data, x0, x1, depth }) => ({ flame: data, x: x0, width: x1 - x0, row: above.length + depth, around: false }));
  return [...around, ...placed];
}
