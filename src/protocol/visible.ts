/**
 * Names, paths and messages come from files that nobody vouches for. What a terminal or an editor would obey instead of showing it (escape sequences, line
 * breaks within a name, characters that reverse the direction of text or take no room) is written out instead, as rustc does: `\u{1b}`.
 */

/** Control, format (bidi, zero width, tags) and separator characters, and halves of surrogate pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const INVISIBLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

function escaped(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A text of one line: a line break in it is written out too. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, escaped);
}

/** A text of many lines (LLVM IR, what a program printed): its line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text.replaceAll(INVISIBLE_IN_LINES, escaped);
}

/** JSON, indented, with the same data and no invisible character: JSON.stringify leaves DEL, C1 controls and bidi controls as they are. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(INVISIBLE_IN_LINES, (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join(""),
  );
}
