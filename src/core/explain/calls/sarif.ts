/**
 * Decisions as a SARIF 2.1.0 log: a result for each call that was not inlined, and for each function that was not imported or imported in vain. Rule ids are
 * our reasons, so that they stay the same from build to build.
 */
import { isAbsolute, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { CallRow, CallsReport, ImportRow, SourcePlace } from "../../../protocol/calls.js";
import { importSentence, inlineSentence } from "../../../protocol/call-words.js";
import type { ImportedInVain } from "../../../protocol/fate.js";
import { shortModuleName } from "../../../protocol/module-names.js";

export const SARIF_VERSION = "2.1.0";

/** The part of the format that we write. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: typeof SARIF_VERSION;
  readonly runs: readonly [SarifRun];
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly SarifRule[] } };
  readonly originalUriBaseIds?: Readonly<Record<string, { readonly uri: string }>>;
  readonly columnKind: "unicodeCodePoints";
  readonly results: readonly SarifResult[];
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: "note";
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly occurrenceCount?: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface SarifLocation {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region: { readonly startLine: number; readonly startColumn?: number };
  };
  readonly logicalLocations: readonly [
    { readonly fullyQualifiedName: string; readonly decoratedName: string; readonly kind: "function" | "variable" },
  ];
}

export interface SarifParts {
  readonly report: CallsReport;
  readonly inVain: readonly ImportedInVain[];
  /** Ours. */
  readonly version: string;
  /** The folder that relative paths of debug info start at; empty: not known. */
  readonly workspace: string;
}

/** What a result is about, before its rule has a number. */
type Found = Omit<SarifResult, "ruleIndex" | "level"> & { readonly rule: string };

const ROOT = "WORKSPACE";

export function sarifLog({ report, inVain, version, workspace }: SarifParts): SarifLog {
  const found = [
    ...report.calls.filter(({ verdict }) => verdict === "not-inlined").map((row) => ofCall(row, workspace)),
    ...report.imports.filter(({ verdict }) => verdict === "refused").map(ofImport),
    ...inVain.map(ofVain),
  ];
  const rules = new Map<string, number>();
  const descriptions: SarifRule[] = [];
  const results = found.map(({ rule, ...result }): SarifResult => {
    const index = rules.get(result.ruleId) ?? descriptions.push({ id: result.ruleId, shortDescription: { text: rule } }) - 1;
    rules.set(result.ruleId, index);
    return { ...result, ruleIndex: index, level: "note" };
  });
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: SARIF_VERSION,
    runs: [
      {
        tool: { driver: { name: "LTO Inspector", version, rules: descriptions } },
        ...(workspace === "" ? {} : { originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(workspace).href.replace(/\/$/, "")}/` } } }),
        columnKind: "unicodeCodePoints",
        results,
      },
    ],
  };
}

const RULES = {
  "not-inlined": "A call was not inlined: LLVM's remark is the end of the rule's id.",
  "not-imported": "A function was not imported into a module that calls it.",
  "imported-in-vain": "Modules imported a function, and none of them inlined it.",
} as const;

function ofCall(row: CallRow, workspace: string): Found {
  const { caller, callerSymbol, callee, calleeSymbol, module, cost, threshold, remark, reason, times, help } = row;
  const physicalLocation = placeOf(row.at, workspace);
  return {
    ruleId: `not-inlined/${remark}`,
    rule: RULES["not-inlined"],
    message: { text: plain([`In \`${caller}\`, \`${callee ?? "a pointer"}\` was ${inlineSentence(row)}.`, ...help]) },
    locations: [
      {
        ...(physicalLocation === null ? {} : { physicalLocation }),
        logicalLocations: [{ fullyQualifiedName: caller, decoratedName: callerSymbol, kind: "function" }],
      },
    ],
    ...(times > 1 ? { occurrenceCount: times } : {}),
    properties: { module, callee, calleeSymbol, cost, threshold, reason, help },
  };
}

function ofImport(row: ImportRow): Found {
  const { importer, callee, symbol, kind, reason, size, threshold, level, callers, help } = row;
  return {
    ruleId: `not-imported/${reason}`,
    rule: RULES["not-imported"],
    message: { text: plain([`${importSentence(row)}.`, ...help]) },
    locations: [{ logicalLocations: [{ fullyQualifiedName: callee, decoratedName: symbol, kind }] }],
    properties: { module: importer, size, threshold, level, callers, help },
  };
}

function ofVain({ name, symbol, from, importers }: ImportedInVain): Found {
  const modules = importers.map(shortModuleName).join(", ");
  return {
    ruleId: "imported-in-vain",
    rule: RULES["imported-in-vain"],
    message: { text: plain([`\`${name}\` of ${shortModuleName(from)} was imported into ${modules} and inlined nowhere.`]) },
    locations: [{ logicalLocations: [{ fullyQualifiedName: name, decoratedName: symbol, kind: "function" }] }],
    properties: { module: from, importers },
  };
}

/** Messages are plain text, in which backticks would be shown. */
function plain(sentences: readonly string[]): string {
  return sentences.join(" ").replaceAll("`", "");
}

/** null: no line is known, or the file is of the compiler's own build. */
function placeOf(at: SourcePlace | null, workspace: string): NonNullable<SarifLocation["physicalLocation"]> | null {
  if (at === null || at.line < 1 || at.file.startsWith("/rustc/")) return null;
  const region = { startLine: at.line, ...(at.column > 0 ? { startColumn: at.column } : {}) };
  const below = isAbsolute(at.file) && workspace !== "" ? relative(workspace, at.file) : at.file;
  if (isAbsolute(below) || below.startsWith("..")) return { artifactLocation: { uri: pathToFileURL(at.file).href }, region };
  const uri = below.split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, ...(workspace === "" ? {} : { uriBaseId: ROOT }) }, region };
}
