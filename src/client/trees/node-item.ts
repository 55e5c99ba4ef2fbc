/** Small parts that all trees share. */
import * as vscode from "vscode";
import type { Excerpt, RowLine } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { reportOf } from "../failure.js";
import type { COMMANDS } from "../ids.js";

type OwnCommand = (typeof COMMANDS)[keyof typeof COMMANDS];

/** A line of text without a command. */
export interface NoteNode {
  readonly kind: "note";
  readonly text: string;
  readonly icon: string;
  readonly tooltip?: string;
}

/** A failed request in a tree: shows the error itself, which stays after its notification has closed. */
export function failureNote(error: unknown): NoteNode {
  const report = reportOf(error);
  return { kind: "note", text: report.message, icon: "error", ...(report.help === undefined ? {} : { tooltip: report.help }) };
}

export function noteItem(note: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(note.text);
  item.iconPath = new vscode.ThemeIcon(note.icon);
  item.tooltip = note.tooltip ?? note.text;
  item.accessibilityInformation = { label: note.tooltip === undefined ? note.text : `${note.text} ${note.tooltip}` };
  return item;
}

/** The server puts rows into words. */
export function lineItem(
  label: string,
  { icon, color, description, words }: RowLine,
  state: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon, color === null ? undefined : new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: words };
  return item;
}

/** Markdown from parts that come from untrusted files: escapes everything that could be markup, and enables no commands but those of its own links. */
export class SafeMarkdown {
  readonly #markdown = new vscode.MarkdownString("", true);
  readonly #enabled: string[] = [];

  heading(text: string): this {
    return this.#raw("**").#append(text).#raw("**\n\n");
  }

  text(text: string): this {
    return this.#append(text).#raw("\n\n");
  }

  /** A sentence with names between backticks, which are shown as such. */
  named(text: string): this {
    return this.#parts(text).#raw("\n\n");
  }

  /** Adds a numbered list of sentences with names between backticks. */
  steps({ total, shown }: Excerpt<string>): this {
    for (const step of shown) this.#raw("1. ").#parts(step).#raw("\n");
    if (total > shown.length) this.#raw("1. …\n");
    return this.#raw("\n");
  }

  #parts(text: string): this {
    for (const [index, part] of text.split("`").entries()) {
      if (index % 2 === 0) this.#append(part);
      else this.#raw("*").#append(part).#raw("*");
    }
    return this;
  }

  /** A link that runs a command of ours with these arguments, which are JSON. */
  command(label: string, command: OwnCommand, ...args: readonly unknown[]): this {
    this.#enabled.push(command);
    this.#markdown.isTrusted = { enabledCommands: this.#enabled };
    const address = encodeURIComponent(JSON.stringify(args)).replaceAll("(", "%28").replaceAll(")", "%29");
    return this.#raw(`[${label}](command:${command}?${address})\n\n`);
  }

  /** Adds a list of facts, without those that have no value. */
  facts(facts: readonly (readonly [name: string, value: string | null | undefined])[]): this {
    for (const [name, value] of facts) {
      if (value === null || value === undefined || value === "") continue;
      this.#raw(`* ${name}: `).#append(value).#raw("\n");
    }
    return this.#raw("\n");
  }

  #raw(markdown: string): this {
    this.#markdown.appendMarkdown(markdown);
    return this;
  }

  /** VS Code's escaping makes spaces non-breaking, so lines would break within words. */
  #append(text: string): this {
    const { value } = new vscode.MarkdownString("", true).appendText(visible(text));
    return this.#raw(value.replaceAll(/(?:&nbsp;)+/g, " "));
  }

  done(): vscode.MarkdownString {
    return this.#markdown;
  }
}
