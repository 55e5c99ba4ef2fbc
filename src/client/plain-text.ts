/** Names as text, for places in which VS Code reads more into a text. */
import { visible } from "../protocol/visible.js";

/** For notifications: they make a link of `[label](command:…)`, which a click follows. */
export function withoutLinks(text: string): string {
  return visible(text).replaceAll("](", "] (");
}

/** For picks and the status bar: they make an icon of `$(name)`, unless a backslash precedes it. */
export function withoutIcons(text: string): string {
  return visible(text).replaceAll("$(", "\\$(");
}
