/** The user's own folder for facts about this machine; never in a store, which may come from elsewhere. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** `$XDG_STATE_HOME/lto-inspector` (`~/.local/state` by default). */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const state = environment["XDG_STATE_HOME"];
  const root = state !== undefined && isAbsolute(state) ? state : join(environment["HOME"] ?? homedir(), ".local", "state");
  return join(root, "lto-inspector");
}
