/**
 * Colours of the terminal. Render functions mark what to colour, and only printing turns the marks into escape sequences, and everything else that
 * a terminal would interpret into visible text. A mark contains a random number that is drawn at start, so no name from a file can imitate one.
 */
import { randomBytes } from "node:crypto";
import { visible } from "../protocol/visible.js";

const MARK = `\u{1b}${randomBytes(16).toString("hex")}:`;
const MARKS = new RegExp(`${MARK}(\\d+);`);

/** The codes of "select graphic rendition" that begin and end a style. */
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

export type Colors = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

function styled(name: keyof typeof CODES): (text: string) => string {
  const [begin, end] = CODES[name];
  return (text) => `${MARK}${begin};${text}${MARK}${end};`;
}

export const COLORS: Colors = {
  bold: styled("bold"),
  dim: styled("dim"),
  red: styled("red"),
  green: styled("green"),
  yellow: styled("yellow"),
  cyan: styled("cyan"),
};

/** A line as it is written to a stream, without its line break. */
export function printable(line: string, colored: boolean): string {
  // The pattern has a group, so every second part is a code.
  return line
    .split(MARKS)
    .map((part, index) => (index % 2 === 0 ? visible(part) : colored ? `\u{1b}[${part}m` : ""))
    .join("");
}
