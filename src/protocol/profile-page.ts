/**
 * JSON-RPC between the page of a profile and the extension: notifications only, one union per direction, whose `type` is the method and whose other
 * properties are the parameters. The page names modules and functions by their keys.
 */
import type { FromAnyPage, Nothing } from "./page.js";
import type { ProfileFormat, ProfileFrame, ProfileView } from "./requests/profile.js";

/** Webview → extension, of this kind of page alone. */
export type OfProfilePage =
  /** Write it to a file that the user chooses. */
  | { readonly type: "save"; readonly as: ProfileFormat }
  /** Open the page of a function. */
  | { readonly type: "function"; readonly symbol: string }
  /** Tell the frames of a module: the page has some that stand for several. */
  | { readonly type: "module"; readonly module: string };

export type FromProfilePage = FromAnyPage | OfProfilePage;

/** What a page shows; VS Code keeps it while the window is closed. */
export interface ProfilePlace {
  readonly run: string;
}

/** Extension → webview, of this kind of page alone. */
export interface ShownProfile {
  readonly type: "profile";
  readonly place: ProfilePlace;
  readonly view: ProfileView;
}

/** The frames of one module, of which more have a frame of their own. */
export interface ModuleFrames {
  readonly type: "frames";
  readonly place: ProfilePlace;
  readonly module: string;
  readonly frames: readonly ProfileFrame[];
}

export type ToProfilePage = ShownProfile | ModuleFrames | Nothing<ProfilePlace>;
