/** The engine's errors. */

/** An error of the engine's; `name` is one of `LtoErrorName`. */
export interface EngineError {
  readonly name: string;
  readonly message: string;
  readonly file?: string;
  readonly module?: string;
  readonly stage?: string;
}
