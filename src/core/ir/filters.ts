/**
 * Text filters for LLVM IR: pure functions from text to text. Filtered text is for reading; only unfiltered text is certain to be what LLVM would
 * parse again.
 */
import { visible } from "../../protocol/visible.js";
import { mapCode, nodeDefinition, tidy } from "./lines.js";
import { stableNumbers } from "./stable-numbers.js";

export interface TextFilters {
  /** Hides debug records, locations and the nodes that describe the source. */
  readonly hideDebugInfo?: boolean;
  /** Hides GUIDs (see {@link hideGuids}). */
  readonly hideGuids?: boolean;
  /** Hides all metadata, debug info included. */
  readonly hideMetadata?: boolean;
  /** Hides attribute groups and the attributes of parameters and results that do not change the calling convention. */
  readonly hideAttributes?: boolean;
  /** Names values, metadata and attribute groups by their content instead of their position. */
  readonly stableNumbers?: boolean;
  /** Symbol → readable name (see {@link demangleNames}). */
  readonly readableNames?: ReadonlyMap<string, string>;
}

/** Applies the enabled filters in an order in which none interferes with another. */
export function applyFilters(text: string, filters: TextFilters): string {
  let result = text;
  if (filters.hideGuids === true && filters.hideMetadata !== true) result = hideGuids(result);
  if (filters.hideMetadata === true) result = hideMetadata(result);
  else if (filters.hideDebugInfo === true) result = hideDebugInfo(result);
  if (filters.hideAttributes === true) result = hideAttributes(result);
  if (filters.stableNumbers === true) result = stableNumbers(result);
  if (filters.readableNames !== undefined) result = demangleNames(result, filters.readableNames);
  return result;
}

const DEBUG_RECORD = /^\s*#dbg_/;
const DEBUG_NODE = /^(?:distinct )?!(?:DI[A-Z]|GenericDINode)/;
const DEBUG_ATTACHMENT = /,? !(?:dbg|DIAssignID|heapallocsite) !\d+/g;

/** Hides debug info: records (`#dbg_value`), locations (`!dbg`), `!DI…` nodes, and nodes that nothing else names. */
export function hideDebugInfo(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (DEBUG_RECORD.test(line) || line.startsWith("!llvm.dbg.cu =")) continue;
    const node = nodeDefinition(line);
    if (node !== undefined && DEBUG_NODE.test(node.content)) continue;
    lines.push(line.includes("!") ? mapCode(line, (code) => code.replace(DEBUG_ATTACHMENT, "")) : line);
  }
  return joined(withoutOrphans(lines), text);
}

/** Leaves out nodes that no line mentions any more. */
function withoutOrphans(lines: readonly string[]): string[] {
  const nodes = new Map<string, string>();
  const wanted: string[] = [];
  for (const line of lines) {
    const node = nodeDefinition(line);
    if (node !== undefined) nodes.set(node.number, node.content);
    else if (line.includes("!")) wanted.push(...nodesIn(line));
  }
  const reached = new Set<string>();
  for (let number = wanted.pop(); number !== undefined; number = wanted.pop()) {
    if (reached.has(number)) continue;
    reached.add(number);
    wanted.push(...nodesIn(nodes.get(number) ?? ""));
  }
  return lines.filter((line) => {
    const node = nodeDefinition(line);
    return node === undefined || reached.has(node.number);
  });
}

/** A reference to a node, or the beginning of its definition. */
const NODE = /(?<![\w@%$.])!(\d+)/g;

function nodesIn(line: string): string[] {
  const found: string[] = [];
  mapCode(line, (code) => {
    for (const match of code.matchAll(NODE)) if (match[1] !== undefined) found.push(match[1]);
    return code;
  });
  return found;
}

const GUID_ATTACHMENT = /,? !guid !(\d+)/g;

/**
 * Hides the GUIDs of definitions: since LLVM 23 they are metadata (`!guid`), with a node for each. The remaining nodes get the numbers that they have
 * in a text without GUIDs.
 */
