/** Escape sequences in names from files. One list for all tests of printed output. */

/** What is injected → how. `FORGED` must never begin a line: a line break within a name is escaped. */
export const INJECTIONS: Readonly<Record<string, string>> = {
  "a colour": "\u{1b}[31mRED",
  "the window's title": "\u{1b}]0;TITLE\u{7}",
  "an empty screen": "\u{1b}[2J\u{1b}[H",
  "a link": "\u{1b}]8;;http://localhost/\u{1b}\\LINK\u{1b}]8;;\u{1b}\\",
  "the clipboard": "\u{1b}]52;c;UFdORUQ=\u{7}",
  "a question that the terminal answers": "\u{1b}[6n\u{5}",
  "a C1 control": "\u{9b}31mRED\u{9d}0;TITLE\u{9c}",
  "a line break": "\nFORGED",
  "a carriage return": "\rFORGED",
  "a backspace and a delete": "x\u{8}\u{7f}y",
  "another direction": "\u{202e}txet\u{2066}x\u{2069}\u{200f}",
  "line and paragraph separators": "\u{2028}FORGED\u{2029}FORGED",
  "characters without width": "\u{200b}\u{feff}\u{ad}\u{e0041}",
};

/** All of them in one name. */
export const ALL_INJECTIONS = Object.values(INJECTIONS).join("·");

/** Only our own line breaks, and line breaks and tabs in LLVM's text, may be printed. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What a terminal would interpret in a printed text, as code points, and lines that begin with a name. */
export function obeyed(printed: string): string[] {
  const characters = [...printed.matchAll(OBEYED)].map(([character]) => `U+${(character.codePointAt(0) ?? 0).toString(16)}`);
  const forged = printed.split("\n").filter((line) => line.startsWith("FORGED"));
  return [...new Set([...characters, ...forged])];
}
