/**
 * Runs in the browser before the dashboard's own script and acts as VS Code: theme, state, and an extension with a made-up run. The URL says what
 * to show: `?theme=dark&modules=1000&threads=8&scenario=…`.
 */
import { FakeExtension } from "../support/fake-extension.js";
import { fakeRun } from "../support/fake-run.js";
import { filterTakes, sortTakes } from "./interactions.js";
import { prepare } from "./scenarios.js";
import { dressPage } from "./dress.js";

declare global {
  interface Window {
    acquireVsCodeApi: () => unknown;
    /** For tests: the page's messages, and when it could start (performance.now). */
    harness: {
      readonly extension: FakeExtension;
      readonly ready: number;
      /** The time when head, first rows, timeline and stages were on the screen. */
      readonly painted: Promise<number>;
      /** The time when the treemap was on the screen. */
      readonly treemap: Promise<number>;
      readonly violations: string[];
      readonly sortTakes: typeof sortTakes;
      readonly filterTakes: typeof filterTakes;
    };
  }
}

const STATE = "dashboard state";

const { wanted, violations } = dressPage();

const extension = new FakeExtension((message) => {
  window.postMessage(message, "*");
});
extension.latencyMillis = Number(wanted.get("latency") ?? "0");
extension.symbols = wanted.has("symbols") ? Number(wanted.get("symbols")) : undefined;
const size = { modules: Number(wanted.get("modules") ?? "346"), threads: Number(wanted.get("threads") ?? "8") };
prepare(extension, wanted.get("scenario") ?? "", (options) => fakeRun({ ...size, ...options }));

window.acquireVsCodeApi = () => ({
  postMessage: (message: Parameters<FakeExtension["receive"]>[0]) => {
    extension.receive(structuredClone(message));
  },
  getState: () => JSON.parse(sessionStorage.getItem(STATE) ?? "null") as unknown,
  setState: (state: unknown) => {
    sessionStorage.setItem(STATE, JSON.stringify(state));
  },
});

/** Resolves to the time after the frame that shows an element for each selector. */
function whenShown(...parts: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!parts.every((part) => document.querySelector(part))) requestAnimationFrame(look);
      // This frame is painted before the next task.
      else setTimeout(() => resolve(performance.now()));
    };
    look();
  });
}

window.harness = {
  extension,
  ready: performance.now(),
  painted: whenShown(".grid-body .grid-row", ".timeline-bars rect", ".stages tbody tr"),
  treemap: whenShown(".treemap-picture .treemap-tile"),
  violations,
  sortTakes,
  filterTakes,
};
