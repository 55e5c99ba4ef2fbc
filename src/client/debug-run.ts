/** The server of an extension that runs in a debugger. */

/** Node's inspector in the server, at the port to which .vscode/launch.json attaches ("Attach to the server"). */
export const SERVER_INSPECTOR = ["--nolazy", "--inspect=6012"];
