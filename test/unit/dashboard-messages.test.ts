/** The messages that the extension accepts from a webview. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messageFrom, requestFrom } from "../../src/client/dashboard/messages.js";
import { DASHBOARD_REQUESTS, type ToExtension } from "../../src/protocol/dashboard.js";

const MESSAGES: readonly ToExtension[] = [
  { type: "ready" },
  { type: "open", run: "r", module: "m", stage: "thin-lto-after-pm" },
  { type: "open", run: "r", module: "m", stage: null },
  { type: "explain", run: "r", module: "m" },
  { type: "command", command: "verify" },
];

const OTHERS: readonly (readonly [method: string, params: unknown])[] = [
  ["", {}],
  ["__proto__", {}],
  ["changed", {}],
  ["modules", {}],
  ["open", undefined],
  ["open", null],
  ["open", ["r", "m", null]],
  ["open", { run: "r", module: "m" }],
  ["open", { run: "r", module: {}, stage: null }],
  ["open", { run: "r", module: "m", stage: "pm" }],
  ["explain", { run: 1, module: "m" }],
  ["command", { command: "clearStore" }],
  ["command", { command: "toString" }],
  ["command", {}],
];

describe("a webview's message", () => {
  it("is accepted if it is valid", () => {
    for (const message of MESSAGES) {
      const { type, ...params } = message;
      assert.deepEqual(messageFrom(type, params), message);
    }
  });

  it("loses unknown properties", () => {
    assert.deepEqual(messageFrom("explain", { run: "r", module: "m", command: "clearStore" }), { type: "explain", run: "r", module: "m" });
  });

  it("is rejected in any other form", () => {
    for (const [method, params] of OTHERS) assert.equal(messageFrom(method, params), undefined, `${method} ${JSON.stringify(params)}`);
  });
});

describe("a webview's request", () => {
  it("is one of those that only read", () => {
    for (const name of DASHBOARD_REQUESTS) assert.equal(requestFrom(name), name);
    for (const name of ["clearStore", "constructor", "lto/modules", "ready"]) assert.equal(requestFrom(name), undefined, name);
  });
});
