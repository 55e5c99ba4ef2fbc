/** Keeps the sizes of the outputs that were measured last: the dashboard asks again whenever it is shown. */
import { formatCaptureRef } from "../../protocol/refs.js";
import type { OutputSizes } from "../../protocol/size.js";
import type { UnitManifest } from "../../protocol/units.js";

/** An output of 10,000 symbols takes a few megabytes. */
const MOST = 4;

export class KeptSizes {
  readonly #kept = new Map<string, OutputSizes>();

  /** The sizes of a capture's output, which never changes. @throws what `measure` throws */
  async of(unit: UnitManifest, measure: () => Promise<OutputSizes>): Promise<OutputSizes> {
    const key = `${formatCaptureRef(unit)} ${unit.capturedAt}`;
    const sizes = this.#kept.get(key) ?? (await measure());
    // The last one is the one that was used last.
    this.#kept.delete(key);
    this.#kept.set(key, sizes);
    for (const old of [...this.#kept.keys()].slice(0, -MOST)) this.#kept.delete(old);
    return sizes;
  }
}
