/**
 * Addresses of the documents that the server provides: the query has everything that decides a document's text, and the path is only what tabs and
 * breadcrumbs show: function, stage and codegen unit. One pair of pure functions.
 *
 *     lto-stage:/<function> · <stage> · <unit>.ll?run/<run id>/<module>/<symbol>/<stage>/<filters>
 *     lto-stage:/<function> · <stage> · <unit>.ll?unit/<unit ref>/<module>/<symbol>/<stage>/<filters>
 *     lto-stage:/<unit>/<stage> ↔ <stage>/<function>.ll?run/<run id>/<module>/<symbol>/<stage>/<filters>/<another run's id>/left.<other stage>/<its run>
 *     lto-stage:/<unit>/<stage> · before ↔ after/<function>.ll?run/…/left.<other stage>//unit/<unit ref>/<module>/<symbol>
 *
 * Both sides of a diff have one path, because VS Code's multi-file diff treats two sides with different paths as a renamed file and strikes one
 * through. Tabs of earlier versions have addresses of another form, which are still read:
 *
 *     lto-stage:/run/<run id>/<module>/<symbol>/<title>.ll?<stage>/<filters>/<another run's id>
 *
 * VS Code decodes and encodes URIs in transit, and "%2F" does not survive that, so names are escaped with "~XX". The path is written as URIs usually
 * are.
 */
import { shortModuleName } from "./module-names.js";
import { ALL_PIPELINES, type Pipeline, type Stage } from "./pipelines.js";
import { stageInfo, stageLabel } from "./stages.js";

export const STAGE_SCHEME = "lto-stage";

/** VS Code's id of the language of stage documents. */
export const STAGE_LANGUAGE = "llvm";

/** Documents of assembly, which the client keeps while they are open, and VS Code's id of their language. */
export const ASSEMBLY_SCHEME = "lto-assembly";
export const ASSEMBLY_LANGUAGE = "lto-assembly";

/** Texts of a function between passes, which the client keeps while they are open. */
export const PASS_TEXT_SCHEME = "lto-pass";

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
  /** In a diff: both sides number values, metadata and groups alike, so that only real changes show. */
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
  /** The other side of the diff that the document is part of; both are numbered alike. */
  readonly beside?: OtherSide;
}

