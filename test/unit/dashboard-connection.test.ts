/** The connection between the extension and a webview's page, which may send anything. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { afterEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { CancellationToken, Message } from "vscode-jsonrpc/node";
import { PageConnection, type DashboardListener } from "../../src/client/dashboard/connection.js";
import { LTO_FAILURE } from "../../src/protocol/requests/declare.js";

const REPORT = { name: "UnknownUnit", message: "There is no such unit.", help: "Capture it." } as const;

class Webview {
  /** Everything that was sent to the page. */
  readonly posted: unknown[] = [];
  readonly told: string[] = [];
  readonly refused: string[] = [];
  answer: DashboardListener["answer"] = (name, params) => Promise.resolve({ name, params });
  readonly #page = new EventEmitter<{ message: [Message] }>();
  readonly #connection = new PageConnection(
    {
      postMessage: (message) => this.posted.push(message),
      onDidReceiveMessage: (listener) => {
        this.#page.on("message", listener);
        return { dispose: () => this.#page.off("message", listener) };
      },
    },
    {
      answer: (...question) => this.answer(...question),
      reportOf: () => REPORT,
      told: ({ type }) => this.told.push(type),
      refused: (why) => this.refused.push(why),
    },
  );

  /** Sends messages as a page does, which may send anything. */
  async send(...messages: readonly unknown[]): Promise<void> {
    for (const message of messages) this.#page.emit("message", message as Message);
    await this.settled();
  }

  /** Resolves when everything that waits for nothing else has happened. */
  async settled(): Promise<void> {
    for (let round = 0; round < 20; round += 1) await turn();
  }

  tell(): void {
    this.#connection.tell({ type: "empty", because: "no-run" });
  }

  listeners(): number {
    return this.#page.listenerCount("message");
  }

  dispose(): void {
    this.#connection.dispose();
  }
}

const ready = { jsonrpc: "2.0", method: "ready", params: {} };

function ask(id: unknown, method: unknown, params: unknown = {}): object {
  return { jsonrpc: "2.0", id, method, params };
}

describe("a dashboard's connection", () => {
  let webview = new Webview();
  afterEach(() => {
    webview.dispose();
    webview = new Webview();
  });

  it("answers requests, and notifies the page of what to show", async () => {
    await webview.send(ready, ask(0, "modules", { offset: 0 }));
    webview.tell();
    assert.deepEqual(webview.told, ["ready"]);
    assert.deepEqual(webview.posted, [
      { jsonrpc: "2.0", id: 0, result: { name: "modules", params: { offset: 0 } } },
      { jsonrpc: "2.0", method: "empty", params: { because: "no-run" } },
    ]);
    assert.deepEqual(webview.refused, []);
  });

  it("answers failed requests with their reports", async () => {
    webview.answer = () => Promise.reject(new Error("no"));
    await webview.send(ready, ask(0, "modules"));
    const error = { code: LTO_FAILURE, message: REPORT.message, data: { report: REPORT } };
    assert.deepEqual(webview.posted, [{ jsonrpc: "2.0", id: 0, error }]);
  });

  it("passes on the cancellation of a request", async () => {
    const tokens: CancellationToken[] = [];
    webview.answer = (_name, _params, token) => {
      tokens.push(token);
      return new Promise(() => undefined);
    };
    await webview.send(ready, ask(0, "modules"), ask(1, "timeline"));
    await webview.send({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } });
    assert.deepEqual(
      tokens.map((token) => token.isCancellationRequested),
      [false, true],
    );
  });

  it("keeps the answers to one page from the next, which numbers its requests from 0 again", async () => {
    let finish: (result: string) => void = () => undefined;
    webview.answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await webview.send(ready, ask(0, "modules"));
    const finishFirst = finish;
    await webview.send(ready, ask(0, "timeline"));
    finishFirst("rows");
    await webview.settled();
    assert.deepEqual(webview.posted, []);
    finish("bars");
    await webview.settled();
    assert.deepEqual(webview.posted, [{ jsonrpc: "2.0", id: 0, result: "bars" }]);
    assert.equal(webview.listeners(), 1);
  });

  it("refuses requests that are not allowed, and continues after invalid messages", async () => {
    let passed: unknown;
    webview.answer = (_name, params, token) => {
      passed = params;
      assert.equal(token.isCancellationRequested, false);
      return Promise.resolve(1);
    };
    await webview.send(ask(0, "clearStore"), ask("__proto__", "constructor"), ask(1, "lto/modules"));
    assert.deepEqual(
      webview.posted.splice(0).map((message) => (message as { readonly error: { readonly code: number } }).error.code),
      [-32601, -32601, -32601],
    );
    await webview.send(undefined, null, 7, "ready", [], {}, ask(null, "modules"), ask({}, "modules"), ask(2, ["modules"]));
    await webview.send({ jsonrpc: "2.0", method: "$/cancelRequest" }, { jsonrpc: "2.0", method: "open", params: { run: "r" } });
    await webview.send({ jsonrpc: "2.0", id: 0, result: 1 }, { jsonrpc: "2.0", id: null, error: {} });
    assert.deepEqual(webview.told, []);
    assert.ok(webview.refused.length >= 7, webview.refused.join("\n"));
    webview.posted.splice(0);
    // An array stays one value: none of its elements is taken for the token.
    await webview.send(ready, ask(3, "modules", [{ offset: 0 }, { isCancellationRequested: "x" }]));
    assert.deepEqual(webview.posted, [{ jsonrpc: "2.0", id: 3, result: 1 }]);
    assert.deepEqual(passed, [{ offset: 0 }, { isCancellationRequested: "x" }]);
  });
});
