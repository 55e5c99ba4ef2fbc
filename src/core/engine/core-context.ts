/** What every operation of core works with: the store and the engine processes. One per program. */
import { EnginePool } from "./pool.js";
import { storeLayout, type StoreLayout } from "../store/store-layout.js";
import { StageStore } from "../store/store.js";
import { WorkPlace } from "../store/work-place.js";

export interface CoreContext {
  readonly layout: StoreLayout;
  /** Where what is made is written. */
  readonly work: WorkPlace;
  readonly store: StageStore;
  readonly engines: EnginePool;
}

export interface CoreOptions {
  /** Default: LTO_INSPECTOR_STORE and its fallbacks. */
  readonly storeRoot?: string;
  /** Modules optimised at once; default: all cores. */
  readonly threads?: number;
}

/** Ends what a program has started, and removes what it made for itself alone. */
export async function closeCore({ engines, work }: CoreContext): Promise<void> {
  await engines.close();
  await work.close();
}

export function createCore(options: CoreOptions = {}): CoreContext {
  const layout = storeLayout(options.storeRoot);
  const work = new WorkPlace(layout);
  return { layout, work, store: new StageStore(layout, work), engines: new EnginePool(options.threads) };
}
