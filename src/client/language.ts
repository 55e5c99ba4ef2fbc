/** The display language of the window, for texts that the client shares with the server and the pages. */
import * as vscode from "vscode";
import { ENGLISH, type DisplayLanguage } from "../protocol/l10n.js";

/** English, unless the extension has a translation for the window's language. */
export function windowLanguage(): DisplayLanguage {
  const { bundle } = vscode.l10n;
  return bundle === undefined ? ENGLISH : { language: vscode.env.language, texts: bundle };
}
