/** Engine requests: what the keys of an analysed unit are made of. */
import type { KeyModule } from "../keys.js";
import { ofUnit } from "./request.js";

/** `keyComponents`: what the keys of some modules of an analysed unit are made of. Numbers of symbols hold within one answer. */
export interface KeyComponentsParams {
  readonly unit: string;
  /** The first module wanted, in the order of the analysis. */
  readonly first: number;
  /** Modules at most. */
  readonly count: number;
}

export interface KeyComponentsResult {
  /** Modules of the unit. */
  readonly total: number;
  readonly llvm: { readonly version: string; readonly revision: string };
  readonly modules: readonly KeyModule[];
  readonly symbols: readonly string[];
}

export const keyRequests = {
  keyComponents: ofUnit<KeyComponentsParams, KeyComponentsResult>(),
};