export interface OtherSide {
  /** The side that the document itself is on. */
  readonly side: "left" | "right";
  /** The stage of the other side. */
  readonly stage: Stage;
  /** As {@link StageAddress.of}, of the other side. */
  readonly of?: string;
  /** The other side is of another build, which can have other names. */
  readonly build?: Pick<StageAddress, "subject" | "module" | "function">;
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
const LONGEST = { function: 60, module: 40 };

/**
 * The URI of a stage document.
 *
 * @param title the function's demangled name; documents are not distinguished by it. Default: its symbol
 */
export function formatStageUri(address: StageAddress, title: string | null = address.function): string {
  return `${STAGE_SCHEME}:/${pathOf(address, title).map(pathSegment).join("/")}?${queryOf(address)}`;
}

/** What tabs and breadcrumbs show. */
function pathOf({ module, stage, beside, function: symbol }: StageAddress, title: string | null): string[] {
  const unit = cut(shortModuleName(module), LONGEST.module);
  const name = symbol === null ? [] : [cut(title ?? symbol, LONGEST.function)];
  if (beside === undefined) {
    const parts = symbol === null ? [unit, stageLabel(stage)] : [...name, stageLabel(stage), unit];
    return [`${parts.join(" · ")}.ll`];
  }
  const stages = (beside.side === "left" ? [stage, beside.stage] : [beside.stage, stage]).map((tag) => stageLabel(tag));
  const both = stages[0] === stages[1] ? (stages[0] ?? "") : stages.join(" ↔ ");
  const compared = beside.build === undefined ? both : `${both} · before ↔ after`;
  return symbol === null ? [compared, `${unit}.ll`] : [unit, compared, `${name.join("")}.ll`];
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function pathSegment(text: string): string {
  const whole = text.replaceAll(/[/\\]/g, "∕").replaceAll(/\p{Cs}/gu, "\uFFFD");
  return encodeURIComponent(/^\.+$/.test(whole) ? whole.replaceAll(".", "․") : whole);
}

function queryOf({ subject, module, stage, function: symbol, filters, of, beside }: StageAddress): string {
  const words = WORDS.filter(([filter]) => filters[filter]).map(([, word]) => word);
  const parts = [
    ...partsOf({ subject, module, function: symbol }),
    stage,
    words.join("."),
    escapeName(of ?? ""),
    ...(beside === undefined ? [] : [`${beside.side}.${beside.stage}`, escapeName(beside.of ?? "")]),
    ...(beside?.build === undefined ? [] : partsOf(beside.build)),
  ];
  while (parts.at(-1) === "") parts.pop();
  return parts.join("/");
}

function partsOf({ subject, module, function: symbol }: NonNullable<OtherSide["build"]>): string[] {
  const [kind, name] = "run" in subject ? ["run", subject.run] : ["unit", subject.unit];
  return [kind, escapeName(name), escapeName(module), escapeName(symbol ?? "")];
}

/**
 * Reads a URI that {@link formatStageUri} made (VS Code may have encoded it again), or that of an earlier version.
 *
 * @param pipelines the pipelines with valid stages
 * @returns undefined for any other
 */
export function parseStageUri(uri: string, pipelines: readonly Pipeline[] = ALL_PIPELINES): StageAddress | undefined {
  const match = /^lto-stage:(?:\/\/)?\/([^?#]+)\?([^#]*)$/.exec(uri);
  const query = decoded(match?.[2] ?? "");
  if (match === null || query === undefined) return undefined;
  const parts = isEarlier(query) ? partsOfEarlier(decoded(match[1] ?? "")?.split("/") ?? [], query.split("/")) : query.split("/");
  return parts === undefined || parts.at(-1) === "" ? undefined : addressOf(parts, pipelines);
}

/** Whether a query is one of an earlier version, which began with the stage. */
function isEarlier(query: string): boolean {
  return !/^(?:run|unit)\//.test(query);
}

/** The parts that an address has now, of one by an earlier version. */
function partsOfEarlier([kind = "", ...names]: readonly string[], [stage = "", ...others]: readonly string[]): string[] | undefined {
  if (names.length < 3 || names.length > 4 || names.includes("") || others.length > 2 || others.at(-1) === "") return undefined;
  const [name = "", module = "", symbol = ""] = names.slice(0, -1);
  return [kind, name, module, symbol, stage, ...others];
}

function addressOf(parts: readonly string[], pipelines: readonly Pipeline[]): StageAddress | undefined {
  const [kind = "", , , , tag = "", filters = "", , place, ...rest] = parts;
  const [name, module, symbol, of, otherOf] = [parts[1], parts[2], parts[3], parts[6], parts[8]].map((part) => unescapeName(part ?? ""));
  const [known, words] = [stageInfo(tag, pipelines)?.tag, filters.split(".").filter((word) => word !== "")];
  const beside = place === undefined ? null : otherSideOf(place, otherOf ?? "", rest.slice(1), pipelines);
  const wrong = !(kind === "run" || kind === "unit") || known === undefined || beside === undefined;
  if (wrong || !name || !module || symbol === undefined || of === undefined || otherOf === undefined) return undefined;
  if ((kind === "unit" && of + otherOf !== "") || !words.every((word) => WORDS.some(([, spelling]) => spelling === word))) return undefined;
  return {
    subject: kind === "run" ? { run: name } : { unit: name },
    module,
    stage: known,
    function: symbol === "" ? null : symbol,
    filters: filtersOf(words),
    ...(of === "" ? {} : { of }),
    ...(beside === null ? {} : { beside }),
  };
}

function otherSideOf(text: string, of: string, others: readonly string[], pipelines: readonly Pipeline[]): OtherSide | undefined {
  const [, side, tag = ""] = /^(left|right)\.(.+)$/.exec(text) ?? [];
  const stage = stageInfo(tag, pipelines)?.tag;
  const build = others.length === 0 ? null : buildOf(others);
  if (side === undefined || stage === undefined || build === undefined || (build !== null && of !== "")) return undefined;
  return { side: side === "left" ? "left" : "right", stage, ...(of === "" ? {} : { of }), ...(build === null ? {} : { build }) };
}

function buildOf([kind, ...names]: readonly string[]): OtherSide["build"] | undefined {
  const [name, module, symbol = ""] = names.map(unescapeName);
  if (!(kind === "run" || kind === "unit") || names.length > 3 || names.at(-1) === "" || !name || !module) return undefined;
  return { subject: kind === "run" ? { run: name } : { unit: name }, module, function: symbol === "" ? null : symbol };
}

/** The other document of a diff. */
export function besideOf(address: StageAddress): StageAddress | undefined {
  const { beside, stage, of, ...rest } = address;
  if (beside === undefined) return undefined;
  const { subject, module, function: symbol } = rest;
  const own: OtherSide = {
    side: beside.side === "left" ? "right" : "left",
    stage,
    ...(of === undefined ? {} : { of }),
    ...(beside.build === undefined ? {} : { build: { subject, module, function: symbol } }),
  };
  return { ...rest, ...beside.build, stage: beside.stage, ...(beside.of === undefined ? {} : { of: beside.of }), beside: own };
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

/** The same document with other filters, under the same title: opened by a toggle. @returns undefined if this is not a stage document's URI */
export function withFilters(uri: string, filters: DocumentFilters): string | undefined {
  const address = parseStageUri(uri);
  if (address === undefined) return undefined;
  const [path = "", query = ""] = uri.split("?");
  if (isEarlier(decoded(query) ?? "")) return formatStageUri({ ...address, filters }, earlierTitle(path));
  return `${path}?${queryOf({ ...address, filters })}`;
}

function earlierTitle(path: string): string {
  return (decoded(path)?.split("/").at(-1) ?? "").replace(/\.ll$/, "");
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
