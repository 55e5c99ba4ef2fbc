/**
 * Addresses of the documents that the server provides: the URI contains everything that decides a document's text. One pair of pure functions.
 *
 *     lto-stage:/run/<run id>/<module>/<title>.ll?<stage>/<filters>
 *     lto-stage:/unit/<unit ref>/<module>/<function>/<title>.ll?<stage>/<filters>
 *     lto-stage:/run/<run id>/<module>/<title>.ll?<stage>/<filters>/<another run's id>
 *
 * The stage is in the query, because VS Code's multi-file diff treats two sides with different paths as a renamed file and strikes one through.
 *
 * VS Code decodes and encodes URIs in transit, and "%2F" does not survive that, so names are escaped with "~XX". The title is only for the tab
 * and written as URIs usually are.
 */
import { shortModuleName } from "./module-names.js";
import { ALL_PIPELINES, type Pipeline, type Stage } from "./pipelines.js";
import { stageInfo, stageShort } from "./stages.js";

export const STAGE_SCHEME = "lto-stage";

/** VS Code's id of the language of stage documents. */
export const STAGE_LANGUAGE = "llvm";

/**
 * What stages belong to: a run (modules as that run made them), or a unit without a run. A unit is a capture (`ID@N`, or `ID` for the latest one,
 * whose documents refresh when there is a newer one), a session, or a folder of saved stage files.
 */
export type Subject = { readonly run: string } | { readonly unit: string };

/** Filters of the text; both sides of a diff have the same. */
export interface DocumentFilters {
  /** Debug records, locations, and all other metadata. */
  readonly hideDebugInfo: boolean;
  /** GUIDs, which LLVM 23 and later write as metadata. */
  readonly hideGuids: boolean;
  /** Attribute groups and the attributes of parameters that are promises and hints. */
  readonly hideAttributes: boolean;
  /** Readable names in place of symbols. */
  readonly demangle: boolean;
  /** Values, metadata and groups named by content, so that only real changes show. */
  readonly stableNumbering: boolean;
}

/** What a stage document shows. */
export interface StageAddress {
  readonly subject: Subject;
  /** rustc's name of the module. */
  readonly module: string;
  readonly stage: Stage;
  /** A function's symbol; null: the whole module. */
  readonly function: string | null;
  readonly filters: DocumentFilters;
  /** Another run: the stage is that run's, and the LLVM of the subject, which is a run too, reads it. Both sides of a diff then have the same path. */
  readonly of?: string;
}

/** The same stage in two runs: an address of a diff, for links in a comparison of runs. */
export interface RunDiff {
  readonly from: string;
  readonly to: string;
  readonly module: string;
  readonly stage: Stage;
  /** A function's symbol; null: every function that differs. */
  readonly function: string | null;
}

export const RUN_DIFF_SCHEME = "lto-run-diff";

export const NO_FILTERS: DocumentFilters = {
  hideDebugInfo: false,
  hideGuids: false,
  hideAttributes: false,
  demangle: false,
  stableNumbering: false,
};

const WORDS: readonly (readonly [keyof DocumentFilters, string])[] = [
  ["hideDebugInfo", "no-debug"],
  ["hideGuids", "no-guids"],
  ["hideAttributes", "no-attributes"],
  ["demangle", "demangle"],
  ["stableNumbering", "stable"],
];

/** Longer names are cut in a tab's title, but never in the address. */
const LONGEST_TITLE = 80;

/**
 * The URI of a stage document.
 *
 * @param title the tab's title (a function's demangled name); documents are not distinguished by it. Default: derived from the address
 */
export function formatStageUri(address: StageAddress, title: string = defaultTitle(address)): string {
  const [kind, name] = "run" in address.subject ? ["run", address.subject.run] : ["unit", address.subject.unit];
  const parts = [name, address.module, ...(address.function === null ? [] : [address.function])].map(escapeName);
  const words = WORDS.filter(([filter]) => address.filters[filter]).map(([, word]) => word);
  const filters = words.length === 0 && address.of === undefined ? [] : [words.join(".")];
  const query = [address.stage, ...filters, ...(address.of === undefined ? [] : [escapeName(address.of)])];
  return `${STAGE_SCHEME}:/${kind}/${parts.join("/")}/${titleSegment(title)}?${query.join("/")}`;
}

/**
 * Reads a URI that {@link formatStageUri} made (VS Code may have encoded it again).
 *
 * @param pipelines the pipelines with valid stages
 * @returns undefined for any other
 */
