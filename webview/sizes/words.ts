/** What a tile of the treemap says. */
import * as l10n from "../../src/protocol/l10n.js";
import type { Sized, SizeTile } from "../../src/protocol/requests/sizes.js";
import { bytes, number } from "../../src/protocol/words.js";

/** How a tile's size changed; "same": it did not, or it is not compared. */
export type Change = "grown" | "shrunk" | "new" | "gone" | "same";

export function changeOf({ bytes: now, before }: Sized): Change {
  if (before === null || before === now) return "same";
  if (before === 0) return "new";
  if (now === 0) return "gone";
  return now > before ? "grown" : "shrunk";
}

export const CHANGE_NAMES: Readonly<Record<Change, string>> = {
  grown: l10n.t("Grown"),
  shrunk: l10n.t("Shrunk"),
  new: l10n.t("New"),
  gone: l10n.t("Gone"),
  same: l10n.t("As before"),
};

export function crateName(crate: string | null): string {
  return crate ?? l10n.t("not Rust");
}

/** The group that a tile is drawn in. */
export function groupOf({ kind, crate }: SizeTile): string {
  return kind === "symbol" || kind === "smaller" ? crateName(crate) : l10n.t("no symbol");
}

export function nameOf({ kind, name, count }: SizeTile): string {
  switch (kind) {
    case "symbol":
      return name;
    case "smaller":
      return count === 1 ? l10n.t("1 smaller symbol") : l10n.t("{0} smaller symbols", number(count));
    case "padding":
      return l10n.t("{0}: padding", name);
    case "unnamed":
      return l10n.t("{0}: bytes without a symbol", name);
    case "outside":
      return l10n.t("headers, and what aligns sections");
  }
}

/** Whether a tile stands for a function of Rust in this output, which has a page. */
export function isFunction({ kind, code, crate, bytes: size }: SizeTile): boolean {
  return kind === "symbol" && code && crate !== null && size > 0;
}

/** A name without the path of its own crate, which its group has. */
export function shortNameOf(tile: SizeTile): string {
  const name = nameOf(tile);
  return tile.crate !== null && name.startsWith(`${tile.crate}::`) ? name.slice(tile.crate.length + 2) : name;
}

/** "+1.2 kB", "−300 B". */
export function gained(count: number): string {
  return `${count < 0 ? "−" : "+"}${bytes(Math.abs(count))}`;
}

/** "12.3 kB", "12.3 kB, +1.2 kB". */
export function sizeText({ bytes: now, before }: Sized): string {
  return before === null || before === now ? bytes(now) : `${bytes(now)}, ${gained(now - before)}`;
}
