/** The table of requests and the adapters that answer them. */
import { DidChangeConfigurationNotification, ParameterStructures, RequestType } from "vscode-languageserver/node";
import type { Connection, InitializeParams, InitializeResult } from "vscode-languageserver/node";
import { messageOf } from "../core/base/errors.js";
import { speak } from "../protocol/l10n.js";
import { requests, type RequestName } from "../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../protocol/requests/declare.js";
import { SETTINGS_SECTION } from "../protocol/settings.js";
import { STAGE_SCHEME } from "../protocol/uris.js";
import * as advice from "./adapters/advice.js";
import { compareTwoBuilds, listCaptures } from "./adapters/build-comparisons.js";
import { Calls, type Call } from "./adapters/calls.js";
import * as captures from "./adapters/captures.js";
import { cliLine } from "./adapters/command-lines.js";
import { documentText } from "./adapters/documents.js";
import { cascade, causes, decisive, explain, headline } from "./adapters/explanations.js";
import { assembly, compareAssembly, functionsAt } from "./adapters/assembly.js";
import { whyKept } from "./adapters/kept.js";
import { exportProfile, profile } from "./adapters/profile.js";
import { sizes } from "./adapters/sizes.js";
import { functionRemarks } from "./adapters/function-remarks.js";
import * as functions from "./adapters/functions.js";
import * as machine from "./adapters/machine.js";
import * as passes from "./adapters/passes.js";
import * as rows from "./adapters/rows.js";
import { compareTwoRuns } from "./adapters/run-comparisons.js";
import * as runs from "./adapters/runs.js";
import { settingsFrom } from "./adapters/settings.js";
import * as sourceCalls from "./adapters/source-calls.js";
import { ServerState, type Programs } from "./adapters/state.js";
import * as units from "./adapters/units.js";
import { documentParams, folderUris, initializationOptions, PARAMS, parseParams, REQUEST_NAMES } from "./params.js";

type Requests = typeof requests;

interface Handler<P, R> {
  /** What the request does, as the beginning of a sentence, for errors and progress titles. */
  readonly doing: string;
  readonly answer: (state: ServerState, params: P, call: Call) => Promise<R>;
}

type Handlers = { readonly [N in RequestName]: Handler<ParamsOf<Requests[N]>, ResultOf<Requests[N]>> };

const handlers: Handlers = {
  units: { doing: "Looking for units", answer: units.listUnits },
  unit: { doing: "Reading a unit", answer: units.showUnit },
  refresh: { doing: "Looking for units", answer: units.refresh },

  plan: { doing: "Planning a build", answer: captures.plan },
  buildChoices: { doing: "Reading what Cargo can build", answer: captures.buildChoices },
  captureCommand: { doing: "Preparing a capture", answer: captures.captureCommand },
  followCapture: { doing: "Following a capture", answer: captures.followCapture },
  captureResult: { doing: "Reading a capture's result", answer: captures.captureResult },

  thin: { doing: "Running LTO", answer: runs.thin },
  beginRun: { doing: "Starting a run", answer: runs.beginRun },
  completeRun: { doing: "Running LTO", answer: runs.completeRun },
  verify: { doing: "Verifying against rustc", answer: runs.verify },
  runs: { doing: "Reading the history of runs", answer: runs.listRuns },
  run: { doing: "Reading a run", answer: (state, { run }) => state.workbench.history.view(run) },
  compareRuns: { doing: "Comparing two runs", answer: compareTwoRuns },
  removeRun: { doing: "Removing a run", answer: runs.removeRun },
  noteRun: { doing: "Naming a run", answer: runs.noteRun },
  deleteRuns: { doing: "Deleting runs", answer: runs.deleteRuns },
  restoreRuns: { doing: "Restoring runs", answer: runs.restoreRuns },
  purgeRuns: { doing: "Removing the files of deleted runs", answer: runs.purgeRuns },
  compareBuilds: { doing: "Comparing two builds", answer: compareTwoBuilds },
  captures: { doing: "Listing captures", answer: listCaptures },

  adviceChoices: { doing: "Reading what can be compared", answer: advice.adviceChoices },
  planAdvice: { doing: "Planning a comparison of settings", answer: advice.planAdvice },
  advise: { doing: "Comparing settings", answer: advice.advise },
  savedAdvice: { doing: "Listing saved comparisons", answer: advice.savedAdvice },
  adviceView: { doing: "Reading a saved comparison", answer: advice.adviceView },
  removeAdvice: { doing: "Removing a saved comparison", answer: advice.removeAdvice },
  exportAdvice: { doing: "Writing a comparison to a file", answer: advice.exportAdvice },

  explainCalls: { doing: "Explaining calls", answer: sourceCalls.explainCalls },
  sourceCalls: { doing: "Looking for calls of a file", answer: sourceCalls.sourceCalls },
  hierarchyItem: { doing: "Looking for a function", answer: functions.hierarchyItem },
  hierarchyCalls: { doing: "Looking for calls of a function", answer: functions.hierarchyCalls },
  functionPasses: { doing: "Tracing passes", answer: passes.functionPasses },
  passRuns: { doing: "Listing runs of passes", answer: passes.passRuns },
  passStep: { doing: "Comparing a function between passes", answer: passes.passStep },
  passMaker: { doing: "Looking for the pass that made a line", answer: passes.passMaker },
  passTexts: { doing: "Printing a function between passes", answer: passes.passTexts },
  functionView: { doing: "Looking for a function", answer: functions.functionView },
  functionStages: { doing: "Following a function through the stages", answer: functions.functionStages },
  functionRemarks: { doing: "Reading remarks about a function", answer: functionRemarks },
  functionNames: { doing: "Looking for functions", answer: functions.functionNames },
  callRows: { doing: "Listing calls", answer: sourceCalls.callRows },
  exportCalls: { doing: "Exporting calls", answer: sourceCalls.exportCalls },

  whyKept: { doing: "Looking for what keeps a symbol", answer: whyKept },
  assembly: { doing: "Generating assembly", answer: assembly },
  compareAssembly: { doing: "Comparing assembly", answer: compareAssembly },
  functionsAt: { doing: "Looking for a function", answer: functionsAt },

  profile: { doing: "Profiling passes", answer: profile },
  exportProfile: { doing: "Writing a profile to a file", answer: exportProfile },

  groups: { doing: "Listing codegen units", answer: rows.groups },
  crates: { doing: "Listing crates", answer: rows.crates },
  modules: { doing: "Listing codegen units", answer: rows.modules },
  module: { doing: "Looking for a codegen unit", answer: rows.module },
  stages: { doing: "Listing the stages of a codegen unit", answer: rows.stages },
  changedFunctions: { doing: "Comparing two stages", answer: rows.changes },
  functions: { doing: "Listing functions", answer: rows.functions },

  causes: { doing: "Explaining what was re-compiled", answer: causes },
  cascade: { doing: "Explaining the effect of a change", answer: cascade },
  explain: { doing: "Explaining a codegen unit", answer: explain },
  headline: { doing: "Summing up a run", answer: headline },
  decisive: { doing: "Explaining a codegen unit", answer: decisive },

  compare: { doing: "Comparing two stages", answer: rows.compare },
  find: { doing: "Searching all codegen units", answer: rows.find },
  stageUri: { doing: "Looking for a stage", answer: rows.stageUri },
  stageFile: { doing: "Looking for the file of a stage", answer: rows.stageFile },
  cliCommand: { doing: "Writing a command line", answer: cliLine },

  sizes: { doing: "Measuring what was linked", answer: sizes },
  timeline: { doing: "Reading the timeline", answer: rows.timeline },
  stageTotals: { doing: "Adding up the stages", answer: rows.stageTotals },

  doctor: { doing: "Examining this machine", answer: machine.doctor },
  llvmCandidates: { doing: "Looking for libLLVM", answer: machine.llvmCandidates },
  store: { doing: "Reading the store", answer: machine.storeView },
  clearStore: { doing: "Clearing the store", answer: machine.clearStore },
};

