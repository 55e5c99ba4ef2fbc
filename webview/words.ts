/** The icons of verdicts and groups on the page. Words and numbers come from src/protocol. */
import type { ModuleGroup, Verdict } from "../src/protocol/runs.js";
import type { IconName } from "./icons.js";

/** Every verdict has its own word and icon; the colour only repeats them. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, IconName>> = {
  "re-used": "check",
  "re-compiled": "sync",
  linked: "link",
  failed: "error",
};

/** The same for groups of modules. */
export const GROUP_SIGNS: Readonly<Record<ModuleGroup, IconName>> = {
  failed: "error",
  changed: "edit",
  new: "add",
  "equal-key": "sync",
  "first-build": "flag",
  "not-incremental": "info",
  "re-compiled": "sync",
  "never-cached": "sync",
  "re-used": "check",
  linked: "link",
  unknown: "question",
};

/** The verdict of a group's modules, whose colour they have. */
export const VERDICT_OF_GROUP: Readonly<Record<ModuleGroup, Verdict | "unknown">> = {
  failed: "failed",
  changed: "re-compiled",
  new: "re-compiled",
  "equal-key": "re-compiled",
  "first-build": "re-compiled",
  "not-incremental": "re-compiled",
  "re-compiled": "re-compiled",
  "never-cached": "re-compiled",
  "re-used": "re-used",
  linked: "linked",
  unknown: "unknown",
};
