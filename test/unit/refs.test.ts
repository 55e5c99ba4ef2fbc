/** Names that are parsed and formatted in one place each: refs of captures, rustc's sessions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatCaptureRef, parseCaptureRef } from "../../src/protocol/refs.js";
import { finishedSessions, newestSession, parseSessionName } from "../../src/protocol/session-names.js";
import { filesBelow, textOf } from "../support/sources.js";

const sources = ["src", "webview"].flatMap((folder) => filesBelow(folder)).filter((file) => file.endsWith(".ts"));

function filesWith(pattern: RegExp): readonly string[] {
  return sources.filter((file) => pattern.test(textOf(file) ?? ""));
}

describe("refs of captures", () => {
  it("are read as they are written", () => {
    const ref = { id: "demo-cli-bin-01234567", capture: 3 };
    assert.equal(formatCaptureRef(ref), "demo-cli-bin-01234567@3");
    assert.deepEqual(parseCaptureRef(formatCaptureRef(ref)), ref);
    assert.deepEqual(parseCaptureRef("demo-cli-bin-01234567"), { ...ref, capture: null });
    for (const other of ["", ".", "..", "a/b@1", "a@", "a@x", "a@1@2", "a b"]) assert.equal(parseCaptureRef(other), undefined, other);
  });

  it("are not formatted or parsed anywhere else", () => {
    assert.deepEqual(filesWith(/\}@\$\{|@\\d|split\("@"\)|indexOf\("@"\)/), ["src/protocol/refs.ts"]);
  });
});

describe("names of rustc's sessions", () => {
  it("contain the start time and whether the session is in progress", () => {
    assert.deepEqual(parseSessionName("s-hd8l5xk0ab-1x2y3z-4f6q"), { time: "hd8l5xk0ab", underWay: false });
    assert.deepEqual(parseSessionName("s-hd8l5xk0ab-1x2y3z-working"), { time: "hd8l5xk0ab", underWay: true });
    for (const other of ["s-1-2.lock", "s-1-2", "x-1-2-3", "s-1-2-3-4", "s-A-2-3"]) assert.equal(parseSessionName(other), undefined, other);
  });

  it("are ordered by time, which is a number in base 36", () => {
    const names = ["s-100-a-h2", "s-zz-a-h1", "s-200-a-working", "s-0zz.lock", "s-101-a-h3"];
    assert.deepEqual(finishedSessions(names), ["s-zz-a-h1", "s-100-a-h2", "s-101-a-h3"]);
    assert.equal(newestSession(names), "s-101-a-h3");
    assert.equal(newestSession(["s-200-a-working"]), undefined);
  });

  it("are not parsed anywhere else", () => {
    assert.deepEqual(filesWith(/\^s-|-working/), ["src/protocol/session-names.ts"]);
  });
});
