/**
 * Schemas for the parameters of every request, checked against the types of src/protocol. Everything that a client sends is parsed before a handler
 * receives it.
 */
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import * as z from "zod/mini";
import { describeIssue } from "../core/base/parse.js";
import {
  argument,
  cargoName,
  featureOption,
  targetTriple,
  filePath,
  formatOf,
  ltoCommand,
  ltoMode,
  reasonKind,
  stage,
  verdict,
  wordsOf,
} from "../core/base/values.js";
import { BUILD_DIFFERENCES } from "../protocol/build-comparison.js";
import { ENGLISH, type DisplayLanguage } from "../protocol/l10n.js";
import { CALL_GROUPS, CALLS_BY, type CallParent } from "../protocol/call-tree.js";
import { PASS_SUBJECTS } from "../protocol/passes.js";
import { CALL_DIRECTIONS } from "../protocol/requests/calls.js";
import { ALL_GROUPS } from "../protocol/module-groups.js";
import { ADVICE_FORMATS } from "../protocol/requests/advice.js";
import type { RequestName, requests } from "../protocol/requests/all.js";
import { PROFILE_FORMATS } from "../protocol/requests/profile.js";
import type { CaptureChoice } from "../protocol/requests/capture.js";
import type { FailureData, ParamsOf } from "../protocol/requests/declare.js";
import type { CliChoice } from "../protocol/requests/documents.js";
import type { ModuleGroup } from "../protocol/runs.js";
import type { DocumentFilters, Subject } from "../protocol/uris.js";
import type { ModuleFilter, ModuleSort, RunSource } from "../protocol/views.js";

type Params<N extends RequestName> = ParamsOf<(typeof requests)[N]>;

/** Accepts any numbers: `pageOf` clips a range to the list. */
const range = { offset: z.number(), limit: z.number() };

const progress = { workDoneToken: z.exactOptional(z.union([z.string(), z.number()])) };

const subject = formatOf<Subject>()(() => z.union([z.object({ run: z.string() }), z.object({ unit: filePath })]));

const filters = formatOf<DocumentFilters>()(() =>
  z.object({
    hideDebugInfo: z.boolean(),
    hideGuids: z.boolean(),
    hideAttributes: z.boolean(),
    demangle: z.boolean(),
    stableNumbering: z.boolean(),
  }),
);

const moduleGroup = wordsOf<ModuleGroup>()(z.enum(ALL_GROUPS));

const filter = formatOf<ModuleFilter>()(() =>
  z.object({
    text: z.exactOptional(z.string()),
    verdicts: z.exactOptional(z.array(z.nullable(verdict))),
    crates: z.exactOptional(z.array(z.string())),
    reasons: z.exactOptional(z.array(reasonKind)),
    groups: z.exactOptional(z.array(moduleGroup)),
  }),
);

const sort = wordsOf<ModuleSort>()(z.enum(["run", "name", "crate", "verdict", "reason", "bytes", "instructions", "growth", "time"]));

const query = {
  filter: z.exactOptional(filter),
  sort: z.exactOptional(sort),
  descending: z.exactOptional(z.boolean()),
};

const lines = z.exactOptional(z.boolean());

const module = { subject, module: z.string() };

const other = z.exactOptional(z.object(module));

const unit = z.object({ unit: filePath });

const run = z.object({ run: z.string() });

const runs = z.object({ runs: z.array(z.string()) });

const callParent = formatOf<CallParent>()(() =>
  z.object({
    group: z.exactOptional(z.enum(CALL_GROUPS)),
    crate: z.exactOptional(z.string()),
    function: z.exactOptional(z.string()),
  }),
);

const noParams = formatOf<Params<"store">>()(() => z.record(z.string(), z.never()));

const folder = z.object({ folder: z.exactOptional(z.string()), ...progress });

const source = formatOf<RunSource>()(() =>
  z.union([z.object({ unit: filePath }), z.object({ files: z.array(z.string()), mode: z.exactOptional(ltoCommand) })]),
);

const captureFields = {
  folder: argument,
  packages: z.exactOptional(z.array(cargoName)),
  lib: z.exactOptional(z.boolean()),
  bins: z.exactOptional(z.array(cargoName)),
  examples: z.exactOptional(z.array(cargoName)),
  tests: z.exactOptional(z.array(cargoName)),
  benches: z.exactOptional(z.array(cargoName)),
  features: z.exactOptional(z.array(featureOption)),
  targets: z.exactOptional(z.array(targetTriple)),
  profile: z.exactOptional(argument),
  lto: z.exactOptional(ltoMode),
  incremental: z.exactOptional(z.boolean()),
  lineTables: z.exactOptional(z.boolean()),
};

