/** What the extension takes from a webview. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messageFrom } from "../../src/client/dashboard/messages.js";
import type { ToExtension } from "../../src/protocol/dashboard.js";

const MESSAGES: readonly ToExtension[] = [
  { type: "ready" },
  { type: "ask", id: 1, name: "modules", params: { anything: 1 } },
  { type: "open", run: "r", module: "m", stage: "thin-lto-after-pm" },
  { type: "open", run: "r", module: "m", stage: null },
  { type: "explain", run: "r", module: "m" },
  { type: "command", command: "verify" },
];

const OTHERS: readonly unknown[] = [
  ...[undefined, null, 7, "ready", [], {}, { type: "__proto__" }, { type: ["ready"] }],
  ...[
    { type: "ask", id: "1", name: "run" },
    { type: "ask", id: 1, name: "clearStore" },
    { type: "ask", id: 1, name: "constructor" },
  ],
  ...[
    { type: "open", run: "r", module: "m" },
    { type: "open", run: "r", module: {}, stage: null },
  ],
  ...[
    { type: "open", run: "r", module: "m", stage: "pm" },
    { type: "explain", run: 1, module: "m" },
  ],
  ...[{ type: "command", command: "clearStore" }, { type: "command", command: "toString" }, { type: "command" }],
];

describe("a webview's message", () => {
  it("is taken as it is meant", () => {
    for (const message of MESSAGES) assert.deepEqual(messageFrom(message), message);
  });

  it("loses what does not belong to it", () => {
    assert.deepEqual(messageFrom({ type: "explain", run: "r", module: "m", command: "clearStore" }), {
      ...{ type: "explain", run: "r", module: "m" },
    });
  });

  it("of any other form is none", () => {
    for (const other of OTHERS) assert.equal(messageFrom(other), undefined, JSON.stringify(other));
  });
});
