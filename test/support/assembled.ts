/** Compares the assembly of every function of a unit with the machine code of its objects. */
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { AssemblyReader } from "../../src/core/explain/asm/read-assembly.js";
import { eachModule, withStages } from "../../src/core/replay/each-module.js";
import { openUnit } from "../../src/core/replay/open.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { loadUnit } from "../../src/core/store/captures.js";

export interface Assembled {
  /** Functions whose assembly is the code of rustc's own object. */
  readonly equal: number;
  /** The others, with the reason. */
  readonly others: readonly string[];
}

/** @param unit in the store */
export async function assembled(store: string, unit: string): Promise<Assembled> {
  const core = createCore({ storeRoot: store });
  try {
    const open = await openUnit(core, PRODUCERS.sourceOf(await loadUnit(store, unit)), { llvm: "auto", overrides: {}, keysFile: null });
    const reader = new AssemblyReader(open);
    const others: string[] = [];
    let equal = 0;
    await eachModule({ core, open, hooks: {}, what: "The test", doing: "Reading" }, withStages(open.analyzed.result.modules), {
      make: async ({ name }) => {
        const read = await reader.whole(name);
        return reader.functions(read, new Set(read.assembly.symbols), true);
      },
      made: (_module, functions) => {
        for (const { symbol, module, checked } of functions) {
          if (checked.result === "equal" && checked.with === "rustc") equal += 1;
          else others.push(`${symbol} in ${module}: ${checked.why ?? `equal to the object of the ${checked.with ?? "replay"}`}`);
        }
        return Promise.resolve();
      },
      failed: ({ name }, { message }) => {
        others.push(`${name}: ${message}`);
      },
    });
    await open.close();
    return { equal, others };
  } finally {
    await closeCore(core);
  }
}
