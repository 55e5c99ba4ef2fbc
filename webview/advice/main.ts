/** The script of the page of a comparison of settings. */
import "../language.js";
import "../style/advice.css";
import type { VsCodeApi } from "../host.js";
import { registerButtons } from "../toolkit.js";
import { AdvicePage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerButtons();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the comparison.");
new AdvicePage(root, acquireVsCodeApi()).start();
