/**
 * Stage documents as files of a read-only file system, because VS Code only restores tabs of file systems after the window is reloaded. The server
 * provides the text through LSP's own request. The language client's provider for the same scheme is never used, because a file system takes
 * precedence.
 */
import * as vscode from "vscode";
import { parseStageUri, STAGE_SCHEME } from "../../protocol/uris.js";
import { reportOf } from "../failure.js";
import { withoutLinks } from "../plain-text.js";
import type { Server } from "../server.js";

const READ_ONLY = new vscode.MarkdownString(vscode.l10n.t("Stages are read-only: they show what rustc and LLVM made of a codegen unit."));

export class StageFileSystem implements vscode.FileSystemProvider {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registered: vscode.Disposable;
  /** When each document's text changed; VS Code reads a file again only if this time differs. */
  readonly #changedAt = new Map<string, number>();

  readonly onDidChangeFile = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
    this.#registered = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(STAGE_SCHEME, this, { isCaseSensitive: true, isReadonly: READ_ONLY }),
      server.onDocumentChanged((uri) => {
        this.#refresh(uri);
      }),
    );
  }

  /** Leaves out the size, which is only known after reading. @throws FileSystemError if the address is not that of a stage */
  stat(uri: vscode.Uri): vscode.FileStat {
    if (parseStageUri(uri.toString(true)) === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#changedAt.get(uri.toString()) ?? 0, size: 0 };
  }

  /** @throws FileSystemError with the server's error message */
  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    try {
      return new TextEncoder().encode(await this.#server.document(uri.toString()));
    } catch (error) {
      const { message, help } = reportOf(error);
      throw vscode.FileSystemError.Unavailable(withoutLinks(help === undefined ? message : `${message} ${help}`));
    }
  }

  /** The server reports changes regardless of watchers. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }

  #refresh(uri: vscode.Uri): void {
    this.#changedAt.set(uri.toString(), Date.now());
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }
}
