/**
 * Shows text where VS Code interprets parts of it: a notification turns `[label](command:…)` into a link, a pick turns `$(name)` into an icon.
 * Names of symbols, files and crates are not trusted, so every message and every label goes through here.
 */
import * as vscode from "vscode";
import { visible, visibleLines } from "../protocol/visible.js";
import { withoutIcons, withoutLinks } from "./plain-text.js";

type Show = <T extends string>(message: string, ...buttons: T[]) => Thenable<T | undefined>;

export const showInformation: Show = (message, ...buttons) => vscode.window.showInformationMessage(withoutLinks(message), ...buttons);
export const showWarning: Show = (message, ...buttons) => vscode.window.showWarningMessage(withoutLinks(message), ...buttons);
export const showError: Show = (message, ...buttons) => vscode.window.showErrorMessage(withoutLinks(message), ...buttons);

/** A modal question. @param detail its lines @returns the title of the button; undefined: cancelled */
export function ask<T extends string>(message: string, detail: readonly string[], ...buttons: T[]): Thenable<T | undefined> {
  return vscode.window.showInformationMessage(message, { modal: true, detail: detail.map(visible).join("\n") }, ...buttons);
}

/** Like {@link ask}, as a warning. */
export function askWarning<T extends string>(message: string, detail: readonly string[], ...buttons: T[]): Thenable<T | undefined> {
  return vscode.window.showWarningMessage(message, { modal: true, detail: detail.map(visible).join("\n") }, ...buttons);
}

/** Shows a line in the status bar for a moment. */
export function mention(message: string, millis = 3000): void {
  vscode.window.setStatusBarMessage(withoutIcons(message), millis);
}

/** Runs work with a notification that can cancel it. */
export function withNotification<T>(
  title: string,
  work: (report: (message: string | undefined, increment: number) => void, token: vscode.CancellationToken) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable: true };
  return vscode.window.withProgress(options, (progress, token) =>
    work((message, increment) => {
      progress.report({ ...(message === undefined ? {} : { message: withoutLinks(message) }), increment });
    }, token),
  );
}

/** One choice of a pick. */
export interface QuickChoice<T> extends vscode.QuickPickItem {
  readonly value: T;
  /** Our own icon before the label, such as "check". */
  readonly icon?: string;
}

/** A choice as a pick shows it. */
export function shownChoice<T>(choice: QuickChoice<T>): QuickChoice<T> {
  const { label, description, detail, icon } = choice;
  return {
    ...choice,
    label: `${icon === undefined ? "" : `$(${icon}) `}${withoutIcons(label)}`,
    ...(description === undefined ? {} : { description: withoutIcons(description) }),
    ...(detail === undefined ? {} : { detail: withoutIcons(detail) }),
  };
}

/** A row of a tree. VS Code shows its parts as plain text, except for line breaks and control characters. */
export function shownItem(item: vscode.TreeItem): vscode.TreeItem {
  if (typeof item.label === "string") item.label = visible(item.label);
  if (typeof item.description === "string") item.description = visible(item.description);
  if (typeof item.tooltip === "string") item.tooltip = visibleLines(item.tooltip);
  if (item.accessibilityInformation !== undefined) {
    item.accessibilityInformation = { ...item.accessibilityInformation, label: visible(item.accessibilityInformation.label) };
  }
  return item;
}
