/** What there is to say of a symbol that a stage does not have: since which stage, and why. */
import type { FateKind } from "../../../protocol/fate.js";
import type { FindHit } from "../../../protocol/engine/symbols.js";
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { stageLabel } from "../../../protocol/stages.js";
import type { KeptGone } from "../../../protocol/why-kept.js";
import { isLtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { withStages, type RunHooks } from "../../replay/each-module.js";
import type { OpenUnit } from "../../replay/open.js";
import { definitionsOf } from "../calls/definitions.js";
import { fatesIn } from "../fate/explain-fate.js";

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** Definitions to follow: a generic function can have one in every module, and each may take a replay. */
const MOST_GONE = 8;

/** Fates that leave a definition under its name. */
const STAYS: ReadonlySet<FateKind> = new Set(["kept", "kept-local", "kept-copy", "new-signature"]);

/**
 * The definitions that a name means where LTO begins, each with the stage at which it disappeared.
 *
 * @param stage the stage in question, which has none of them
 * @returns empty: no module defined it
 * @throws LtoError what making a stage can throw
 */
export async function goneBy(core: CoreContext, open: OpenUnit, wanted: string, stage: Stage, hooks: Hooks): Promise<KeptGone[]> {
  const hits = await definitionsOf(open, wanted, core.engines.threads, hooks.signal);
  const gone: KeptGone[] = [];
  for (const hit of hits.filter(({ role }) => role === "defined").slice(0, MOST_GONE)) {
    gone.push(await oneGone(core, open, hit, stage, hooks));
  }
  return gone;
}

async function oneGone(core: CoreContext, open: OpenUnit, hit: FindHit, stage: Stage, hooks: Hooks): Promise<KeptGone> {
  const { name, stages, optimized } = pipelineOf(open.inputs.mode);
  // In fat LTO, only the module into which all others are linked has stages.
  const own = withStages(open.analyzed.result.modules);
  const module = own.find((one) => one.name === hit.module)?.name ?? own[0]?.name ?? hit.module;
  const found = { name: hit.demangled.replace(/ \(\.llvm\.\d+\)$/, ""), symbol: hit.symbol, module };
  for (const { tag } of stages) {
    if (tag === optimized) return { ...found, since: tag, ...(await fateOf(core, open, found, hooks)) };
    const roles = await rolesAt(open, found, tag, hooks.signal);
    if (roles.includes("defined")) continue;
    return { ...found, since: tag, cause: before(roles, name, tag), fate: null };
  }
  return { ...found, since: stage, cause: "the stage does not have it", fate: null };
}

/** Why a definition is gone before the passes. */
function before(roles: readonly FindHit["role"][], pipeline: string, stage: Stage): string {
  if (roles.includes("imported")) return "the copy of another module prevails, and this one is not emitted";
  return `${pipeline} LTO dropped it on the way to ${stageLabel(stage)}`;
}

async function rolesAt(
  open: OpenUnit,
  { symbol, module }: Pick<KeptGone, "symbol" | "module">,
  stage: Stage,
  signal?: AbortSignal,
): Promise<FindHit["role"][]> {
  const { maker, engine } = open;
  const saved = open.asCaptured ? open.inputs.manifest?.rustcStages[module]?.[stage] : undefined;
  const [made] = saved === undefined ? (await maker.make(module, [stage], signal)).stages : [];
  const file = saved ?? maker.store.blobFile(made?.blob ?? "");
  const query = withoutPromotionSuffix(symbol);
  const { hits } = await engine.request("find", { files: [{ file, module }], query, limit: MOST_HITS }, signal);
  return hits.filter((hit) => withoutPromotionSuffix(hit.symbol) === query).map(({ role }) => role);
}

const MOST_HITS = 20;

/** What the passes did to it. */
async function fateOf(
  core: CoreContext,
  open: OpenUnit,
  { symbol, module }: Pick<KeptGone, "symbol" | "module">,
  hooks: Hooks,
): Promise<Pick<KeptGone, "cause" | "fate">> {
  try {
    const { functions } = await fatesIn(core, open, { function: symbol, module }, hooks);
    const row = functions.find((one) => !STAYS.has(one.fate)) ?? functions[0];
    if (row !== undefined) return { cause: row.cause, fate: row.fate };
  } catch (error) {
    if (!isLtoError(error, "UnknownFunction")) throw error;
  }
  return { cause: "the passes removed it", fate: null };
}
