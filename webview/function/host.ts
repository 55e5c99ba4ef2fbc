/** The page's view of the extension: what to show, and what the user chose. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { FromFunctionPage, ToFunctionPage } from "../../src/protocol/function-page.js";
import { connect, type VsCodeApi } from "../host.js";

export class FunctionHost {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, told: (message: ToFunctionPage) => void) {
    this.#connection = connect(api);
    for (const type of ["function", "stages", "remarks", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => told({ type, ...params } as ToFunctionPage));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromFunctionPage): void {
    void this.#connection.sendNotification(type, params);
  }
}
