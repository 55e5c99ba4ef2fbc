/** What JSON-RPC between core and the engine process needs besides the messages themselves. */

/** JSON-RPC error code of an answer whose `data` is an `EngineError`. */
export const ENGINE_FAILURE = -32001;

/** The notification that carries an `EngineProgress`. */
export const ENGINE_PROGRESS = "engine/progress";
