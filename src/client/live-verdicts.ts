/**
 * After a build was captured elsewhere (in a terminal or another window), shows its decisions at once, as rustc recorded them, and verifies them
 * behind it. Does not replace the run of an older capture that the user has opened.
 */
import * as vscode from "vscode";
import { pipelineOf } from "../protocol/pipelines.js";
import { parseCaptureRef } from "../protocol/refs.js";
import { SETTINGS_SECTION } from "../protocol/settings.js";
import { hasRows, type RunView } from "../protocol/views.js";
import { mention } from "./messages.js";
import { completeQuietly, type BehindParts } from "./replay-behind.js";
import type { Server } from "./server.js";
import type { ShownRun } from "./shown-run.js";
import { countsLine } from "./words.js";

const STATUS_MILLIS = 5000;

export class LiveVerdicts implements vscode.Disposable {
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #log: vscode.LogOutputChannel;
  readonly #parts: BehindParts;
  readonly #listeners: readonly vscode.Disposable[];
  /** The latest known capture of each unit. */
  readonly #latest = new Map<string, string>();
  #own = 0;
  #looking = false;
  #again = false;

  constructor(parts: BehindParts) {
    const { server, shown, log } = parts;
    this.#server = server;
    this.#shown = shown;
    this.#log = log;
    this.#parts = parts;
    const look = (): void => {
      void this.#look();
    };
    this.#listeners = [
      shown.onChanged(look),
      server.onChanged(({ units }) => {
        if (units) look();
      }),
    ];
  }

  /** Runs work of this window; meanwhile, other builds are not shown. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#own += 1;
    try {
      return await work();
    } finally {
      this.#own -= 1;
    }
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  /** Runs one check at a time; changes during a check are checked afterwards. */
  async #look(): Promise<void> {
    this.#again = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#follow();
    } catch (error) {
      // Only logged, because the user did not request it; running LTO shows the failure.
      this.#log.warn(`The decisions of the latest build cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#looking = false;
    }
    if (this.#again) await this.#look();
  }

  async #follow(): Promise<void> {
    const { run } = this.#shown;
    const ref = run !== null && hasRows(run) && pipelineOf(run.unit.mode).keys ? parseCaptureRef(run.unit.id) : undefined;
    const unit = ref?.capture === null ? undefined : ref?.id;
    if (run === null || unit === undefined || !vscode.workspace.isTrusted || !this.#wanted()) return;
    const { captureRef, runnable } = await this.#server.ask("unit", { unit });
    const before = this.#latest.get(unit);
    this.#latest.set(unit, captureRef);
    // Only for a build after the shown one.
    if (captureRef === before || before !== run.unit.id || !runnable || this.#own > 0) return;
    const { run: recorded } = await this.#server.ask("beginRun", { unit: captureRef });
    const fresh = recorded ?? (await this.#server.ask("thin", { source: { unit: captureRef }, analyzeOnly: true }));
    // The same run may have been read again in the meantime.
    if (this.#shown.run?.id === run.id && this.#own === 0) this.#show(fresh);
    // Not awaited: a further build must not wait for it.
    if (recorded !== null) void completeQuietly(this.#parts, recorded);
  }

  #show(run: RunView): void {
    this.#shown.show(run);
    mention(vscode.l10n.t("LTO: a new build of {0}: {1}", run.unit.name, countsLine(run)), STATUS_MILLIS);
  }

  #wanted(): boolean {
    return vscode.workspace.getConfiguration(SETTINGS_SECTION).get<boolean>("followBuilds") ?? true;
  }
}
