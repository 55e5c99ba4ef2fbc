/** The objects of all modules of an open unit, for a link. */
import { LtoError } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { eachModule, withStages, type RunHooks } from "./each-module.js";
import { Objects } from "./objects.js";
import type { OpenUnit } from "./open.js";

export interface AllObjects {
  /** Module → blob. */
  readonly objects: ReadonlyMap<string, string>;
  /** Of the engine process; 0 if the store had everything. */
  readonly peakMemoryBytes: number;
}

export interface AllObjectsOptions {
  /** The subject of the cancellation message, such as "The link". */
  readonly what: string;
  /** Whether to ignore the objects in the store, so that time and memory count. */
  readonly ignoresStore: boolean;
}

/** @throws the error of the first module whose object cannot be made; LtoError Cancelled, FilesChanged */
export async function allObjects(
  core: CoreContext,
  open: OpenUnit,
  { what, ignoresStore }: AllObjectsOptions,
  hooks: Pick<RunHooks, "progress" | "signal">,
): Promise<AllObjects> {
  const objects = new Objects(open);
  const modules = withStages(open.analyzed.result.modules);
  const made = new Map<string, string>();
  let peakMemoryBytes = 0;
  if (!ignoresStore) {
    await objects.lookUp(
      modules.map(({ name }) => name),
      hooks.signal,
    );
  }
  const isKept = (module: string): boolean => objects.isStored(module);
  await eachModule({ core, open, hooks, what, doing: "Generating code for", isKept }, modules, {
    make: ({ name }) => objects.make(name, [], hooks.signal),
    made: ({ name }, { object, stages }) => {
      if (object !== null) made.set(name, object.blob);
      peakMemoryBytes = Math.max(peakMemoryBytes, stages.peakMemoryBytes);
      return Promise.resolve();
    },
    failed: (_module, error) => {
      throw new LtoError(error);
    },
  });
  await objects.settle();
  return { objects: made, peakMemoryBytes };
}