const captureChoice = formatOf<CaptureChoice>()(() => z.object(captureFields));

const symbol = z.exactOptional(z.string());

const cliChoice = formatOf<CliChoice>()(() =>
  z.discriminatedUnion("command", [
    z.object({ command: z.literal("capture"), choice: captureChoice }),
    z.object({ command: z.enum(["thin", "verify"]), source }),
    z.object({ command: z.literal("show"), stage, function: symbol, ...module }),
    z.object({ command: z.literal("diff"), from: stage, to: stage, function: symbol, ...module }),
    z.object({
      command: z.literal("compare-llvm"),
      from: z.string(),
      to: z.string(),
      module: z.string(),
      stage,
      function: z.nullable(z.string()),
    }),
    z.object({ command: z.literal("find"), subject, symbol: z.string() }),
    z.object({ command: z.literal("passes"), function: z.string(), at: z.number(), ...module }),
  ]),
);

const advice = { unit: filePath, settings: z.array(argument).check(z.minLength(1)), bench: z.nullable(argument), inlined: z.boolean() };

const assembly = { run: z.string(), symbol: z.string(), module: z.exactOptional(z.string()) };

const passFunction = { run: z.string(), module: z.string(), symbol: z.string(), ...progress };

const passChoice = { at: z.number(), against: z.union([z.enum(["previous", "start"]), z.number()]), filters };

/** Every request's schema, by the request's name. */
type Schemas = { readonly [N in RequestName]: z.ZodMiniType<Params<N>> };

