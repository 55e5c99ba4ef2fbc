/**
 * Decisions as a SARIF 2.1.0 log: a result for each call that was not inlined, and for each function that was not imported or imported in vain. Rule ids are
 * our reasons, so that they stay the same from build to build.
 */
import { isAbsolute, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  ArtifactLocation,
  Location,
  Log,
  LogicalLocation,
  PhysicalLocation,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  ToolComponent,
} from "sarif";
import type { CallRow, CallsReport, ImportReason, ImportRow, SourcePlace } from "../../../protocol/calls.js";
import { importSentence, inlineSentence } from "../../../protocol/call-words.js";
import type { ImportedInVain } from "../../../protocol/fate.js";
import { shortModuleName } from "../../../protocol/module-names.js";

/** The part of SARIF's `Log` that we write. */
export interface SarifLog extends Log {
  runs: [SarifRun];
}

interface SarifRun extends Run {
  tool: { driver: SarifDriver };
  results: SarifResult[];
}

interface SarifDriver extends ToolComponent {
  rules: SarifRule[];
}

interface SarifRule extends ReportingDescriptor {
  shortDescription: { text: string };
}

export interface SarifResult extends Result {
  ruleId: string;
  ruleIndex: number;
  level: "note";
  message: { text: string };
  locations: [SarifLocation];
}

interface SarifLocation extends Location {
  physicalLocation?: SarifPlace;
  logicalLocations: [SarifSymbol];
}

interface SarifPlace extends PhysicalLocation {
  artifactLocation: ArtifactLocation & { uri: string };
  region: Region & { startLine: number };
}

interface SarifSymbol extends LogicalLocation {
  fullyQualifiedName: string;
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
    version: "2.1.0",
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

/** Why calls are not inlined: LLVM's remarks, and ours where it has none. LLVM may have more. */
const NOT_INLINED: Readonly<Record<string, string>> = {
  TooCostly: "it costs more than the inliner's threshold",
  NeverInline: "the callee must not be inlined here",
  NotInlined: "the inliner tried to inline it, and could not",
  IncreaseCostInOtherContexts: "the caller is inlined instead, at a lower cost",
  Indirect: "it goes through a pointer, so the callee is not known",
  NoDefinition: "its unit has no definition of the callee",
  NoRemark: "LLVM does not say why",
};

const NOT_IMPORTED: Readonly<Partial<Record<ImportReason, string>>> = {
  "too-large": "it has more instructions than the import limit",
  "no-inline": "it is marked noinline, as #[inline(never)] does",
  "no-bitcode": "no module of this LTO has bitcode of it",
  interposable: "the linker may replace it by another definition",
  "local-elsewhere": "several modules have a local symbol of this name",
  "not-live": "nothing needs it",
  "not-eligible": "it refers to something that only its own module can see",
  variable: "it is a variable",
};

function ruleOf(event: string, because: string | undefined): string {
  return because === undefined ? `${event}.` : `${event}: ${because}.`;
}

function ofCall(row: CallRow, workspace: string): Found {
  const { caller, callerSymbol, callee, calleeSymbol, module, cost, threshold, remark, reason, times, help } = row;
  const physicalLocation = placeOf(row.at, workspace);
  return {
    ruleId: `not-inlined/${remark}`,
    rule: ruleOf("A call was not inlined", NOT_INLINED[remark]),
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
    rule: ruleOf("A symbol was not imported into a module that uses it", NOT_IMPORTED[reason]),
    message: { text: plain([`${importSentence(row)}.`, ...help]) },
    locations: [{ logicalLocations: [{ fullyQualifiedName: callee, decoratedName: symbol, kind }] }],
    properties: { module: importer, size, threshold, level, callers, help },
  };
}

function ofVain({ name, symbol, from, importers }: ImportedInVain): Found {
  const modules = importers.map(shortModuleName).join(", ");
  return {
    ruleId: "imported-in-vain",
    rule: "Modules imported a function, and none of them inlined it.",
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
function placeOf(at: SourcePlace | null, workspace: string): SarifPlace | null {
  if (at === null || at.line < 1 || at.file.startsWith("/rustc/")) return null;
  const region = { startLine: at.line, ...(at.column > 0 ? { startColumn: at.column } : {}) };
  const below = isAbsolute(at.file) && workspace !== "" ? relative(workspace, at.file) : at.file;
  if (isAbsolute(below) || below.startsWith("..")) return { artifactLocation: { uri: pathToFileURL(at.file).href }, region };
  const uri = below.split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, ...(workspace === "" ? {} : { uriBaseId: ROOT }) }, region };
}
