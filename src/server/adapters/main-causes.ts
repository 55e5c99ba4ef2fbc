/** What had each module compiled anew, in a line: for tooltips. People look at one module of a run after the other, so the last run's are kept. */
import type { ExplainReport } from "../../protocol/explain.js";
import type { Subject } from "../../protocol/uris.js";

export class MainCauses {
  #kept: { readonly subject: string; readonly titles: Promise<ReadonlyMap<string, string>> } | undefined;

  /**
   * The main cause of a module.
   *
   * @param explain makes the report of the subject, once
   * @returns null where there is none, or no earlier build to tell it from
   * @throws what `explain` throws
   */
  async of(subject: Subject, module: string, explain: () => Promise<ExplainReport>): Promise<string | null> {
    const key = JSON.stringify(subject);
    if (this.#kept?.subject !== key) {
      const kept = { subject: key, titles: explain().then(titlesOf) };
      this.#kept = kept;
      // What failed is tried again.
      kept.titles.catch(() => {
        if (this.#kept === kept) this.#kept = undefined;
      });
    }
    return (await this.#kept.titles).get(module) ?? null;
  }

  /** Builds came or went. */
  forget(): void {
    this.#kept = undefined;
  }
}

function titlesOf({ causes, modules }: ExplainReport): ReadonlyMap<string, string> {
  const titles = new Map(causes.map(({ id, title }) => [id, title]));
  return new Map(
    modules.flatMap(({ name, reason }) => {
      const title = titles.get(reason.causes[0] ?? "");
      return title === undefined ? [] : [[name, title] as const];
    }),
  );
}
