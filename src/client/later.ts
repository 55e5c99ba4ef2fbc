/**
 * Code that is loaded on first use, so that activation stays fast: vscode-languageclient and vscode-jsonrpc are six times as large as everything
 * else. Commands that few use are with it.
 */
import type * as session from "./session.js";

export function loadSession(): Promise<typeof session> {
  return import("./session.js");
}
