/**
 * The JSON Schemas of what `--json` writes, generated from the types of src/protocol. Those types are the only declaration: `formatOf` compiles
 * only if a format has exactly the declared type, and descriptions are the types' own comments.
 */
import path from "node:path";
import { format, resolveConfig } from "prettier";
import {
  createFormatter,
  createParser,
  createProgram,
  EnumType,
  SchemaGenerator,
  type CompletedConfig,
  type SubNodeParser,
} from "ts-json-schema-generator";
import { LTO_ERROR_NAMES } from "../../src/protocol/error-table.js";
import { ALL_PIPELINES } from "../../src/protocol/pipelines.js";
import { allStages } from "../../src/protocol/stages.js";

const ROOT = path.resolve(__dirname, "..", "..");

type Definitions = Readonly<NonNullable<ReturnType<SchemaGenerator["createSchema"]>["definitions"]>>;

interface Published {
  /** The types of src/protocol that the report may have. */
  readonly types: readonly string[];
  /** The command, if several share a type. */
  readonly command?: string;
  readonly description: string;
}

const REPORTS: Readonly<Record<string, Published>> = {
  asm: { types: ["AssemblyReport"], description: "The assembly of a function after LTO, and whether it is that of the object." },
  advise: { types: ["AdviseReport"], description: "A build under other settings: time, memory, sizes and running times." },
  size: { types: ["SizeReport"], description: "What the bytes of a linked output belong to." },
  remarks: { types: ["RemarksReport"], description: "What passes say about the functions that they optimise." },
  calls: { types: ["CallsReport"], description: "What modules import and what is inlined, with reasons, and how that was checked." },
  capture: { types: ["CaptureReport"], description: "Units that were built and captured; the primary one last." },
  compare: {
    types: ["BuildCompareReport"],
    description: "Two captured builds or runs: the modules that differ in verdict, size or imports.",
  },
  "compare-llvm": {
    types: ["CompareLlvmReport"],
    description: "A unit replayed with its own LLVM and with a newer one: the first stage and the functions that differ.",
  },
  diff: { types: ["DiffReport"], description: "What changed in a module between two stages, function by function." },
  discover: { types: ["DiscoverReport"], description: "Units found in a workspace's build outputs and in the store." },
  doctor: { types: ["DoctorReport"], description: "Toolchains, the libLLVM that each loads, the native engine and problems." },
  error: { types: ["ErrorReport"], description: "What every command writes when it fails." },
  explain: {
    types: ["ExplainReport", "IfChangedReport"],
    description: "Why each module is re-used or re-compiled, and the causes behind it, ranked; or what a change would cost.",
  },
  fat: {
    types: ["RunReport"],
    command: "fat",
    description: "The modules that fat LTO links over a unit, and the stages of the base module.",
  },
  fate: { types: ["FateReport"], description: "What became of every function and variable, in every module that has a copy." },
  find: { types: ["FindReport"], description: "Where a symbol is defined, imported and referenced, over all modules." },
  link: { types: ["LinkReport"], description: "The output linked from the objects of a replay, compared with the build's." },
  passes: {
    types: ["ModulePassesReport", "FunctionPassesReport"],
    description: "What the passes of LTO did to a module, by time and memory; or to one of its functions, in order.",
  },
  profile: {
    types: ["ProfileReport"],
    description: "Where the time and the memory of LTO go: crates, modules, stages, passes, functions.",
  },
  show: { types: ["ShowReport"], description: "LLVM IR text of a module, or of one of its functions, at a stage." },
  store: { types: ["StoreReport"], description: "What the store holds." },
  thin: { types: ["RunReport"], command: "thin", description: "Analysis, decisions and stages of thin LTO over a unit." },
  verify: { types: ["VerifyReport"], description: "A replay compared with rustc's own files and log." },
  "why-kept": {
    types: ["WhyKeptReport"],
    description: "The references that keep a symbol in the program, from a root on; or everything that is preserved, with the reasons.",
  },
};

/** Types that are computed from tables: the generator reads declarations, but these types' words are in values. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  Stage: allStages().map(({ tag }) => tag),
  LtoMode: ALL_PIPELINES.map(({ name }) => name),
  LtoCommand: [...new Set(ALL_PIPELINES.map(({ command }) => command))],
  LtoErrorName: LTO_ERROR_NAMES,
};

/** Part of a type's declaration. */
interface Written {
  readonly parent: Written | undefined;
  getText(): string;
}

function wordsOf(node: Written): readonly string[] | undefined {
  const text = node.getText();
  // As keys of a record, not every word has to be present.
  return node.parent?.getText().startsWith(`Record<${text},`) === true ? undefined : WORDS[text];
}

const wordsParser: SubNodeParser = {
  supportsNode: (node) => wordsOf(node) !== undefined,
  createType: (node) => new EnumType(node.getText(), [...(wordsOf(node) ?? [])]),
};

function generator(): SchemaGenerator {
  const config: CompletedConfig = {
    path: path.join(ROOT, "src/protocol/*.ts"),
    tsconfig: path.join(ROOT, "tsconfig.json"),
    // `npm run types` checks types.
    skipTypeCheck: true,
    additionalProperties: false,
    discriminatorType: "json-schema",
    encodeRefs: true,
    expose: "export",
    extraTags: [],
    functions: "fail",
    jsDoc: "extended",
    markdownDescription: false,
    minify: false,
    sortProps: true,
    strictTuples: true,
    topRef: true,
    type: "*",
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => chain.addNodeParser(wordsParser));
  return new SchemaGenerator(program, parser, createFormatter(config), config);
}

/** The text of each schema, by the name of its file in schemas/. */
export async function reportSchemas(): Promise<ReadonlyMap<string, string>> {
  const from = generator();
  const style = await resolveConfig(path.join(ROOT, "package.json"));
  const texts = new Map<string, string>();
  for (const [name, report] of Object.entries(REPORTS)) {
    texts.set(`${name}.schema.json`, await format(JSON.stringify(schema(from, name, report)), { ...style, parser: "json" }));
  }
  return texts;
}

function schema(from: SchemaGenerator, name: string, { types, command, description }: Published): object {
  const made = types.map((type) => from.createSchema(type));
  const { [types[0] ?? ""]: only, ...others } = made.reduce<Definitions>((all, { definitions }) => ({ ...all, ...definitions }), {});
  const known = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `https://lto-inspector.invalid/schemas/${name}.schema.json`,
    title: name === "error" ? "lto-inspector: an error" : `lto-inspector ${name}`,
    description,
  };
  if (made.length > 1) return { ...known, oneOf: made.map(({ $ref }) => ({ $ref })), definitions: { [types[0] ?? ""]: only, ...others } };
  if (typeof only !== "object") throw new Error(`src/protocol has no type ${types.join()}.`);
  const named = command === undefined ? {} : { properties: { ...only.properties, command: { const: command } } };
  return { ...known, ...only, ...named, description, definitions: others };
}