/** The schemas. */
export const PARAMS: Schemas = {
  units: formatOf<Params<"units">>()(() => z.object({ ...range, all: z.exactOptional(z.boolean()) })),
  unit: formatOf<Params<"unit">>()(() => unit),
  refresh: noParams,

  plan: formatOf<Params<"plan">>()(() => z.object({ ...captureFields, ...progress })),
  buildChoices: formatOf<Params<"buildChoices">>()(() => z.object({ folder: argument })),
  captureCommand: captureChoice,
  followCapture: formatOf<Params<"followCapture">>()(() => z.object({ reportFile: filePath, ...progress })),
  captureResult: formatOf<Params<"captureResult">>()(() => z.object({ reportFile: filePath, exitCode: z.exactOptional(z.number()) })),

  thin: formatOf<Params<"thin">>()(() =>
    z.object({ source, llvm: z.exactOptional(filePath), analyzeOnly: z.exactOptional(z.boolean()), ...progress }),
  ),
  beginRun: formatOf<Params<"beginRun">>()(() => z.object({ unit: filePath })),
  completeRun: formatOf<Params<"completeRun">>()(() => z.object({ run: z.string(), ...progress })),
  verify: formatOf<Params<"verify">>()(() => z.object({ unit: filePath, background: z.exactOptional(z.boolean()), ...progress })),
  runs: formatOf<Params<"runs">>()(() =>
    z.object({ ...range, unit: z.exactOptional(z.string()), scope: z.exactOptional(z.enum(["workspace", "elsewhere"])) }),
  ),
  run: formatOf<Params<"run">>()(() => run),
  removeRun: formatOf<Params<"removeRun">>()(() => run),
  noteRun: formatOf<Params<"noteRun">>()(() =>
    z.object({ run: z.string(), name: z.exactOptional(z.nullable(z.string())), pinned: z.exactOptional(z.boolean()) }),
  ),
  deleteRuns: formatOf<Params<"deleteRuns">>()(() => runs),
  restoreRuns: formatOf<Params<"restoreRuns">>()(() => runs),
  purgeRuns: formatOf<Params<"purgeRuns">>()(() => runs),
  compareRuns: formatOf<Params<"compareRuns">>()(() => z.object({ from: z.string(), to: z.string(), ...progress })),

  compareBuilds: formatOf<Params<"compareBuilds">>()(() =>
    z.object({ from: subject, to: subject, differs: z.exactOptional(z.enum(BUILD_DIFFERENCES)), ...range, ...progress }),
  ),
  captures: formatOf<Params<"captures">>()(() => unit),

  adviceChoices: formatOf<Params<"adviceChoices">>()(() => z.object({ unit: filePath, settings: z.exactOptional(z.array(argument)) })),
  planAdvice: formatOf<Params<"planAdvice">>()(() => z.object({ ...advice, ...progress })),
  advise: formatOf<Params<"advise">>()(() => z.object({ ...advice, ...progress })),
  savedAdvice: noParams,
  adviceView: formatOf<Params<"adviceView">>()(() => z.object({ id: z.string() })),
  removeAdvice: formatOf<Params<"removeAdvice">>()(() => z.object({ id: z.string() })),
  exportAdvice: formatOf<Params<"exportAdvice">>()(() => z.object({ id: z.string(), uri: filePath, as: z.enum(ADVICE_FORMATS) })),

  groups: formatOf<Params<"groups">>()(() => z.object({ subject, filter: z.exactOptional(filter) })),
  crates: formatOf<Params<"crates">>()(() => z.object({ subject, ...query, ...range })),
  modules: formatOf<Params<"modules">>()(() => z.object({ subject, ...query, lines, ...range })),
  module: formatOf<Params<"module">>()(() => z.object({ ...module, query: z.exactOptional(z.object({ ...query, lines })) })),
  stages: formatOf<Params<"stages">>()(() => z.object({ ...module, changes: z.boolean() })),
  changedFunctions: formatOf<Params<"changedFunctions">>()(() =>
    z.object({ ...module, from: stage, to: stage, text: z.exactOptional(z.string()), other, ...range }),
  ),
  functions: formatOf<Params<"functions">>()(() => z.object({ ...module, stage, text: z.exactOptional(z.string()), ...range })),

  causes: formatOf<Params<"causes">>()(() => z.object({ subject, ...range, ...progress })),
  cascade: formatOf<Params<"cascade">>()(() => z.object({ subject, cause: z.string(), ...range, ...progress })),
  explain: formatOf<Params<"explain">>()(() => z.object({ ...module, filters, ...progress })),
  headline: formatOf<Params<"headline">>()(() => run),
  decisive: formatOf<Params<"decisive">>()(() => z.object(module)),

  explainCalls: formatOf<Params<"explainCalls">>()(() => z.object({ run: z.string(), ...progress })),
  sourceCalls: formatOf<Params<"sourceCalls">>()(() => z.object({ run: z.string(), uri: filePath, text: z.string() })),
  hierarchyItem: formatOf<Params<"hierarchyItem">>()(() =>
    z.object({ run: z.string(), uri: filePath, text: z.string(), line: z.number(), column: z.number() }),
  ),
  hierarchyCalls: formatOf<Params<"hierarchyCalls">>()(() =>
    z.object({ run: z.string(), key: z.string(), direction: z.enum(CALL_DIRECTIONS) }),
  ),
  whyKept: formatOf<Params<"whyKept">>()(() => z.object({ run: z.string(), symbol: z.string(), ...progress })),
  assembly: formatOf<Params<"assembly">>()(() => z.object({ ...assembly, ...progress })),
  functionsAt: formatOf<Params<"functionsAt">>()(() =>
    z.object({ run: z.string(), uri: filePath, text: z.string(), line: z.number(), ...progress }),
  ),
  compareAssembly: formatOf<Params<"compareAssembly">>()(() => z.object({ ...assembly, against: subject, ...progress })),
  functionPasses: formatOf<Params<"functionPasses">>()(() => z.object(passFunction)),
  passRuns: formatOf<Params<"passRuns">>()(() =>
    z.object({ ...passFunction, text: z.string(), kind: z.nullable(z.enum(PASS_SUBJECTS)), changed: z.boolean(), ...range }),
  ),
  passStep: formatOf<Params<"passStep">>()(() => z.object({ ...passFunction, ...passChoice, whole: z.boolean() })),
  passMaker: formatOf<Params<"passMaker">>()(() => z.object({ ...passFunction, at: z.number(), line: z.number(), filters })),
  passTexts: formatOf<Params<"passTexts">>()(() => z.object({ ...passFunction, ...passChoice })),
  functionView: formatOf<Params<"functionView">>()(() => z.object({ run: z.string(), symbol: z.string() })),
  functionStages: formatOf<Params<"functionStages">>()(() => z.object({ ...module, symbol: z.string() })),
  functionRemarks: formatOf<Params<"functionRemarks">>()(() => z.object({ run: z.string(), name: z.string(), ...progress })),
  functionNames: formatOf<Params<"functionNames">>()(() => z.object({ run: z.string(), text: z.string() })),
  callRows: formatOf<Params<"callRows">>()(() =>
    z.object({ run: z.string(), by: z.enum(CALLS_BY), text: z.string(), parent: callParent, ...range }),
  ),
  exportCalls: formatOf<Params<"exportCalls">>()(() => z.object({ run: z.string(), uri: filePath })),

  compare: formatOf<Params<"compare">>()(() =>
    z.object({
      ...module,
      against: symbol,
      other,
      from: stage,
      to: stage,
      function: symbol,
      wholeModule: z.exactOptional(z.boolean()),
      filters,
      ...range,
    }),
  ),
  find: formatOf<Params<"find">>()(() => z.object({ subject, symbol: z.string(), stage, limit: z.number(), filters, ...progress })),
  stageUri: formatOf<Params<"stageUri">>()(() => z.object({ ...module, stage, function: z.nullable(z.string()), filters })),
  stageFile: formatOf<Params<"stageFile">>()(() => z.object({ ...module, stage })),
  cliCommand: cliChoice,

  sizes: formatOf<Params<"sizes">>()(() =>
    z.object({
      run: z.string(),
      against: z.exactOptional(z.nullable(z.string())),
      code: z.boolean(),
      tiles: z.number(),
      ...progress,
    }),
  ),
  profile: formatOf<Params<"profile">>()(() => z.object({ run: z.string(), module: z.exactOptional(z.string()), ...progress })),
  exportProfile: formatOf<Params<"exportProfile">>()(() =>
    z.object({ run: z.string(), uri: z.string(), as: z.enum(PROFILE_FORMATS), ...progress }),
  ),
  timeline: formatOf<Params<"timeline">>()(() =>
    z.object({ run: z.string(), bars: z.number(), from: z.exactOptional(z.number()), to: z.exactOptional(z.number()) }),
  ),
  stageTotals: formatOf<Params<"stageTotals">>()(() => z.object({ run: z.string(), filter: z.exactOptional(filter) })),

  doctor: formatOf<Params<"doctor">>()(() => folder),
  llvmCandidates: formatOf<Params<"llvmCandidates">>()(() => folder),
  store: noParams,
  clearStore: formatOf<Params<"clearStore">>()(() => z.object({ what: z.enum(["stages", "all"]) })),
};

