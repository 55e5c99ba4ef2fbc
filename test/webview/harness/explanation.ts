/** Runs in the browser before the explanation's own script and acts as VS Code: `?theme=dark&scenario=several`. */
import { FakeExplanation, type ExplanationScenario } from "../support/fake-explanation.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakeExplanation(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "importer") as ExplanationScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakeExplanation["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => null,
    setState: (state: unknown) => {
      sessionStorage.setItem("explanation", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