export function parseStageUri(uri: string, pipelines: readonly Pipeline[] = ALL_PIPELINES): StageAddress | undefined {
  const match = /^lto-stage:(?:\/\/)?\/(run|unit)\/([^?#]+)\?([^#]*)$/.exec(uri);
  const parts = decoded(match?.[2] ?? "")?.split("/");
  const [tag, filters = "", other, ...rest] = decoded(match?.[3] ?? "")?.split("/") ?? [];
  if (match === null || parts === undefined || rest.length > 0 || parts.length < 3 || parts.length > 4) return undefined;
  const words = filters.split(".").filter((word) => word !== "");
  const names = parts.slice(0, -1).map(unescapeName);
  const [name, module, symbol] = names;
  const stage = stageInfo(tag ?? "", pipelines)?.tag;
  const known = words.every((word) => WORDS.some(([, spelling]) => spelling === word));
  const of = other === undefined ? undefined : unescapeName(other);
  if (other !== undefined && (match[1] !== "run" || of === undefined || of === "")) return undefined;
  if (!name || !module || stage === undefined || !known || names.some((part) => part === undefined || part === "")) return undefined;
  return {
    subject: match[1] === "run" ? { run: name } : { unit: name },
    module,
    stage,
    function: parts.length === 4 ? (symbol ?? null) : null,
    filters: filtersOf(words),
    ...(of === undefined ? {} : { of }),
  };
}

/** What a stage document is a stage of. */
export function subjectOf({ subject, of }: Pick<StageAddress, "subject" | "of">): Subject {
  return of === undefined ? subject : { run: of };
}

/** The address of a diff of two runs. */
export function formatRunDiff({ from, to, module, stage, function: symbol }: RunDiff): string {
  return `${RUN_DIFF_SCHEME}:/${[from, to, module, stage, ...(symbol === null ? [] : [symbol])].map(escapeName).join("/")}`;
}

/** @returns undefined for any other address */
export function parseRunDiff(uri: string): RunDiff | undefined {
  const [scheme, rest = ""] = uri.split(":/", 2);
  const [from, to, module, stage, symbol, ...more] = rest.split("/").map(unescapeName);
  if (scheme !== RUN_DIFF_SCHEME || more.length > 0 || !from || !to || !module || !stage || symbol === "") return undefined;
  return { from, to, module, stage, function: symbol ?? null };
}

/** The same document with other filters: opened by a toggle. @returns undefined if this is not a stage document's URI */
export function withFilters(uri: string, filters: DocumentFilters): string | undefined {
  const address = parseStageUri(uri);
  return address === undefined ? undefined : formatStageUri({ ...address, filters }, titleOf(uri));
}

/** The same module or function at another stage. @returns undefined if this is not a stage document's URI */
export function withStage(uri: string, stage: Stage): string | undefined {
  const address = parseStageUri(uri);
  if (address === undefined) return undefined;
  return address.function === null ? formatStageUri({ ...address, stage }) : formatStageUri({ ...address, stage }, titleOf(uri));
}

function defaultTitle({ module, stage, function: symbol }: StageAddress): string {
  return symbol ?? `${shortModuleName(module)} (${stageShort(stage)})`;
}

function titleOf(uri: string): string {
  const last =
    decoded(uri.split("?")[0] ?? "")
      ?.split("/")
      .at(-1) ?? "";
  return last.replace(/\.ll$/, "");
}

function filtersOf(words: readonly string[]): DocumentFilters {
  const on = (filter: keyof DocumentFilters): boolean => words.includes(WORDS.find(([name]) => name === filter)?.[1] ?? "");
  return {
    hideDebugInfo: on("hideDebugInfo"),
    hideGuids: on("hideGuids"),
    hideAttributes: on("hideAttributes"),
    demangle: on("demangle"),
    stableNumbering: on("stableNumbering"),
  };
}

function titleSegment(title: string): string {
  const short = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title;
  return encodeURIComponent(`${short.replaceAll(/[/\\]/g, "∕").replaceAll(/\p{Cs}/gu, "\uFFFD")}.ll`);
}

/** Escapes every character that may not survive in a path as "~" and two hex digits per byte of UTF-8. */
export function escapeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/gu, utf8).replace(/^\.+$/, (dots) => "~2E".repeat(dots.length));
}

/** @returns undefined for text that {@link escapeName} does not write */
export function unescapeName(text: string): string | undefined {
  return /^(?:[^~%]|~[0-9A-F]{2})*$/.test(text) ? decoded(text.replaceAll("~", "%")) : undefined;
}

function utf8(character: string): string {
  // A lone surrogate has no UTF-8; its replacement is just as unreadable.
  const encoded = encodeURIComponent(/^\p{Cs}$/u.test(character) ? "\uFFFD" : character);
  const bytes = encoded.startsWith("%") ? encoded : `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return bytes.replaceAll("%", "~");
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
