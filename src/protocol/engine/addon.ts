/** The exports of the native addon. */
export interface Addon {
  /** `ENGINE_PROTOCOL` of its build. */
  readonly protocol: number;
  /** @throws a JavaScript error whose message is an `EngineError` as JSON. */
  initialize(params: string): string;
  /**
   * Runs one request on a worker thread. Parameters, result and progress are JSON; a failure rejects with an Error whose message is an
   * `EngineError` as JSON.
   *
   * @param job an id that `cancel` takes
   */
  request(method: string, params: string, job: number, onProgress: (progress: string) => void): Promise<string>;
  /** Asks a job to stop; it then rejects with the name Cancelled. Unknown jobs are ignored. */
  cancel(job: number): void;
}
