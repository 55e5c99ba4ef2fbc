/** The shown run (or none yet), with a filter and a sort order. The tree, the dashboard, the status bar and the commands all follow it. */
import * as vscode from "vscode";
import { hasRows, type ModuleFilter, type ModuleSort, type RunView } from "../protocol/views.js";
import { noteCargoFolders } from "./cargo-home.js";
import { CONTEXT } from "./ids.js";
import type { Server } from "./server.js";

const LAST_RUN = "lto.lastRun";
const COMPARED_RUN = "lto.comparedRun";

/** How the Codegen Units view is grouped. */
export type Grouping = "verdict" | "crate" | "none";

export interface Order {
  readonly sort: ModuleSort | null;
  readonly descending: boolean;
}

export class ShownRun implements vscode.Disposable {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #run: RunView | null = null;
  #filter: ModuleFilter = {};
  #order: Order = { sort: null, descending: false };
  #grouping: Grouping = "verdict";

  readonly onChanged = this.#changed.event;

  constructor(server: Server, memory: vscode.Memento) {
    this.#server = server;
    this.#memory = memory;
  }

  get run(): RunView | null {
    return this.#run;
  }
  get filter(): ModuleFilter {
    return this.#filter;
  }
  get order(): Order {
    return this.#order;
  }
  get grouping(): Grouping {
    return this.#grouping;
  }

  /** Whether a window has compared this run with rustc, whatever the result; known of one run. */
  wasCompared({ id }: RunView): boolean {
    return this.#memory.get(COMPARED_RUN) === id;
  }

  noteCompared({ id }: RunView): void {
    void this.#memory.update(COMPARED_RUN, id);
  }

  /** Shows a run everywhere. */
  show(run: RunView | null): void {
    this.#run = run;
    void this.#memory.update(LAST_RUN, run?.id);
    void vscode.commands.executeCommand("setContext", CONTEXT.hasRun, run !== null && hasRows(run));
    this.#changed.fire();
  }

  setFilter(filter: ModuleFilter): void {
    this.#filter = filter;
    void vscode.commands.executeCommand("setContext", CONTEXT.filtered, Object.keys(filter).length > 0);
    this.#changed.fire();
  }

  setOrder(order: Order): void {
    this.#order = order;
    this.#changed.fire();
  }

  setGrouping(grouping: Grouping): void {
    this.#grouping = grouping;
    this.#changed.fire();
  }

  /** Shows the run that was shown last, or the latest of these workspace folders' units, if there is one. */
  async restore(): Promise<void> {
    if (this.#run !== null) return;
    const remembered = this.#memory.get<string>(LAST_RUN);
    const run = remembered === undefined ? undefined : await this.#server.ask("run", { run: remembered }).catch(() => undefined);
    if (run !== undefined && hasRows(run)) {
      this.show(run);
      return;
    }
    const { rows, folders } = await this.#server.ask("units", { offset: 0, limit: 100 });
    const latest = rows.flatMap(({ lastRun }) => (lastRun !== null && hasRows(lastRun) ? [lastRun] : []));
    latest.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    // The user may have opened a run in the meantime.
    if (latest[0] !== undefined && this.run === null) this.show(latest[0]);
    await noteCargoFolders(folders);
  }

  /** Requests the run again: it may have been removed or have finished. */
  async refresh(): Promise<void> {
    const shown = this.#run;
    if (shown === null) return;
    const now = await this.#server.ask("run", { run: shown.id }).catch(() => null);
    if (this.#run === shown) this.show(now);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