export const REQUEST_NAMES = Object.keys(PARAMS).filter(isRequestName);

function isRequestName(name: string): name is RequestName {
  return name in PARAMS;
}

/** `workspace/textDocumentContent` */
export const documentParams: z.ZodMiniType<{ readonly uri: string }> = z.object({ uri: z.string() });

/**
 * Parses the parameters of a request.
 *
 * @throws ResponseError InvalidParams that names the invalid property
 */
export function parseParams<P>(schema: z.ZodMiniType<P>, method: string, params: unknown): P {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  const message = `The parameters of ${method} are invalid: ${describeIssue(params, result.error.issues[0])}.`;
  const data: FailureData = { report: { name: "Usage", message, help: "Use a client of the same version as the server." } };
  throw new ResponseError(ErrorCodes.InvalidParams, message, data);
}

const progressCancelParams = z.object({ token: z.union([z.string(), z.number()]) });

/** The token of `window/workDoneProgress/cancel`; undefined: there is none. */
export function cancelledToken(params: unknown): string | number | undefined {
  return parseIf(progressCancelParams, params)?.token;
}

const folders = z.array(z.object({ uri: z.string() }));

/** URIs of workspace folders. */
export function folderUris(given: unknown): readonly string[] {
  return parseIf(folders, given)?.map(({ uri }) => uri) ?? [];
}

const options = z.object({ trusted: z.literal(true) });

/** The client's options when it started the server; it trusts the workspace only if the value is exactly `true`. */
export function initializationOptions(given: unknown): ClientOptions {
  const { settings } = parseIf(z.object({ settings: z.optional(z.unknown()) }), given) ?? {};
  const { language } = parseIf(z.object({ language: displayLanguage }), given) ?? { language: ENGLISH };
  return { trusted: parseIf(options, given) !== undefined, settings, language };
}

interface ClientOptions {
  readonly trusted: boolean;
  readonly settings: unknown;
  readonly language: DisplayLanguage;
}

const displayLanguage = z.object({ language: z.string(), texts: z.record(z.string(), z.string()) });

/** For notifications, which have no answer: an invalid value counts as missing. */
function parseIf<P>(schema: z.ZodMiniType<P>, value: unknown): P | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}
