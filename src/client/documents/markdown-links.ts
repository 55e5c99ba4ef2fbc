/** The links of a Markdown text, without VS Code: what stands in names (code spans) or is escaped is none. */

export interface MarkdownLink {
  readonly start: number;
  readonly end: number;
  readonly uri: string;
}

const ESCAPE_OR_CODE = /\\.|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g;
const LINK = /\[[^\]\n]*\]\(([^()\s]+)\)/g;

export function linksIn(markdown: string): MarkdownLink[] {
  const masked = markdown.replaceAll(ESCAPE_OR_CODE, (found) => " ".repeat(found.length));
  return [...masked.matchAll(LINK)].map(({ 0: whole, 1: uri = "", index }) => ({ start: index, end: index + whole.length, uri }));
}
