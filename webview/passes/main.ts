/** The script of a page of passes. */
import "../language.js";
import "../style/passes.css";
import type { VsCodeApi } from "../host.js";
import { registerToolkit } from "../toolkit.js";
import { PassesPage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerToolkit();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the passes.");
new PassesPage(root, acquireVsCodeApi()).start();
