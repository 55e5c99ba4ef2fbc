/**
 * Names, paths and messages come from untrusted files. Characters that a terminal or an editor would interpret instead of showing (escape
 * sequences, line breaks within a name, characters that reverse the direction of text or have no width) are escaped, as rustc does: `\u{1b}`.
 */

/** Control, format (bidi, zero width, tags) and separator characters, and halves of surrogate pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const INVISIBLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

function escaped(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A text of one line: line breaks are escaped too. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, escaped);
}

/** A text of many lines (LLVM IR, a program's output): line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text.replaceAll(INVISIBLE_IN_LINES, escaped);
}

/** JSON with the same data and no invisible character: JSON.stringify does not escape DEL, C1 controls and bidi controls. @param indent 0: on one line */
export function visibleJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(INVISIBLE_IN_LINES, (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join(""),
  );
}
