/** What an edit of a function would re-compile: the price of the attribute that changes a decision. */
import { pipelineOf } from "../../../protocol/pipelines.js";
import type { EditCost } from "../../../protocol/calls.js";
import { counted, number } from "../../../protocol/words.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import type { OpenUnit } from "../../replay/open.js";
import { unitKeys } from "../../replay/unit-keys.js";
import { EditReaches } from "../rebuild/edit-reach.js";
import { KeyIndex } from "../rebuild/key-index.js";

export class EditCosts {
  readonly #reaches: EditReaches;
  readonly #modules: number;
  /** By symbol; null: no module defines it. */
  readonly #known = new Map<string, EditCost | null>();

  private constructor(index: KeyIndex) {
    this.#reaches = new EditReaches(index);
    this.#modules = index.modules.size;
  }

  /** @returns undefined: rustc re-uses nothing of this unit, whatever is edited. @throws LtoError Cancelled, EngineCrashed */
  static async of(open: OpenUnit, signal?: AbortSignal): Promise<EditCosts | undefined> {
    const { manifest, incremental, mode } = open.inputs;
    if (manifest === null || !incremental || !pipelineOf(mode).keys) return undefined;
    return new EditCosts(new KeyIndex(await unitKeys(open, signal)));
  }

  /** @returns undefined: no module that can be edited defines it */
  cost(symbol: string, name: string): EditCost | undefined {
    const stem = withoutPromotionSuffix(symbol);
    const known = this.#known.get(stem);
    if (known !== undefined) return known ?? undefined;
    const { itself, importers, cacheable } = this.#reaches.ofFunction(stem);
    const of = this.#modules;
    const cost = itself.length === 0 ? null : { symbol: stem, name, defining: itself.length, importing: importers.length, cacheable, of };
    this.#known.set(stem, cost);
    return cost ?? undefined;
  }

  /** All that were asked for. */
  get all(): readonly EditCost[] {
    return [...this.#known.values()].filter((cost) => cost !== null);
  }
}

/** Says what was computed, and what was not. */
export function editCostHelp({ name, defining, importing, cacheable, of }: EditCost): string {
  const defines = defining === 1 ? "1 that defines it" : `${number(defining)} that define it`;
  const imports = importing === 0 ? "" : ` and ${number(importing)} that ${importing === 1 ? "imports" : "import"} from there`;
  const reusable = cacheable === 0 ? "none" : number(cacheable);
  return `An edit of \`${name}\`'s body re-compiles ${number(defining + importing)} of ${counted(of, "module")}, ${reusable} of which rustc could otherwise re-use: ${defines}${imports}. This follows from the imports of this build; copies that an attribute adds are not counted.`;
}
