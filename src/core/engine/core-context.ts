/** The context of every operation of core: the store and the engine processes. One per program. */
import { EnginePool } from "./pool.js";
import { storeLayout, type StoreLayout } from "../store/store-layout.js";
import { StageStore } from "../store/store.js";
import { WorkPlace } from "../store/work-place.js";

export interface CoreContext {
  readonly layout: StoreLayout;
  /** Where new files are written. */
  readonly work: WorkPlace;
  readonly store: StageStore;
  readonly engines: EnginePool;
}

export interface CoreOptions {
  /** Default: LTO_INSPECTOR_STORE and its fallbacks. */
  readonly storeRoot?: string;
  /** Modules to optimise in parallel; default: all cores. */
  readonly threads?: number;
}

/** Ends a program's engines, and removes its temporary files. */
export async function closeCore({ engines, work }: CoreContext): Promise<void> {
  await engines.close();
  await work.close();
}

export function createCore(options: CoreOptions = {}): CoreContext {
  const layout = storeLayout(options.storeRoot);
  const work = new WorkPlace(layout);
  return { layout, work, store: new StageStore(layout, work), engines: new EnginePool(options.threads) };
}
