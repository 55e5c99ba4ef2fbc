/** The page's view of the extension: what to show, and what the user chose. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { FromComparisonPage, ToComparisonPage } from "../../src/protocol/comparison-page.js";
import { connect, type VsCodeApi } from "../host.js";

export type Told = ToComparisonPage;

export class ComparisonHost {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, told: (message: Told) => void) {
    this.#connection = connect(api);
    for (const type of ["comparison", "rows", "functions", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => told({ type, ...params } as Told));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromComparisonPage): void {
    void this.#connection.sendNotification(type, params);
  }
}
