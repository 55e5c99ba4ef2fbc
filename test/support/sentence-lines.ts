/** One sentence per line in Markdown: a file's text as it has to be broken into lines. Code, tables, headings and HTML stay as they are. */

/** Abbreviations that end with a full stop inside a sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:[Ee]\.g|[Ii]\.e|[Cc]f|vs|etc|approx|resp|[A-Z])\.$/;

/** A heading that a paragraph begins with, in bold. */
const RUN_IN = /^\*\*[^*]+[.!?]\*\*$/;

/** The end of a sentence, with what closes behind it, and the beginning of the next one: "rustc" and its like begin sentences too. */
const BOUNDARY = /(?:[.!?][)\]"'”’*_`]*\s+(?=[([“"'*_`]*[\p{Lu}\p{N}`])|(?<!\.\.)\.\)?\s+(?=[[*_]*\p{Ll}))/gu;

/** A list item's mark, a quotation's or a footnote's, with the white space before and after it. */
const MARK = /^\s*(?:(?:[-*+]|\d+[.)]|>|\[\^[^\]]+\]:)\s+)+/;

/** What is not prose: a table's row, a heading, a rule, HTML, a link's definition. */
const NOT_PROSE = /^\s*(?:\||#|<|---+\s*$|\[[^\]]+\]:)/;

function sentences(paragraph: string): string[] {
  // A full stop in a code span or a link ends no sentence.
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

/** A paragraph or list item, its first line with its mark. */
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
