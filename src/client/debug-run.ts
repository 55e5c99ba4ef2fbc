/** The server under Node's inspector. */

/**
 * Names the port of the inspector. Only .vscode/launch.json sets it, so that a window that somebody opens to debug another extension
 * starts the server as usual.
 */
export const SERVER_INSPECTOR = "LTO_INSPECTOR_SERVER_INSPECTOR";

/** Arguments of Node for the server. With an inspector it waits for the debugger: a breakpoint in what the first request runs is hit too. */
export function serverArguments(env: NodeJS.ProcessEnv): string[] {
  const port = env[SERVER_INSPECTOR];
  return port === undefined ? [] : ["--nolazy", `--inspect-wait=${port}`];
}
