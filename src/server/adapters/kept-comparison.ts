/** Caches the latest comparison of two builds: its page requests the rows by range. */
import type { BuildCompareReport } from "../../protocol/build-comparison.js";

export class KeptComparison {
  #kept: { readonly key: string; readonly report: BuildCompareReport } | undefined;

  /** The comparison of two builds. @throws what `compare` throws */
  async of(builds: object, compare: () => Promise<BuildCompareReport>): Promise<BuildCompareReport> {
    const key = JSON.stringify(builds);
    if (this.#kept?.key === key) return this.#kept.report;
    const report = await compare();
    this.#kept = { key, report };
    return report;
  }

  /** Called when builds or runs were added, removed or named. */
  forget(): void {
    this.#kept = undefined;
  }
}
