/** What every operation of core works with: the store and the engine processes. One per program. */
import { EnginePool } from "./engine/pool.js";
import { storeLayout, type StoreLayout } from "./stages/store-layout.js";
import { StageStore } from "./stages/store.js";

export interface Core {
  readonly layout: StoreLayout;
  readonly store: StageStore;
  readonly engines: EnginePool;
}

export interface CoreOptions {
  /** Default: LTO_INSPECTOR_STORE and its fallbacks. */
  readonly storeRoot?: string;
  /** Modules optimised at once; default: all cores. */
  readonly threads?: number;
}

export function createCore(options: CoreOptions = {}): Core {
  const layout = storeLayout(options.storeRoot);
  return { layout, store: new StageStore(layout), engines: new EnginePool(options.threads) };
}
