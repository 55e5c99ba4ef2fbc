/** The explanation of what was looked at last. Tooltips, causes and cascades ask about one run again and again. */
import type { ExplainReport } from "../../protocol/explain.js";
import type { Subject } from "../../protocol/uris.js";

export class KeptReport {
  #kept: { readonly subject: string; readonly report: Promise<ExplainReport> } | undefined;

  /**
   * The report of a subject.
   *
   * @param explain makes it, once: others may want the same one, so it is not ended when one of them is cancelled
   * @throws what `explain` throws
   */
  of(subject: Subject, explain: () => Promise<ExplainReport>): Promise<ExplainReport> {
    const key = JSON.stringify(subject);
    if (this.#kept?.subject === key) return this.#kept.report;
    const kept = { subject: key, report: explain() };
    this.#kept = kept;
    // What failed is tried again.
    kept.report.catch(() => {
      if (this.#kept === kept) this.#kept = undefined;
    });
    return kept.report;
  }

  /** Builds came or went. */
  forget(): void {
    this.#kept = undefined;
  }
}
