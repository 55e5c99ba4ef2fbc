/** Runs in the browser before the script of a page of passes and acts as VS Code: `?theme=dark&scenario=sum`. */
import { FakePasses, type PassesScenario } from "../support/fake-passes.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakePasses(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "sum") as PassesScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakePasses["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => JSON.parse(sessionStorage.getItem("passes") ?? "null") as unknown,
    setState: (state: unknown) => {
      sessionStorage.setItem("passes", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
