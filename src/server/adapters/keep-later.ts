/** What a capture that a window follows leaves to the server, so that nobody waits for it before the decisions are shown. */
import { isLtoError, messageOf } from "../../core/base/errors.js";
import { keepCaptured } from "../../core/explain/rebuild/keep-captured.js";
import { loadUnit } from "../../core/store/captures.js";
import type { Workbench } from "../../core/views/workbench.js";
import type { ServerState } from "./state.js";

/** A run of a capture stores its keys, so this waits for runs to end. */
const MILLIS_BETWEEN_LOOKS = 2000;

/**
 * As soon as nothing else is being done: keeps what later explanations need of new captures, and the store below its quota. If the window closes
 * first, the next explanation analyses the captures itself.
 *
 * @param refs the captures
 */
export function keepLater({ workbench, connection }: ServerState, refs: readonly string[]): void {
  const timer = setInterval(() => {
    if (workbench.retired) clearInterval(timer);
    if (workbench.retired || workbench.busy) return;
    clearInterval(timer);
    workbench
      .use(() => keep(workbench, refs))
      .then(
        (warnings) => {
          for (const warning of warnings) connection.console.warn(warning);
        },
        (error: unknown) => {
          connection.console.warn(`What explains later builds was not kept: ${messageOf(error)}`);
        },
      );
  }, MILLIS_BETWEEN_LOOKS);
  timer.unref();
}

async function keep(workbench: Workbench, refs: readonly string[]): Promise<readonly string[]> {
  const engines = workbench.core.engines.inBackground();
  const core = { ...workbench.core, engines };
  const warnings: string[] = [];
  try {
    for (const ref of refs) {
      const unit = await loadUnit(core.layout.root, ref).catch(removed);
      if (unit !== undefined) warnings.push(...(await keepCaptured(core, [unit])));
    }
  } finally {
    await engines.close();
  }
  await workbench.keepQuota(Infinity);
  return warnings;
}

function removed(error: unknown): undefined {
  if (!isLtoError(error, "UnknownUnit")) throw error;
}
