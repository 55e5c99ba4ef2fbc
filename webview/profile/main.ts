/** The script of the page of a profile. */
import "../language.js";
import "../style/profile.css";
import type { VsCodeApi } from "../host.js";
import { registerButtons } from "../toolkit.js";
import { ProfilePage } from "./page.js";

declare function acquireVsCodeApi(): VsCodeApi;

registerButtons();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for the profile.");
new ProfilePage(root, acquireVsCodeApi()).start();
