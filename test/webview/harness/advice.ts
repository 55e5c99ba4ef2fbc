/** Runs in the browser before the script of the page of a comparison of settings and acts as VS Code: `?theme=dark&scenario=bench`. */
import { FakeAdvice, type AdviceScenario } from "../support/fake-advice.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakeAdvice(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "bench") as AdviceScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakeAdvice["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => JSON.parse(sessionStorage.getItem("advice") ?? "null") as unknown,
    setState: (state: unknown) => {
      sessionStorage.setItem("advice", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
