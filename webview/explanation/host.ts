/** The page's view of the extension: what to show, and what the user chose. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { FromExplanationPage, ToExplanationPage } from "../../src/protocol/explanation-page.js";
import { connect, type VsCodeApi } from "../host.js";

export type Shown = ToExplanationPage;

export class ExplanationHost {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, show: (shown: Shown) => void) {
    this.#connection = connect(api);
    for (const type of ["explanation", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => show({ type, ...params } as Shown));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromExplanationPage): void {
    void this.#connection.sendNotification(type, params);
  }
}
