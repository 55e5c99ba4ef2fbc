/**
 * Ids that package.json declares too: commands, views, context keys, walkthrough steps and settings. test/unit/contributions.test.ts compares the
 * two.
 */

/** Every command of the extension, by what it does. */
export const COMMANDS = {
  runThin: "lto.runThin",
  runFat: "lto.runFat",
  runThinOn: "lto.runThinOn",
  capture: "lto.capture",
  openStage: "lto.openStage",
  compareStages: "lto.compareStages",
  moreFunctions: "lto.moreFunctions",
  nextStage: "lto.nextStage",
  previousStage: "lto.previousStage",
  findSymbol: "lto.findSymbol",
  compareLlvm: "lto.compareLlvm",
  openRunDiff: "lto.openRunDiff",
  explain: "lto.explain",
  explainCalls: "lto.explainCalls",
  showCalls: "lto.showCalls",
  whyKept: "lto.whyKept",
  showAssembly: "lto.showAssembly",
  compareAssembly: "lto.compareAssembly",
  goToLinkedLine: "lto.goToLinkedLine",
  showFunction: "lto.showFunction",
  showPasses: "lto.showPasses",
  filterCalls: "lto.filterCalls",
  clearCallFilter: "lto.clearCallFilter",
  groupCalls: "lto.groupCalls",
  exportCalls: "lto.exportCalls",
  openCallSource: "lto.openCallSource",
  openCallIr: "lto.openCallIr",
  verify: "lto.verify",
  openDashboard: "lto.openDashboard",
  revealStageFile: "lto.revealStageFile",
  copyCliCommand: "lto.copyCliCommand",
  copyKey: "lto.copyKey",
  clearStore: "lto.clearStore",
  selectLlvm: "lto.selectLlvm",
  showLog: "lto.showLog",
  restartServer: "lto.restartServer",
  openRun: "lto.openRun",
  removeRun: "lto.removeRun",
  renameRun: "lto.renameRun",
  pinRun: "lto.pinRun",
  unpinRun: "lto.unpinRun",
  copyRunId: "lto.copyRunId",
  compareRuns: "lto.compareRuns",
  selectForCompare: "lto.selectForCompare",
  compareWithSelected: "lto.compareWithSelected",
  compareCaptures: "lto.compareCaptures",
  compareSettings: "lto.compareSettings",
  openAdvice: "lto.openAdvice",
  profilePasses: "lto.profilePasses",
  refresh: "lto.refresh",
  filterCgus: "lto.filterCgus",
  clearFilter: "lto.clearFilter",
  sortCgus: "lto.sortCgus",
  groupCgus: "lto.groupCgus",
  onlyThis: "lto.onlyThis",
  copyNames: "lto.copyNames",
  showMore: "lto.showMore",
  toggleDebugInfo: "lto.toggleDebugInfo",
  toggleGuids: "lto.toggleGuids",
  toggleAttributes: "lto.toggleAttributes",
  toggleDemangle: "lto.toggleDemangle",
  toggleStableNumbering: "lto.toggleStableNumbering",
  hideDebugInfo: "lto.hideDebugInfo",
  showDebugInfo: "lto.showDebugInfo",
  hideGuids: "lto.hideGuids",
  showGuids: "lto.showGuids",
  hideAttributes: "lto.hideAttributes",
  showAttributes: "lto.showAttributes",
  showMangled: "lto.showMangled",
  showDemangled: "lto.showDemangled",
  numberSeparately: "lto.numberSeparately",
  numberAlike: "lto.numberAlike",
} as const;

export const VIEWS = { units: "lto.units", cgus: "lto.cgus", calls: "lto.calls", runs: "lto.runs" } as const;

/** Keys of `when` clauses. */
export const CONTEXT = {
  /** A run is shown, so its stages, keys and dashboard are available. */
  hasRun: "lto.hasRun",
  /** The active editor is a diff of two stages. */
  inStageDiff: "lto.inStageDiff",
  /** The active editor is a diff of some of the functions that a stage changed. */
  inFunctionDiff: "lto.inFunctionDiff",
  /** The active editor shows a stage, alone or in a diff. */
  inStage: "lto.inStage",
  /** The active editor shows the first stage, or a diff from it. */
  atFirstStage: "lto.atFirstStage",
  /** The active editor shows the last stage. */
  atLastStage: "lto.atLastStage",
  /** What the active editor's filters show: the menu of filters has a check for each. */
  showsDebugInfo: "lto.showsDebugInfo",
  showsGuids: "lto.showsGuids",
  showsAttributes: "lto.showsAttributes",
  showsDemangled: "lto.showsDemangled",
  numbersAlike: "lto.numbersAlike",
  /** A run was selected, so another one can be compared with it. */
  runSelected: "lto.runSelected",
  /** The Codegen Units view is filtered. */
  filtered: "lto.filtered",
  /** The calls of the shown run were explained, so the Calls view and lenses show them. */
  callsExplained: "lto.callsExplained",
  /** The Calls view is filtered. */
  callsFiltered: "lto.callsFiltered",
  /** The search for units has finished; otherwise the welcome view would flash before the first answer. */
  looked: "lto.looked",
  /** The search for units has finished, and no open folder has a Cargo.toml. */
  withoutCargo: "lto.withoutCargo",
  /** No Rust toolchain was found for an open folder. */
  withoutToolchain: "lto.withoutToolchain",
} as const;

/** Keys that complete a step of the walkthrough; each is set when what the step describes has happened. */
export const STEPS = {
  /** A run of thin LTO has ended with a report. */
  ran: "lto.step.ran",
  /** The Codegen Units view is visible and shows a run. */
  sawDecisions: "lto.step.sawDecisions",
  /** A diff of two stages has opened. */
  compared: "lto.step.compared",
  /** A verification has shown its result. */
  verified: "lto.step.verified",
} as const;

/** Toggled so that VS Code evaluates the steps again (see walkthrough.ts). */
export const STEP_SWITCH = "lto.step.switch";

export const TASK_TYPE = "lto-inspector";
export const DASHBOARD_VIEW_TYPE = "lto.dashboard";
/** Pages of *Explain Decision*. */
export const EXPLANATION_VIEW_TYPE = "lto.explanation";
/** Pages of *Show Function*. */
export const FUNCTION_VIEW_TYPE = "lto.function";
/** Pages of *Show Passes*. */
export const PASSES_VIEW_TYPE = "lto.passes";
/** Pages of *Compare Runs* and *Compare Captures*. */
export const COMPARISON_VIEW_TYPE = "lto.comparison";
/** Pages of *Compare Settings*. */
export const ADVICE_VIEW_TYPE = "lto.advice";
/** Pages of *Profile Passes*. */
export const PROFILE_VIEW_TYPE = "lto.profile";
/** Documents of *Compare LLVM Versions*; unlike stage documents, the client makes them itself. */
export const EXPLANATION_SCHEME = "lto-explanation";
