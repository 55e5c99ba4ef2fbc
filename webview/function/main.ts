/** The script of a function's page. */
import "../language.js";
import "../style/function.css";
import type { VsCodeApi } from "../host.js";
import { registerButtonsAndDropdowns } from "../toolkit.js";
import { FunctionPage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerButtonsAndDropdowns();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the function.");
new FunctionPage(root, acquireVsCodeApi()).start();
