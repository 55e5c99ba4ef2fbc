/** The page's view of the extension: what to show, and what the user chose. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { FromProfilePage, ToProfilePage } from "../../src/protocol/profile-page.js";
import { connect, type VsCodeApi } from "../host.js";

export class ProfileHost {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, told: (message: ToProfilePage) => void) {
    this.#connection = connect(api);
    for (const type of ["profile", "frames", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => told({ type, ...params } as ToProfilePage));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromProfilePage): void {
    void this.#connection.sendNotification(type, params);
  }
}
