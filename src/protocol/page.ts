/** What the pages in the editor area share: notifications between a page and the extension, beside those of its kind. */
import type { LtoErrorReport } from "./errors.js";

/** The commands that a page may run. */
export const PAGE_COMMANDS = ["showLog", "manageTrust"] as const;

export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** Webview → extension. */
export type FromAnyPage =
  /** The page's script has started. */
  | { readonly type: "ready" }
  /** Ask again, after a failure. */
  | { readonly type: "again" }
  | { readonly type: "command"; readonly command: PageCommand };

/** Extension → webview: why there is nothing to show. */
export type Nothing<Place> =
  | { readonly type: "failed"; readonly place: Place; readonly report: LtoErrorReport }
  /** Restricted Mode: nothing is asked. */
  | { readonly type: "restricted"; readonly place: Place };
