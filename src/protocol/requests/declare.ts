/** How to declare a request or notification between client and server: once, with method, direction and types, for both ends. */
import type { LtoErrorReport } from "../errors.js";
import type { Subject } from "../uris.js";

/** JSON-RPC error code of an answer whose `data` is a `FailureData`. */
export const LTO_FAILURE = 22001;

/** Carries an error to the other side. */
export interface FailureData {
  readonly report: LtoErrorReport;
}

/** A request: `P` goes to the server, `R` comes back. */
export interface Request<P, R> {
  readonly method: `lto/${string}`;
  readonly direction: "client to server";
  /** Exists for the types only. */
  readonly types?: { readonly params: P; readonly result: R };
}

/** A notification without an answer. */
export interface Notification<P> {
  readonly method: `lto/${string}`;
  readonly direction: "server to client";
  readonly types?: { readonly params: P };
}

export type ParamsOf<T extends { readonly types?: { readonly params: unknown } }> = NonNullable<T["types"]>["params"];

export type ResultOf<T extends { readonly types?: { readonly result: unknown } }> = NonNullable<T["types"]>["result"];

export function request<P, R>(method: `lto/${string}`): Request<P, R> {
  return { method, direction: "client to server" };
}

/** LSP's work-done token; absent: no progress is reported. */
export interface WithProgress {
  readonly workDoneToken?: string | number;
}

export type NoParams = Record<string, never>;

export interface WithModule {
  readonly subject: Subject;
  readonly module: string;
}
