/**
 * JSON-RPC between the dashboard's webview and the extension. The webview keeps no model: it requests what it shows, by range, with the server's own
 * requests of src/protocol/requests; the extension forwards those in `DASHBOARD_REQUESTS`. Everything else is a notification: one union per direction,
 * whose `type` is the method and whose other properties are the parameters.
 */
import type { requests } from "./requests/all.js";
import type { ParamsOf, ResultOf } from "./requests/declare.js";
import type { Stage } from "./stages.js";
import type { RunView } from "./views.js";

/** The requests that the webview may send: all read-only and bounded. */
export const DASHBOARD_REQUESTS = [
  "run",
  "groups",
  "crates",
  "modules",
  "module",
  "stages",
  "stageTotals",
  "timeline",
  "causes",
  "cascade",
  "sizes",
] as const;

export type DashboardRequest = (typeof DASHBOARD_REQUESTS)[number];
export type DashboardParams<N extends DashboardRequest> = ParamsOf<(typeof requests)[N]>;
export type DashboardResult<N extends DashboardRequest> = ResultOf<(typeof requests)[N]>;

/** The commands that the webview may run: some of the extension's, and two of VS Code's. */
export const DASHBOARD_COMMANDS = [
  "runThin",
  "runFat",
  "verify",
  "compareSettings",
  "profilePasses",
  "showLog",
  "copyCliCommand",
  "openFolder",
  "manageTrust",
] as const;

export type DashboardCommand = (typeof DASHBOARD_COMMANDS)[number];

/** Webview → extension. */
export type ToExtension =
  /** The webview's script has started without knowledge of an earlier page's requests; followed by `show` or `empty`. */
  | { readonly type: "ready" }
  /** A click on a module (and stage): opens what the stage changed, or the stage itself. */
  | { readonly type: "open"; readonly run: string; readonly module: string; readonly stage: Stage | null }
  /** A click on a module that a cause reached: opens its explanation. */
  | { readonly type: "explain"; readonly run: string; readonly module: string }
  /** A function of the linked output: opens its page. */
  | { readonly type: "function"; readonly run: string; readonly symbol: string }
  | { readonly type: "command"; readonly command: DashboardCommand };

/** Why no run is shown: none exists yet; nothing that Cargo could build is open; or Restricted Mode. */
export type WithoutRun = "no-run" | "no-cargo" | "restricted";

/** Extension → webview. */
export type ToWebview =
  /** Another run is shown. */
  | { readonly type: "show"; readonly run: RunView }
  /** No run is shown. */
  | { readonly type: "empty"; readonly because: WithoutRun }
  /** The run's data may have changed: request it again. */
  | { readonly type: "changed" };
