/** Runs in the browser before the script of a comparison's page and acts as VS Code: `?theme=dark&scenario=many`. */
import { FakeComparison, type ComparisonScenario } from "../support/fake-comparison.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakeComparison(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "edit") as ComparisonScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakeComparison["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => null,
    setState: (state: unknown) => {
      sessionStorage.setItem("comparison", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
