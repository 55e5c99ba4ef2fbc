/** Runs in the browser before the script of the page of a profile and acts as VS Code: `?theme=dark&scenario=memory`. */
import { FakeProfile, type ProfileScenario } from "../support/fake-profile.js";
import { dressPage } from "./dress.js";

const { wanted, violations } = dressPage();
const extension = new FakeProfile(
  (message) => {
    window.postMessage(message, "*");
  },
  (wanted.get("scenario") ?? "memory") as ProfileScenario,
);
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: Parameters<FakeProfile["receive"]>[0]) => {
      extension.receive(structuredClone(message));
    },
    getState: () => JSON.parse(sessionStorage.getItem("profile") ?? "null") as unknown,
    setState: (state: unknown) => {
      sessionStorage.setItem("profile", JSON.stringify(state));
    },
  }),
  harness: { extension, violations },
});
