/** What is loaded when it is first needed, so that activation does not pay for it: vscode-languageclient and vscode-jsonrpc are six times as large as all else. */
import type * as session from "./session.js";

export function loadSession(): Promise<typeof session> {
  return import("./session.js");
}
