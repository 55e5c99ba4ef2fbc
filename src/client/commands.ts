/** Commands that are loaded on first use (later-commands.ts), and need nothing of the rest of the client but its services. */
import { speak } from "../protocol/l10n.js";
import { compareCaptures, compareRuns, compareWithSelected, selectForCompare } from "./commands/compare-builds.js";
import { compareSettings, openAdvice } from "./commands/compare-settings.js";
import { clearStore, selectLlvm } from "./commands/machine.js";
import { profilePasses } from "./commands/profile.js";
import { showPasses } from "./commands/passes.js";
import { copyRunId, pinRuns, removeRuns, renameRun, unpinRuns } from "./commands/runs.js";
import { windowLanguage } from "./language.js";

// This bundle has its own copy of what activation loads.
speak(windowLanguage());

export const laterCommands = {
  clearStore,
  compareCaptures,
  compareRuns,
  compareSettings,
  compareWithSelected,
  copyRunId,
  openAdvice,
  pinRuns,
  profilePasses,
  removeRuns,
  renameRun,
  selectForCompare,
  selectLlvm,
  showPasses,
  unpinRuns,
};
