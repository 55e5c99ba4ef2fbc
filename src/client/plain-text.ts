/** Escapes names for places where VS Code interprets text. */
import { visible } from "../protocol/visible.js";

/** For notifications, which turn `[label](command:…)` into a link. */
export function withoutLinks(text: string): string {
  return visible(text).replaceAll("](", "] (");
}

/** For picks and the status bar, which turn `$(name)` into an icon unless a backslash precedes it. */
export function withoutIcons(text: string): string {
  return visible(text).replaceAll("$(", "\\$(");
}
