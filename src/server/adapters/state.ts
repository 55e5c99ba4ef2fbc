/** The server's state: the client's folders and settings, the workbench for them, and the served documents. */
import type { Connection } from "vscode-languageserver/node";
import { LtoError, messageOf } from "../../core/base/errors.js";
import type { CallHierarchy } from "../../core/views/call-hierarchy.js";
import type { CallTree } from "../../core/views/call-tree.js";
import type { FunctionLives } from "../../core/views/function-life.js";
import type { CallsAndFates } from "../../core/explain/fate/calls-and-fates.js";
import type { CallIndex } from "../../core/views/source-calls.js";
import { Workbench } from "../../core/views/workbench.js";
import { notifications, type Changed } from "../../protocol/requests/all.js";
import type { Settings } from "../../protocol/settings.js";
import { KeptComparison } from "./kept-comparison.js";
import { KeptReport } from "./kept-report.js";
import { KeptSizes } from "./kept-sizes.js";
import { RunNames } from "./run-names.js";
import { ServedDocuments } from "./served-documents.js";
import { pathOf } from "./uris.js";

/** Programs that belong to the server, beside its own bundle. */
export interface Programs {
  /** dist/cli.js */
  readonly cli: string;
}

/** What is known of the calls of a run. */
export interface ExplainedRun {
  readonly run: string;
  readonly found: CallsAndFates;
  /** The folder that relative paths of debug info start at; empty: not known. */
  readonly workspace: string;
  readonly index: CallIndex;
  readonly tree: CallTree;
  readonly functions: FunctionLives;
  readonly hierarchy: CallHierarchy;
}

export class ServerState {
  readonly connection: Connection;
  readonly programs: Programs;
  /** Ours, as the package has it. */
  readonly version: string;
  readonly documents: ServedDocuments;
  readonly explained = new KeptReport();
  readonly compared = new KeptComparison();
  readonly sizes = new KeptSizes();
  readonly names = new RunNames(this);
  /** The calls that were explained last, by run: an index of a large unit takes tens of megabytes. */
  calls: ExplainedRun | undefined;
  /** Report files of captures whose progress is being reported. */
  readonly following = new Set<string>();
  #settings: Settings;
  #folders: readonly string[] = [];
  #workbench: Workbench | undefined;
  #initialized = false;
  #trusted = false;

  constructor(connection: Connection, { programs, version }: Pick<ServerState, "programs" | "version">, settings: Settings) {
    this.connection = connection;
    this.programs = programs;
    this.version = version;
    this.#settings = settings;
    this.documents = new ServedDocuments((uri) => connection.workspace.textDocumentContent.refresh(uri));
  }

  /** The client accepts messages from now on. */
  initialized(): void {
    this.#initialized = true;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** The client says that the user trusts the workspace. */
  trust(): void {
    this.#trusted = true;
  }

  /**
   * Created on first use, so a server without requests reads nothing. Everything that starts a process goes through it.
   *
   * @throws LtoError Untrusted: the client starts no server in Restricted Mode, and this holds even if it did
   */
  get workbench(): Workbench {
    if (!this.#trusted) {
      throw new LtoError({
        name: "Untrusted",
        message: "The client did not declare the workspace trusted, so nothing is started.",
        help: "Trust this folder (Workspaces: Manage Workspace Trust).",
      });
    }
    return (this.#workbench ??= this.#makeBench());
  }

  /** Applies new settings. Work in progress continues with the old ones. */
  configure(settings: Settings): void {
    this.#settings = settings;
    const workbench = this.#workbench;
    if (workbench === undefined) return;
    if (workbench.suits(settings)) {
      workbench.settings = settings;
      return;
    }
    this.#workbench = undefined;
    void workbench.retire();
    this.changed({ units: true, runs: true });
  }

  /** URIs of the workspace folders; skips those that are not on this machine's disk. */
  setFolders(uris: readonly string[]): void {
    this.#folders = uris.flatMap((uri) => {
      try {
        return [pathOf(uri)];
      } catch (error) {
        this.connection.console.info(messageOf(error));
        return [];
      }
    });
    if (this.#workbench !== undefined) this.#workbench.catalog.folders = this.#folders;
    this.changed({ units: true, runs: false });
  }

  /** Notifies the client that its views may be out of date. */
  changed(change: Changed): void {
    if (change.units) this.explained.forget();
    this.compared.forget();
    if (change.units) this.documents.latestMayDiffer((id) => this.workbench.catalog.latestCapture(id));
    if (!this.#initialized) return;
    // While the client exits, nothing receives it.
    this.connection.sendNotification(notifications.changed.method, change).catch(() => undefined);
  }

  /** Ends the engines. */
  async close(): Promise<void> {
    await this.#workbench?.close();
  }

  #makeBench(): Workbench {
    const workbench = new Workbench(this.#settings, (change) => {
      this.changed(change);
    });
    workbench.catalog.folders = this.#folders;
    return workbench;
  }
}
