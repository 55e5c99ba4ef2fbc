/** The icons of verdicts on the page. Words and numbers come from src/protocol/words.ts. */
import type { Verdict } from "../src/protocol/runs.js";
import type { IconName } from "./icons.js";

/** Every verdict has its own word and icon; the colour only repeats them. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, IconName>> = {
  "re-used": "check",
  "re-compiled": "sync",
  linked: "link",
  failed: "error",
};
