/** Runs in the browser before the script of a function's page and acts as VS Code: `?theme=dark&scenario=bar`. */
import { FakeFunction, type FunctionScenario } from "../support/fake-function.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakeFunction(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "bar") as FunctionScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakeFunction["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => null,
    setState: (state: unknown) => {
      sessionStorage.setItem("function", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
