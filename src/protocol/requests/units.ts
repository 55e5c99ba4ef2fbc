/** Requests of the client: list units, get one, search again. */
import type { FolderView, Page, Range, UnitView } from "../views.js";
import { request, type NoParams } from "./declare.js";

export const unitRequests = {
  /** What was found in the workspace folders and in the store for them, captures first; with `all` also captures of other folders. */
  units: request<Range & { readonly all?: boolean }, Page<UnitView> & { readonly folders: readonly FolderView[] }>("lto/units"),
  /** One unit by its ref. Fails with UnknownUnit. */
  unit: request<{ readonly unit: string }, UnitView>("lto/unit"),
  /** Searches again (after a build or task), and sends `changed` if something did. The store itself is watched. */
  refresh: request<NoParams, { readonly changed: boolean }>("lto/refresh"),
} as const;