export function hideGuids(text: string): string {
  if (!text.includes("!guid ")) return text;
  const guids = new Set<string>();
  const lines = text.split("\n").map((line) => {
    if (!line.includes("!guid ")) return line;
    return mapCode(line, (code) =>
      code.replace(GUID_ATTACHMENT, (_, number: string) => {
        guids.add(number);
        return "";
      }),
    );
  });
  // A node that something else names as well stays.
  for (const line of lines) {
    if (!line.includes("!")) continue;
    for (const number of nodesIn(nodeDefinition(line)?.content ?? line)) guids.delete(number);
  }
  const kept = lines.filter((line) => !guids.has(nodeDefinition(line)?.number ?? ""));
  return joined(withoutGaps(kept, guids), text);
}

/** Numbers nodes as if those that are gone had never been there. */
function withoutGaps(lines: readonly string[], gone: ReadonlySet<string>): string[] {
  const numbers = [...gone].map(Number).sort((left, right) => left - right);
  const smaller = (number: number): number => {
    let [low, high] = [0, numbers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return lines.map((line) => {
    if (!line.includes("!")) return line;
    return mapCode(line, (code) => code.replace(NODE, (_, digits: string) => `!${Number(digits) - smaller(Number(digits))}`));
  });
}

const ATTACHMENT = /,? ![A-Za-z_$.-][\w$.-]* !\d+/g;
const METADATA_LINE = /^![\w$.-]+ = /;

/** Hides every metadata attachment and definition, debug info included. Metadata arguments stay: they are code. */
export function hideMetadata(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (DEBUG_RECORD.test(line) || METADATA_LINE.test(line)) continue;
    lines.push(line.includes("!") ? mapCode(line, (code) => code.replace(ATTACHMENT, "")) : line);
  }
  return joined(lines, text);
}

/** Attributes that are promises or hints. Those that change how a value is passed (sret, byval, zeroext, swiftself, …) are always shown. */
const PROMISES = [
  "allocalign",
  "allocptr",
  "dead_on_return",
  "dead_on_unwind",
  "immarg",
  "mustprogress",
  "noalias",
  "nocapture",
  "nofree",
  "nonnull",
  "noundef",
  "readnone",
  "readonly",
  "returned",
  "writable",
  "writeonly",
].join("|");
const PROMISES_WITH_VALUE = [
  "captures",
  "dead_on_return",
  "dereferenceable",
  "dereferenceable_or_null",
  "initializes",
  "nofpclass",
  "range",
];
const BALANCED = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;
const PROMISE = new RegExp(
  String.raw` (?:(?:${PROMISES_WITH_VALUE.join("|")})${BALANCED}|(?:${PROMISES})(?![\w(."])|(?<!, )align \d+)`,
  "g",
);
const GROUP_REFERENCE = / #\d+(?![\w.])/g;

/** Whether a line declares, defines or calls a function. */
const WITH_ATTRIBUTES = /^(?:define|declare) |(?:^|[ =])(?:call|invoke|callbr) /;

/** Hides attribute groups and parameter attributes that are promises and hints. */
export function hideAttributes(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("attributes #") || line.startsWith("; Function Attrs:")) continue;
    lines.push(WITH_ATTRIBUTES.test(line) ? mapCode(line, (code) => code.replace(PROMISE, "").replace(GROUP_REFERENCE, "")) : line);
  }
  return joined(lines, text);
}

/** A symbol with its sigil, or a string or comment to skip. */
const SYMBOL = /@"[^"]*"|@[\w$.-]+|"[^"]*"|;.*$/gm;

/**
 * Writes readable names in place of symbols: `@_ZN4demo3sum17h…E` becomes `@"demo::sum"`.
 *
 * @param names symbol → readable name, as returned by the engine's `functions`; other symbols stay unchanged
 */
export function demangleNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(SYMBOL, (token) => {
    if (!token.startsWith("@")) return token;
    const symbol = token.startsWith('@"') ? token.slice(2, -1) : token.slice(1);
    const readable = names.get(symbol);
    return readable === undefined || readable === symbol ? token : `@"${visible(readable)}"`;
  });
}

function joined(lines: readonly string[], original: string): string {
  const text = tidy(lines).join("\n");
  return original.endsWith("\n") && text !== "" ? `${text}\n` : text;
}
