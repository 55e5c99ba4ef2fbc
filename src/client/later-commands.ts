/** Loads commands on first use, so that activation stays fast. */
import type { laterCommands } from "./commands.js";

export type LaterCommand = keyof typeof laterCommands;

export async function loadCommands(): Promise<typeof laterCommands> {
  return (await import("./commands.js")).laterCommands;
}
