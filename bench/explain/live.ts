/** Measures how long after a build an open window has its decisions: the server notices the capture, and analyses it. */
import fs from "node:fs/promises";
import path from "node:path";
import type { RunView } from "../../src/protocol/views.js";
import { TestServer } from "../../test/support/server.js";

export interface LiveRefresh {
  /** From the capture's appearance in the store to the decisions, ms. */
  readonly refresh: number;
  /** From the end of rustc's work (the linked output) to the decisions, including the move of the capture into the store, ms. */
  readonly sinceLink: number;
  readonly run: RunView;
}

/** A window's server that waits for the next capture of a unit, and requests its decisions like the extension. */
export class LiveWindow {
  readonly #server: TestServer;
  readonly #store: string;

  private constructor(server: TestServer, store: string) {
    this.#server = server;
    this.#store = store;
  }

  static async open(store: string, workspace: string): Promise<LiveWindow> {
    const server = await TestServer.start({ store, folders: [workspace] });
    await server.ask("units", { offset: 0, limit: 100 });
    return new LiveWindow(server, store);
  }

  /** Shows a build's decisions, so that the engine runs as in a window in use. */
  async show(unit: string): Promise<void> {
    await this.#server.ask("thin", { source: { unit }, analyzeOnly: true });
  }

  /** @param unit "ID" @param before "ID@N" */
  async following(unit: string, before: string): Promise<LiveRefresh> {
    for (let seen = this.#server.changes.length; ; seen = this.#server.changes.length) {
      await this.#server.changed(({ units }) => units, seen).catch(() => undefined);
      const { captureRef } = await this.#server.ask("unit", { unit });
      if (captureRef === before) continue;
      const run = await this.#server.ask("thin", { source: { unit: captureRef }, analyzeOnly: true });
      const now = Date.now();
      const folder = path.join(this.#store, "captures", unit);
      const since = async (file: string): Promise<number> => now - (await fs.stat(file)).mtimeMs;
      // A complete capture is renamed into the unit's folder; rustc's log is written when rustc has ended.
      return { refresh: await since(folder), sinceLink: await since(path.join(folder, captureRef.split("@")[1] ?? "", "rustc.log")), run };
    }
  }

  async close(): Promise<void> {
    await this.#server.stop();
  }
}
