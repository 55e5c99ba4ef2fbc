/** What a page in the editor area shows when there is nothing else: that it waits, that it failed, that nothing runs in Restricted Mode. */
import * as l10n from "../src/protocol/l10n.js";
import type { LtoErrorReport } from "../src/protocol/errors.js";
import type { FromAnyPage } from "../src/protocol/page.js";
import { h, replace } from "./dom.js";
import { failureBlock } from "./failure.js";
import { button } from "./toolkit.js";

/** After this time the page says that it is still loading. */
const PATIENCE_MILLIS = 400;

type Tell = (message: FromAnyPage) => void;

/** Says what the page waits for, if that takes long. */
export function showWaiting(root: HTMLElement, text: string): void {
  setTimeout(() => {
    if (root.childElementCount === 0) replace(root, h("p", { class: "waiting dim", role: "status" }, text));
  }, PATIENCE_MILLIS);
}

export function failedPage(title: string, report: LtoErrorReport, tell: Tell): HTMLElement[] {
  const retry = (): void => tell({ type: "again" });
  const showLog = (): void => tell({ type: "command", command: "showLog" });
  return [h("h1", {}, title), h("div", { role: "alert" }, failureBlock(report, { retry, showLog }))];
}

export function restrictedPage(tell: Tell): HTMLElement {
  return h(
    "section",
    { class: "empty", "aria-labelledby": "empty-title" },
    h("h1", { id: "empty-title" }, l10n.t("Restricted Mode")),
    h("p", {}, l10n.t("LTO Inspector runs and shows nothing here until you trust this folder.")),
    button(l10n.t("Manage Workspace Trust"), { appearance: "primary", onClick: () => tell({ type: "command", command: "manageTrust" }) }),
  );
}
