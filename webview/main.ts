/** The dashboard's script: starts the page in the webview. */
import "./language.js";
import "./style/dashboard.css";
import type { VsCodeApi } from "./host.js";
import { DashboardPage } from "./page.js";
import { registerToolkit } from "./toolkit.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerToolkit();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the dashboard.");
new DashboardPage(root, acquireVsCodeApi()).start();
