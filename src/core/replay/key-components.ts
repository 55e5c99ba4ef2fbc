/** `key-components.json.gz`: the components of the cache keys of a unit's modules. */
import * as z from "zod/mini";
import type { StoredModule, UnitKeys } from "../../protocol/keys.js";
import { byName } from "../base/by-name.js";
import { filePath, formatOf, instant, keyDigits, moduleOrigin, reasonKind, unitSummary, verdict } from "../base/values.js";

/** Lists are long: one check per list takes a tenth of the time of one check per number. */
function numbersThat(holds: (value: unknown) => boolean, what: string): z.ZodMiniCustom<number[], number[]> {
  return z.custom<number[]>((value) => Array.isArray(value) && value.every(holds), { error: what });
}

// -1 stands for a symbol that the engine did not name.
const numbers = numbersThat((value) => Number.isSafeInteger(value) && Number(value) >= -1, "a list of whole numbers");

const module = formatOf<StoredModule>()(() =>
  z.object({
    name: z.string(),
    key: keyDigits,
    exact: z.boolean(),
    hash: z.string(),
    digests: z.array(z.string()),
    exports: numbers,
    imports: numbers,
    resolvedOdr: numbers,
    globals: z.object({ symbols: numbers, states: numbers, instructions: numbers, uses: z.array(numbers) }),
    origin: moduleOrigin,
    crate: z.string(),
    file: filePath,
    member: z.nullable(z.string()),
    verdict,
    reason: reasonKind,
    previousKey: z.nullable(keyDigits),
  }),
);

export const keysLlvm = z.lazy(() => z.object({ version: z.string(), revision: z.string() }));

export const keyComponents = formatOf<UnitKeys>()(() =>
  z.object({
    schema: z.literal(1),
    unit: unitSummary,
    madeAt: instant,
    llvm: keysLlvm,
    release: z.nullable(z.string()),
    incremental: z.boolean(),
    settings: byName(z.string()),
    symbols: z.array(z.string()),
    modules: z.array(module),
  }),
);
