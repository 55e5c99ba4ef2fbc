/**
 * Texts in the display language of VS Code, for code that the client, its pages and the server share; on the command line they are English. Calls look
 * as those of `vscode.l10n`, so that the same tool exports both (scripts/lib/exported-texts.ts), and the translations are those of `vscode.l10n.bundle`.
 */

/** What a text is translated to: the English text, with its comment if it has one, is the key. */
export type Translations = Readonly<Record<string, string>>;

export interface DisplayLanguage {
  /** As browsers name it: "de", "zh-cn". */
  readonly language: string;
  readonly texts: Translations;
}

export const ENGLISH: DisplayLanguage = { language: "en", texts: {} };

let shown = ENGLISH;

/** Sets the language of this process or page, before it shows anything. */
export function speak(language: DisplayLanguage): void {
  shown = language;
}

/** The language that dates are written in. */
export function displayLanguage(): string {
  return shown.language;
}

type Value = string | number | boolean;

/** A text with a hint for translators. */
interface Commented {
  readonly message: string;
  readonly args?: readonly Value[];
  readonly comment: readonly string[];
}

/**
 * A text in the display language.
 *
 * @param message the English text, written out where it is used; `{0}` stands for the first value
 */
export function t(message: string | Commented, ...args: readonly Value[]): string {
  if (typeof message === "string") return filled(shown.texts[message] ?? message, args);
  const { message: text, comment, args: values = [] } = message;
  return filled(shown.texts[`${text}/${comment.join("")}`] ?? text, values);
}

/** Makes a text that is data, such as a name that is kept and that other windows and terminals show. */
export function inEnglish<T>(make: () => T): T {
  const before = shown;
  shown = ENGLISH;
  try {
    return make();
  } finally {
    shown = before;
  }
}

function filled(text: string, values: readonly Value[]): string {
  if (values.length === 0) return text;
  return text.replaceAll(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
