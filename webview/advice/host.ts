/** The page's view of the extension: what to show, and what the user chose. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { FromAdvicePage, ToAdvicePage } from "../../src/protocol/advice-page.js";
import { connect, type VsCodeApi } from "../host.js";

export class AdviceHost {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, told: (message: ToAdvicePage) => void) {
    this.#connection = connect(api);
    for (const type of ["advice", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => told({ type, ...params } as ToAdvicePage));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromAdvicePage): void {
    void this.#connection.sendNotification(type, params);
  }
}
