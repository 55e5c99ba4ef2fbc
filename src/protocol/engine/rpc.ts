/** JSON-RPC between core and the engine process: everything besides the messages themselves. */

/**
 * Says which messages of this folder an addon understands: it exports the same number (addon/binding/module.cpp). Another one is of another
 * build, and is refused before it is asked anything. Whoever changes a message raises both.
 */
export const ENGINE_PROTOCOL = 6;

/** JSON-RPC error code of an answer whose `data` is an `EngineError`. */
export const ENGINE_FAILURE = -32001;

/**
 * Asks the engine process, not the addon, for a mark on its standard error (`EngineMark`): the output before it comes from the requests answered so
 * far.
 */
export const ENGINE_MARK = "engine/mark";

export interface EngineMark {
  /** The text to write. */
  readonly mark: string;
}

/** The notification that carries an `EngineProgress`. */
export const ENGINE_PROGRESS = "engine/progress";
