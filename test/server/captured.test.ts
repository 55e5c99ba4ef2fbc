/** The server over its protocol on a captured copy of examples/rust. All parts share one process and one capture, and build on each other's runs. */
import { after, before, describe, it } from "node:test";
import { Captured } from "../support/captured.js";
import { skipWithoutRust } from "../support/cli.js";
import { advice } from "./captured/advice.js";
import { disturbances } from "./captured/disturbances.js";
import { documents } from "./captured/documents.js";
import { rows } from "./captured/rows.js";
import { runHistory } from "./captured/run-history.js";
import { runs } from "./captured/runs.js";
import { secondCapture } from "./captured/second-capture.js";
import { wrongRequests } from "./captured/wrong-requests.js";
import { units } from "./captured/units.js";

if (skipWithoutRust === false) {
  const captured = new Captured();
  describe("the server on a captured workspace", () => {
    before(() => captured.prepare());
    after(() => captured.close());
    units(captured);
    runs(captured);
    runHistory(captured);
    rows(captured);
    documents(captured);
    advice(captured);
    wrongRequests(captured);
    disturbances(captured);
    secondCapture(captured);
  });
} else {
  it("the server on a captured workspace", (t) => {
    t.skip(String(skipWithoutRust));
  });
}
