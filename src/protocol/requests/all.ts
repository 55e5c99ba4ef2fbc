/**
 * The custom requests and notifications between client and server (LSP over Node's IPC). Each is declared once, in the file of its feature.
 *
 * Besides these the server speaks plain LSP: `initialize` with workspace folders and `InitializationOptions`, `workspace/didChangeWorkspaceFolders`,
 * `workspace/didChangeConfiguration` (it then asks `workspace/configuration` for the section "lto"), `workspace/textDocumentContent` for the scheme
 * "lto-stage" (with `workspace/textDocumentContent/refresh`), `$/cancelRequest`, `$/progress`, `window/workDoneProgress/cancel`, `window/logMessage`.
 *
 * Long requests take a `workDoneToken` that the client makes: begin, report (message, percentage) and end come as `$/progress`. They are cancelled by
 * `$/cancelRequest` or `window/workDoneProgress/cancel` and then answered with the error code RequestCancelled (-32800) at once.
 *
 * A request that fails for a reason that concerns the user is answered with the code LTO_FAILURE and `FailureData`: the action, the file, module and
 * stage, and what to do now. An engine that crashes fails only the request that it was processing.
 */
import { adviceRequests } from "./advice.js";
import { callRequests } from "./calls.js";
import { buildRequests } from "./builds.js";
import { captureRequests } from "./capture.js";
import { causeRequests } from "./causes.js";
import { dashboardRequests } from "./dashboard.js";
import type { Notification } from "./declare.js";
import { documentRequests } from "./documents.js";
import { assemblyOfRuns } from "./assembly.js";
import { keptRequests } from "./kept.js";
import { machineRequests } from "./machine.js";
import { profileRequests } from "./profile.js";
import { passRequests } from "./passes.js";
import { rowRequests } from "./rows.js";
import { runRequests } from "./runs.js";
import { sizeRequests } from "./sizes.js";
import { unitRequests } from "./units.js";

export const requests = {
  ...unitRequests,
  ...captureRequests,
  ...runRequests,
  ...buildRequests,
  ...rowRequests,
  ...causeRequests,
  ...callRequests,
  ...keptRequests,
  ...assemblyOfRuns,
  ...passRequests,
  ...sizeRequests,
  ...profileRequests,
  ...adviceRequests,
  ...documentRequests,
  ...dashboardRequests,
  ...machineRequests,
} as const;

export const notifications = {
  /** The shown data may be out of date: request it again. Sent at most a few times a second, also for another window's work. */
  changed: { method: "lto/changed", direction: "server to client" } as Notification<Changed>,
} as const;

export type RequestName = keyof typeof requests;

export interface Changed {
  readonly units: boolean;
  readonly runs: boolean;
}
