/** Finds the links in a Markdown text, without VS Code. Ignores text that is escaped or in code spans. */

export interface MarkdownLink {
  readonly start: number;
  readonly end: number;
  readonly uri: string;
}

const ESCAPE_OR_CODE = /\\.|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g;
const LINK = /\[([^\]\n]*)\]\(([^()\s]+)\)/g;

export function linksIn(markdown: string): MarkdownLink[] {
  const masked = markdown.replaceAll(ESCAPE_OR_CODE, (found) => " ".repeat(found.length));
  return [...masked.matchAll(LINK)].map(({ 0: whole, 2: uri = "", index }) => ({ start: index, end: index + whole.length, uri }));
}

/** The text with only the labels of its links, because addresses are long and not meant to be read; and the links' positions in it. */
export function readableLinks(markdown: string): { readonly text: string; readonly links: readonly MarkdownLink[] } {
  const links: MarkdownLink[] = [];
  let [text, until] = ["", 0];
  for (const { start, end, uri } of linksIn(markdown)) {
    const whole = markdown.slice(start, end);
    const label = whole.slice(1, -(uri.length + "]()".length));
    text += markdown.slice(until, start);
    links.push({ start: text.length, end: text.length + label.length, uri });
    text += label;
    until = end;
  }
  return { text: text + markdown.slice(until), links };
}
