/** Caches the latest explanation: tooltips, causes and cascades request the same run many times. */
import type { ExplainReport } from "../../protocol/explain.js";
import type { Subject } from "../../protocol/uris.js";

export class KeptReport {
  #kept: { readonly subject: string; readonly report: Promise<ExplainReport> } | undefined;

  /**
   * The report of a subject.
   *
   * @param explain makes the report, once. Several requests may share it, so it is not cancelled with one of them
   * @throws what `explain` throws
   */
  of(subject: Subject, explain: () => Promise<ExplainReport>): Promise<ExplainReport> {
    const key = JSON.stringify(subject);
    if (this.#kept?.subject === key) return this.#kept.report;
    const kept = { subject: key, report: explain() };
    this.#kept = kept;
    // A failed explanation is tried again.
    kept.report.catch(() => {
      if (this.#kept === kept) this.#kept = undefined;
    });
    return kept.report;
  }

  /** The report of a subject, if it is the one that is kept. */
  kept(subject: Subject): Promise<ExplainReport> | undefined {
    return this.#kept?.subject === JSON.stringify(subject) ? this.#kept.report : undefined;
  }

  /** Called when builds were added or removed. */
  forget(): void {
    this.#kept = undefined;
  }
}
