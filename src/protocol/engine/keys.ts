/** Engine requests: the components of an analysed unit's keys. */
import type { KeyModule } from "../keys.js";
import { ofUnit } from "./request.js";

/** `keyComponents`: the key components of some modules of an analysed unit. Symbol numbers are valid within one answer only. */
export interface KeyComponentsParams {
  readonly unit: string;
  /** The first module wanted, in the order of the analysis. */
  readonly first: number;
  /** The maximum number of modules. */
  readonly count: number;
}

export interface KeyComponentsResult {
  /** The number of modules in the unit. */
  readonly total: number;
  readonly llvm: { readonly version: string; readonly revision: string };
  readonly modules: readonly KeyModule[];
  readonly symbols: readonly string[];
}

export const keyRequests = {
  keyComponents: ofUnit<KeyComponentsParams, KeyComponentsResult>(),
};
