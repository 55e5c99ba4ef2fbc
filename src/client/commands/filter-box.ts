/** An input box that filters a view while the user types; Escape restores the text from before. */
import * as vscode from "vscode";

/** A pause in typing after which the view is filtered. */
const TYPING_MILLIS = 100;

export interface FilterBox {
  readonly title: string;
  readonly placeholder: string;
  readonly prompt: string;
  /** The text from before. */
  readonly text: string;
  readonly apply: (text: string) => void;
}

export function filterWhileTyping({ title, placeholder, prompt, text: before, apply }: FilterBox): Promise<void> {
  const box = vscode.window.createInputBox();
  const clear: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("clear-all"), tooltip: vscode.l10n.t("Clear") };
  Object.assign(box, { title, placeholder, prompt, value: before, buttons: [clear] });
  let timer: NodeJS.Timeout | undefined;
  const applyNow = (text: string): void => {
    clearTimeout(timer);
    apply(text);
  };
  return new Promise((resolve) => {
    let accepted = false;
    box.onDidChangeValue((text) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        apply(text);
      }, TYPING_MILLIS);
    });
    box.onDidTriggerButton(() => {
      box.value = "";
      applyNow("");
    });
    box.onDidAccept(() => {
      accepted = true;
      applyNow(box.value);
      box.hide();
    });
    box.onDidHide(() => {
      clearTimeout(timer);
      if (!accepted) apply(before);
      box.dispose();
      resolve();
    });
    box.show();
  });
}
