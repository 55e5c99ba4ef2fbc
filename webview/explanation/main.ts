/** The script of an explanation's page. */
import "../language.js";
import "../style/explanation.css";
import type { VsCodeApi } from "../host.js";
import { registerButtons } from "../toolkit.js";
import { ExplanationPage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerButtons();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the explanation.");
new ExplanationPage(root, acquireVsCodeApi()).start();
