/**
 * The headline of the shown run: its own counts at once, and what is known of causes when the server answers ("4 by your edit"). Request: `lto/headline`.
 */
import * as vscode from "vscode";
import { hasRows } from "../protocol/views.js";
import { visibleLines } from "../protocol/visible.js";
import { fidelityOf } from "../protocol/words.js";
import type { Server } from "./server.js";
import type { ShownRun } from "./shown-run.js";

export class Headline implements vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listener: vscode.Disposable;
  #key: string | undefined;
  #text = "";

  readonly onChanged = this.#changed.event;

  constructor(server: Server, shown: ShownRun) {
    this.#server = server;
    this.#shown = shown;
    this.#listener = shown.onChanged(() => {
      void this.#follow();
    });
  }

  /** Empty: no run with rows is shown. */
  get text(): string {
    return this.#text;
  }

  /** Says above the rows of a view which unit it shows, the headline, and until a replay has verified them, whose decisions and stages these are. */
  above(view: vscode.TreeView<unknown>): vscode.Disposable {
    const tell = (): void => {
      const { run } = this.#shown;
      const known = run !== null && this.#text !== "" ? `${run.unit.name}: ${this.#text}` : undefined;
      const record = run !== null && hasRows(run) && run.recorded ? fidelityOf(run)?.detail : undefined;
      const lines = [known, record].filter((line) => line !== undefined);
      // exactOptionalPropertyTypes: VS Code removes the message only for undefined.
      Object.assign(view, { message: lines.length === 0 ? undefined : visibleLines(lines.join("\n")) });
    };
    return vscode.Disposable.from(this.onChanged(tell), this.#shown.onChanged(tell));
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  async #follow(): Promise<void> {
    const { run } = this.#shown;
    const shown = run !== null && hasRows(run) ? run : null;
    // A filter changes nothing; a replay may, and it stores the keys that comparing needs.
    const key = shown === null ? undefined : `${shown.id} ${String(shown.hasReport)}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#text = shown?.headline ?? "";
    this.#changed.fire();
    const { changed, new: added } = shown?.counts.groups ?? {};
    if (shown !== null && (changed ?? added) !== undefined) await this.#ask(shown.id, key);
  }

  async #ask(run: string, key: string | undefined): Promise<void> {
    // Files of no build have no causes, and the run's own headline stays.
    const answer = await this.#server.ask("headline", { run }).catch(() => undefined);
    if (answer === undefined || answer.headline === this.#text || key !== this.#key) return;
    this.#text = answer.headline;
    this.#changed.fire();
  }
}
