/** Small parts that all trees share. */
import * as vscode from "vscode";
import { visible } from "../../protocol/visible.js";
import { reportOf } from "../failure.js";

/** A line that only says something. */
export interface NoteNode {
  readonly kind: "note";
  readonly text: string;
  readonly icon: string;
  readonly tooltip?: string;
}

/** What a failed request looks like in a tree: the error itself, so that it is not lost when its notification is gone. */
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

/** Markdown from parts that come from untrusted files: everything that could be markup is escaped, and nothing in it is a command. */
export class SafeMarkdown {
  readonly #markdown = new vscode.MarkdownString("", true);

  heading(text: string): this {
    return this.#raw("**").#append(text).#raw("**\n\n");
  }

  text(text: string): this {
    return this.#append(text).#raw("\n\n");
  }

  /** A list of facts; those without a value are left out. */
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

  /** VS Code escapes markup, and writes spaces so that no line can break at them: a sentence would break within its words. */
  #append(text: string): this {
    const { value } = new vscode.MarkdownString("", true).appendText(visible(text));
    return this.#raw(value.replaceAll(/(?:&nbsp;)+/g, " "));
  }

  done(): vscode.MarkdownString {
    return this.#markdown;
  }
}