export interface ServerInfo {
  readonly version: string;
  readonly programs: Programs;
}

/** Serves a connection; `close` ends the engines. */
export function serve(connection: Connection, info: ServerInfo): { close(): Promise<void> } {
  const state = new ServerState(connection, info, settingsFrom(undefined));
  const calls = new Calls(connection);
  let client: InitializeParams["capabilities"] = {};

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities;
    const { trusted, settings, language } = initializationOptions(params.initializationOptions);
    speak(language);
    if (trusted) state.trust();
    state.configure(settingsFrom(settings));
    state.setFolders(folderUris(params.workspaceFolders));
    return {
      serverInfo: { name: "lto-inspector", version: info.version },
      capabilities: {
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: true },
          textDocumentContent: { schemes: [STAGE_SCHEME] },
        },
      },
    };
  });
  connection.onInitialized(() => {
    calls.takeCancels(connection);
    state.initialized();
    void followClient(connection, state, client).catch((error: unknown) => {
      connection.console.warn(`Settings and folders cannot be followed: ${messageOf(error)}`);
    });
  });
  connection.onShutdown(() => state.close());

  for (const name of REQUEST_NAMES) register({ connection, state, calls }, name, handlers[name]);
  connection.workspace.textDocumentContent.on((params: unknown, token) => {
    const parsed = parseParams(documentParams, "workspace/textDocumentContent", params);
    return calls.run("Opening a stage", params, token, (call) => documentText(state, parsed, call));
  });
  return { close: () => state.close() };
}

interface Serving {
  readonly connection: Connection;
  readonly state: ServerState;
  readonly calls: Calls;
}

function register<N extends RequestName>({ connection, state, calls }: Serving, name: N, { doing, answer }: Handlers[N]): void {
  const { method } = requests[name];
  // By name, so that an array is rejected and not spread over the handler's parameters.
  const type = new RequestType<unknown, unknown, unknown>(method, ParameterStructures.byName);
  connection.onRequest(type, (params, token) => {
    const parsed = parseParams(PARAMS[name], method, params);
    return calls.run(doing, params, token, (call) => answer(state, parsed, call));
  });
}

/** Follows changes of folders and settings that the client reports. */
async function followClient(connection: Connection, state: ServerState, client: InitializeParams["capabilities"]): Promise<void> {
  if (client.workspace?.workspaceFolders === true) {
    connection.workspace.onDidChangeWorkspaceFolders(() => {
      void connection.workspace.getWorkspaceFolders().then((folders) => {
        state.setFolders(folderUris(folders));
      });
    });
  }
  if (client.workspace?.configuration !== true) return;
  const read = async (): Promise<void> => {
    state.configure(settingsFrom(await connection.workspace.getConfiguration(SETTINGS_SECTION)));
  };
  connection.onDidChangeConfiguration(() => {
    void read();
  });
  if (client.workspace.didChangeConfiguration?.dynamicRegistration === true) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: SETTINGS_SECTION });
  }
  await read();
}
