/** Finds out what changed in the builds of listed runs, one after another while the list is shown already, and keeps it with each run. */
import { messageOf } from "../../core/base/errors.js";
import { explainSubject } from "../../core/views/explain-subject.js";
import { whatChanged } from "../../core/views/run-name.js";
import type { Workbench } from "../../core/views/workbench.js";
import type { Changed } from "../../protocol/requests/all.js";
import type { RunView } from "../../protocol/views.js";
import type { KeptReport } from "./kept-report.js";

/** The latest runs of a list; older ones keep what their summary says. */
const NAMED = 30;

/** The parts of the server's state that this needs. */
interface NamingState {
  readonly workbench: Workbench;
  readonly explained: KeptReport;
  readonly connection: { readonly console: { info(message: string): void } };
  changed(change: Changed): void;
}

export class RunNames {
  readonly #state: NamingState;
  /** Runs that were looked at: with a report and without, because the replay stores the keys that comparing needs. */
  readonly #tried = new Set<string>();
  readonly #waiting: RunView[] = [];
  #working = false;

  constructor(state: NamingState) {
    this.#state = state;
  }

  /** Finds the names of these runs, unless they are known. Returns at once. */
  find(runs: readonly RunView[]): void {
    for (const run of runs.slice(0, NAMED)) {
      const key = `${run.id} ${String(run.hasReport)}`;
      if (this.#tried.has(key) || !(run.hasReport || run.recorded)) continue;
      this.#tried.add(key);
      this.#waiting.push(run);
    }
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let run = this.#waiting.shift(); run !== undefined; run = this.#waiting.shift()) await this.#name(run);
    } finally {
      this.#working = false;
    }
  }

  async #name(run: RunView): Promise<void> {
    const { workbench, explained } = this.#state;
    const { core, history } = workbench;
    try {
      if ((await history.whatChanged(run.id)) !== undefined) return;
      const explain = (id: string): ReturnType<typeof explainSubject> => explained.kept({ run: id }) ?? explainSubject(core, { run: id });
      const what = await workbench.use(() => whatChanged({ core, history, explain }, run));
      if (what === undefined) return;
      await history.keepWhatChanged(run.id, what);
      if (what !== run.what) this.#state.changed({ units: false, runs: true });
    } catch (error) {
      // Its capture may have been removed, or the store cannot be written to: the run keeps what its summary says.
      this.#state.connection.console.info(`${run.unit.name}: what changed in the build is not known: ${messageOf(error)}`);
    }
  }
}
