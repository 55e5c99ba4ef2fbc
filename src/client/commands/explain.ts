/** LTO: Explain Decision. */
import type { Parts } from "../parts.js";
import type { CguNode } from "../trees/cgu-nodes.js";
import { place } from "./stages.js";

export async function explainDecision(parts: Parts, node?: CguNode): Promise<void> {
  const { subject, module } = await place(parts, node);
  await parts.explanations.open(subject, module);
}
