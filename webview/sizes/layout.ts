/** Where the tiles of the treemap are: a group for each crate, with a tile for each symbol. Pure functions. */
import { hierarchy, treemap, type HierarchyRectangularNode } from "d3-hierarchy";
import type { OutputView, SizeTile } from "../../src/protocol/requests/sizes.js";
import { groupOf } from "./words.js";

/** Height of a group's name, in pixels, and the least height and width of a group that has one. */
const NAME = 17;
const ROOM_FOR_NAME = { width: 34, height: 34 };
/** Smaller tiles are not drawn, in pixels: they would be lines. */
const THINNEST = 1.2;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedTile extends Rectangle {
  readonly tile: SizeTile;
}

export interface PlacedGroup extends Rectangle {
  readonly name: string;
  /** Whether there is room for its name. */
  readonly named: boolean;
  readonly tiles: readonly PlacedTile[];
}

export interface LayoutOptions {
  readonly width: number;
  readonly height: number;
  /** Which output's sizes the areas show. */
  readonly side: "bytes" | "before";
  /** The only group to show; null: all. */
  readonly group: string | null;
}

interface Node {
  readonly name: string;
  readonly tile: SizeTile | null;
  readonly children: readonly Node[];
}

export function placed({ tiles }: Pick<OutputView, "tiles">, options: LayoutOptions): PlacedGroup[] {
  const { side, group } = options;
  const groups = new Map<string, SizeTile[]>();
  for (const tile of tiles) {
    const name = groupOf(tile);
    if ((tile[side] ?? 0) === 0 || (group !== null && name !== group)) continue;
    const list = groups.get(name) ?? [];
    list.push(tile);
    groups.set(name, list);
  }
  const children = [...groups].map(([name, list]) => ({ name, tile: null, children: list.map((tile) => ({ name, tile, children: [] })) }));
  const root = hierarchy<Node>({ name: "", tile: null, children }, (node) => [...node.children])
    .sum(({ tile }) => tile?.[side] ?? 0)
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0));
  const laidOut = treemap<Node>()
    .size([options.width, options.height])
    .paddingInner(1)
    .paddingTop((node) => (node.depth === 1 && hasName(node) ? NAME : 0))(root);
  // Without children, d3 takes the root for a leaf.
  return (laidOut.children ?? []).map(groupFrom);
}

function hasName(node: HierarchyRectangularNode<Node>): boolean {
  const { width, height } = rectangle(node);
  return width >= ROOM_FOR_NAME.width && height >= ROOM_FOR_NAME.height;
}

function groupFrom(node: HierarchyRectangularNode<Node>): PlacedGroup {
  const tiles = (node.children ?? []).flatMap((leaf) => {
    const { tile } = leaf.data;
    const where = rectangle(leaf);
    return tile === null || Math.min(where.width, where.height) < THINNEST ? [] : [{ ...where, tile }];
  });
  return { ...rectangle(node), name: node.data.name, named: hasName(node), tiles };
}

function rectangle({ x0, y0, x1, y1 }: HierarchyRectangularNode<Node>): Rectangle {
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}
