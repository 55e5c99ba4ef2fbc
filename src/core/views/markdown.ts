/** Markdown from the text of untrusted files: whatever they contain is shown as text, and only links that are made here become links. */
import { visible } from "../../protocol/visible.js";

/** Names of symbols can be kilobytes long. */
const LONGEST = 600;

/** Characters with a meaning in Markdown or HTML, wherever they are in a line. */
const MARKUP = /[\\`*_[\]<>&#|~!$]/g;

/** A name, shown literally. */
export function codeSpan(name: string): string {
  const text = oneLine(name);
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  // Markdown strips a space on both sides, which is needed if the name begins or ends with a backtick.
  const pad = text === "" || /^`|`$|^ .* $/.test(text) ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A sentence of our own: names between backticks become code, everything else plain text. */
export function sentence(text: string): string {
  const parts = oneLine(text).split(/(`[^`]+`)/);
  return parts
    .map((part, index) => {
      if (index % 2 === 1) return part;
      // Without a space, two adjacent names would be read as one that contains backticks.
      if (part === "" && index > 0 && index < parts.length - 1) return " ";
      return index === 0 ? beginning(plain(part)) : plain(part);
    })
    .join("");
}

/** A link whose address was made here. */
export function link(text: string, uri: string): string {
  return `[${sentence(text)}](${uri.replaceAll(/[()<>`\s\\]/g, percent)})`;
}

function plain(text: string): string {
  // Escaped with a backslash, a backtick next to that of a name would be read as part of it.
  return text.replaceAll(MARKUP, (character) => (character === "`" ? "&#96;" : `\\${character}`)).replaceAll("://", "\\://");
}

/** Escapes what would begin a list or underline a heading at the beginning of a line. */
function beginning(text: string): string {
  return text.replace(/^(\s*)([-+=])/, "$1\\$2").replace(/^(\s*\d+)([.)])/, "$1\\$2");
}

function oneLine(text: string): string {
  const line = visible(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function percent(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
}
