/** The script of the page of a comparison. */
import "../language.js";
import "../style/comparison.css";
import type { VsCodeApi } from "../host.js";
import { registerButtons } from "../toolkit.js";
import { ComparisonPage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerButtons();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the comparison.");
new ComparisonPage(root, acquireVsCodeApi()).start();
