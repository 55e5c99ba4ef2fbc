/**
 * JSON-RPC between the page of a comparison of settings and the extension: notifications only, one union per direction, whose `type` is the method and whose
 * other properties are the parameters. The page names a setting, or another saved comparison, and the extension uses only those that it has sent.
 */
import type { FromAnyPage, Nothing } from "./page.js";
import type { AdviceFormat, AdviceView } from "./requests/advice.js";

/** Webview → extension, of this kind of page alone. */
export type OfAdvicePage =
  /** Copy the lines that a build needs for a setting. */
  | { readonly type: "copy"; readonly setting: string }
  /** Write it to a file that the user chooses. */
  | { readonly type: "save"; readonly as: AdviceFormat }
  /** Ask for settings again, with these as the choice. */
  | { readonly type: "repeat" }
  /** Open another saved comparison. */
  | { readonly type: "open"; readonly id: string }
  /** Remove this comparison, or another saved one. */
  | { readonly type: "remove"; readonly id: string };

export type FromAdvicePage = FromAnyPage | OfAdvicePage;

/** What a page shows; VS Code keeps it while the window is closed. */
export interface AdvicePlace {
  readonly id: string;
}

/** Extension → webview, of this kind of page alone. */
export interface ShownAdvice {
  readonly type: "advice";
  readonly place: AdvicePlace;
  readonly view: AdviceView;
}

export type ToAdvicePage = ShownAdvice | Nothing<AdvicePlace>;
