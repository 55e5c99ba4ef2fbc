/** What commands work with. */
import type { LogOutputChannel, Memento, Uri } from "vscode";
import type { BuildProblems } from "./build-problems.js";
import type { ExplainedCalls } from "./calls/explained-calls.js";
import type { Dashboard } from "./dashboard/panel.js";
import type { Advice } from "./documents/advice.js";
import type { Comparisons } from "./documents/comparisons.js";
import type { Profiles } from "./documents/profiles.js";
import type { Functions } from "./documents/functions.js";
import type { Passes } from "./documents/passes.js";
import type { Explanations } from "./documents/explanations.js";
import type { LiveVerdicts } from "./live-verdicts.js";
import type { Server } from "./server.js";
import type { ShownRun } from "./shown-run.js";
import type { CallsView } from "./trees/later-calls.js";
import type { CgusTree } from "./trees/cgus.js";
import type { RunsTree } from "./trees/runs.js";
import type { UnitsTree } from "./trees/units.js";

export interface Services {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  readonly server: Server;
  readonly shown: ShownRun;
  readonly problems: BuildProblems;
  /** What this window's workspace remembers. */
  readonly memory: Memento;
  readonly units: UnitsTree;
  readonly cgus: CgusTree;
  readonly runs: RunsTree;
  readonly dashboard: Dashboard;
  readonly explanations: Explanations;
  readonly comparisons: Comparisons;
  readonly advice: Advice;
  readonly profiles: Profiles;
  readonly live: LiveVerdicts;
  readonly calls: ExplainedCalls;
  readonly functions: Functions;
  readonly passes: Passes;
  readonly callsView: CallsView;
}
