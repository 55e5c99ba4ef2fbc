/** One sentence per line in Markdown: breaks a file's text into lines. Code, tables, headings and HTML stay unchanged. */

/** Abbreviations that end with a full stop inside a sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:[Ee]\.g|[Ii]\.e|[Cc]f|vs|etc|approx|resp|[A-Z])\.$/;

/** A bold heading at the beginning of a paragraph. */
const RUN_IN = /^\*\*[^*]+[.!?]\*\*$/;

/** The end of a sentence with closing marks, and the beginning of the next one, which may be "rustc" or the like. */
const BOUNDARY = /(?:[.!?][)\]"'”’*_`]*\s+(?=[([“"'*_`]*[\p{Lu}\p{N}`])|(?<!\.\.)\.\)?\s+(?=[[*_]*\p{Ll}))/gu;

/** A list item's mark, a quotation's or a footnote's, with the white space before and after it. */
const MARK = /^\s*(?:(?:[-*+]|\d+[.)]|>|\[\^[^\]]+\]:)\s+)+/;

/** Lines that are not prose: table rows, headings, rules, HTML, link definitions. */
const NOT_PROSE = /^\s*(?:\||#|<|---+\s*$|\[[^\]]+\]:)/;

function sentences(paragraph: string): string[] {
  // A full stop in a code span or a link does not end a sentence.
  const masked = paragraph.replaceAll(/(`+)[^`]+?\1|\[[^\]]*\]\([^)]*\)/g, (hidden) => hidden.replaceAll(/[.!?\s]/g, "x"));
  const found: string[] = [];
  let from = 0;
  for (const { 0: end, index } of masked.matchAll(BOUNDARY)) {
    if (ABBREVIATION.test(masked.slice(from, index + 1)) || RUN_IN.test(masked.slice(from, index + end.length).trim())) continue;
    found.push(paragraph.slice(from, index + end.trimEnd().length));
    from = index + end.length;
  }
  return [...found, paragraph.slice(from)];
}

/** Breaks a paragraph or list item; its first line includes the mark. */
function broken(lines: readonly string[]): string[] {
  const [first = ""] = lines;
  const mark = MARK.exec(first)?.[0] ?? /^\s*/.exec(first)?.[0] ?? "";
  const words = [first.slice(mark.length), ...lines.slice(1)].map((line) => line.trim()).join(" ");
  return sentences(words).map((sentence, index) => (index === 0 ? mark : " ".repeat(mark.length)) + sentence);
}

/** @param text Markdown, or a front matter and Markdown */
export function sentencePerLine(text: string): string {
  const result: string[] = [];
  let paragraph: string[] = [];
  let fence: string | undefined;
  let html = false;
  const end = (): void => {
    if (paragraph.length > 0) result.push(...broken(paragraph));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    html = line.trim() !== "" && (html || (fence === undefined && /^\s*</.test(line)));
    if (fence !== undefined || mark !== undefined || html || line.trim() === "" || NOT_PROSE.test(line)) {
      end();
      result.push(line);
      if (fence === undefined) fence = mark;
      else if (mark === fence) fence = undefined;
    } else {
      if (MARK.test(line)) end();
      paragraph.push(line);
    }
  }
  end();
  return result.join("\n");
}
